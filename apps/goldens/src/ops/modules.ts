/**
 * The modules of torch.nn: how each is constructed, and how the arguments of a call are handed to forward where that is
 * more than "in order". The order of the parameters is PyTorch's, since Python programs pass them by position.
 */

/** Constructor of our module by the name of PyTorch's class. */
export type ModuleTable = Readonly<Record<string, string>>;

const CONVOLUTION =
  '(in_channels, out_channels, kernel_size, { stride, padding, dilation, groups, bias, padding_mode })';
const TRANSPOSED_CONVOLUTION =
  '(in_channels, out_channels, kernel_size, { stride, padding, output_padding, groups, bias, dilation, padding_mode })';
const MAX_POOLING = '(kernel_size, { stride, padding, dilation, return_indices, ceil_mode })';
const AVERAGE_POOLING = '(kernel_size, { stride, padding, ceil_mode, count_include_pad, divisor_override })';
const BATCH_NORM = '(num_features, { eps, momentum, affine, track_running_stats })';
const RECURRENT = 'num_layers, bias, batch_first, dropout, bidirectional';
const TRANSFORMER_LAYER =
  '(d_model, nhead, { dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first })';

function rankedRows(rows: Readonly<Record<string, string>>): ModuleTable {
  return Object.fromEntries(
    [1, 2, 3].flatMap((rank) =>
      Object.entries(rows).map(([name, parameters]) => [`${name}${rank}d`, `${name}${rank}d${parameters}`]),
    ),
  );
}

function withoutParameters(names: readonly string[]): ModuleTable {
  return Object.fromEntries(names.map((name) => [name, `${name}()`]));
}

export const moduleConstructors: ModuleTable = {
  ...withoutParameters(['Identity', 'Sigmoid', 'Tanh', 'Softsign', 'Tanhshrink', 'LogSigmoid', 'Softmax2d']),
  Linear: 'Linear(in_features, out_features, { bias })',
  Bilinear: 'Bilinear(in1_features, in2_features, out_features, { bias })',
  Flatten: 'Flatten({ start_dim, end_dim })',
  Unflatten: 'Unflatten(dim, unflattened_size)',
  Embedding: 'Embedding(num_embeddings, embedding_dim, { padding_idx, max_norm, norm_type, scale_grad_by_freq })',
  EmbeddingBag:
    'EmbeddingBag(num_embeddings, embedding_dim, { max_norm, norm_type, scale_grad_by_freq, mode, include_last_offset, padding_idx })',

  ReLU: 'ReLU({ inplace })',
  ReLU6: 'ReLU6({ inplace })',
  SELU: 'SELU({ inplace })',
  SiLU: 'SiLU({ inplace })',
  Mish: 'Mish({ inplace })',
  Hardswish: 'Hardswish({ inplace })',
  Hardsigmoid: 'Hardsigmoid({ inplace })',
  LeakyReLU: 'LeakyReLU({ negative_slope, inplace })',
  ELU: 'ELU({ alpha, inplace })',
  CELU: 'CELU({ alpha, inplace })',
  GELU: 'GELU({ approximate })',
  Hardtanh: 'Hardtanh({ min_val, max_val, inplace })',
  Softplus: 'Softplus({ beta, threshold })',
  Hardshrink: 'Hardshrink({ lambd })',
  Softshrink: 'Softshrink({ lambd })',
  Threshold: 'Threshold(threshold, value, { inplace })',
  RReLU: 'RReLU({ lower, upper, inplace })',
  PReLU: 'PReLU({ num_parameters, init })',
  GLU: 'GLU({ dim })',
  Softmax: 'Softmax({ dim })',
  LogSoftmax: 'LogSoftmax({ dim })',
  Softmin: 'Softmin({ dim })',

  ...rankedRows({
    Conv: CONVOLUTION,
    ConvTranspose: TRANSPOSED_CONVOLUTION,
    MaxPool: MAX_POOLING,
    AvgPool: AVERAGE_POOLING,
    AdaptiveAvgPool: '(output_size)',
    AdaptiveMaxPool: '(output_size, { return_indices })',
    LPPool: '(norm_type, kernel_size, { stride, ceil_mode })',
    MaxUnpool: '(kernel_size, { stride, padding })',
    ConstantPad: '(padding, value)',
    ReflectionPad: '(padding)',
    CircularPad: '(padding)',
    ZeroPad: '(padding)',
    ReplicationPad: '(padding)',
    BatchNorm: BATCH_NORM,
    InstanceNorm: BATCH_NORM,
    Dropout: '({ p, inplace })',
  }),
  Dropout: 'Dropout({ p, inplace })',
  AlphaDropout: 'AlphaDropout({ p, inplace })',
  FeatureAlphaDropout: 'FeatureAlphaDropout({ p, inplace })',
  LayerNorm: 'LayerNorm(normalized_shape, { eps, elementwise_affine })',
  GroupNorm: 'GroupNorm(num_groups, num_channels, { eps, affine })',
  LocalResponseNorm: 'LocalResponseNorm(size, { alpha, beta, k })',
  Upsample: 'Upsample({ size, scale_factor, mode, align_corners })',
  UpsamplingNearest2d: 'UpsamplingNearest2d({ size, scale_factor })',
  UpsamplingBilinear2d: 'UpsamplingBilinear2d({ size, scale_factor })',
  ChannelShuffle: 'ChannelShuffle(groups)',
  Unfold: 'Unfold(kernel_size, { dilation, padding, stride })',
  Fold: 'Fold(output_size, kernel_size, { dilation, padding, stride })',
  PixelShuffle: 'PixelShuffle(upscale_factor)',
  PixelUnshuffle: 'PixelUnshuffle(downscale_factor)',
  CosineSimilarity: 'CosineSimilarity({ dim, eps })',
  PairwiseDistance: 'PairwiseDistance({ p, eps, keepdim })',

  RNNCell: 'RNNCell(input_size, hidden_size, { bias, nonlinearity })',
  LSTMCell: 'LSTMCell(input_size, hidden_size, { bias })',
  GRUCell: 'GRUCell(input_size, hidden_size, { bias })',
  RNN: `RNN(input_size, hidden_size, { num_layers, nonlinearity, bias, batch_first, dropout, bidirectional })`,
  LSTM: `LSTM(input_size, hidden_size, { ${RECURRENT}, proj_size })`,
  GRU: `GRU(input_size, hidden_size, { ${RECURRENT} })`,

  MultiheadAttention:
    'MultiheadAttention(embed_dim, num_heads, { dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim, batch_first })',
  TransformerEncoderLayer: `TransformerEncoderLayer${TRANSFORMER_LAYER}`,
  TransformerDecoderLayer: `TransformerDecoderLayer${TRANSFORMER_LAYER}`,
  Transformer:
    'Transformer({ d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first })',
  TransformerEncoder: 'TransformerEncoder(encoder_layer, num_layers, { norm })',
  TransformerDecoder: 'TransformerDecoder(decoder_layer, num_layers, { norm })',

  MSELoss: 'MSELoss({ reduction })',
  L1Loss: 'L1Loss({ reduction })',
  SmoothL1Loss: 'SmoothL1Loss({ reduction, beta })',
  HuberLoss: 'HuberLoss({ reduction, delta })',
  NLLLoss: 'NLLLoss({ weight, ignore_index, reduction })',
  CrossEntropyLoss: 'CrossEntropyLoss({ weight, ignore_index, reduction, label_smoothing })',
  BCELoss: 'BCELoss({ weight, reduction })',
  BCEWithLogitsLoss: 'BCEWithLogitsLoss({ weight, reduction, pos_weight })',
  KLDivLoss: 'KLDivLoss({ reduction, log_target })',
  HingeEmbeddingLoss: 'HingeEmbeddingLoss({ margin, reduction })',
  CosineEmbeddingLoss: 'CosineEmbeddingLoss({ margin, reduction })',
  MarginRankingLoss: 'MarginRankingLoss({ margin, reduction })',
  TripletMarginWithDistanceLoss: 'TripletMarginWithDistanceLoss({ margin, swap, reduction })',
  TripletMarginLoss: 'TripletMarginLoss({ margin, p, eps, swap, reduction })',
  SoftMarginLoss: 'SoftMarginLoss({ reduction })',
  MultiMarginLoss: 'MultiMarginLoss({ p, margin, weight, reduction })',
  MultiLabelMarginLoss: 'MultiLabelMarginLoss({ reduction })',
  MultiLabelSoftMarginLoss: 'MultiLabelSoftMarginLoss({ weight, reduction })',
  PoissonNLLLoss: 'PoissonNLLLoss({ log_input, full, eps, reduction })',
  GaussianNLLLoss: 'GaussianNLLLoss({ full, eps, reduction })',
  CTCLoss: 'CTCLoss({ blank, reduction, zero_infinity })',
};

/** Parameters of forward for modules whose arguments are not all positional in our library. */
export const moduleForwards: ModuleTable = {
  MultiheadAttention:
    'forward(query, key, value, { key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal })',
  TransformerEncoderLayer: 'forward(src, { src_mask, src_key_padding_mask })',
  TransformerEncoder: 'forward(src, { mask, src_key_padding_mask })',
  TransformerDecoderLayer:
    'forward(tgt, memory, { tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask })',
  TransformerDecoder: 'forward(tgt, memory, { tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask })',
  ConvTranspose1d: 'forward(input, { output_size })',
  ConvTranspose2d: 'forward(input, { output_size })',
  ConvTranspose3d: 'forward(input, { output_size })',
  MaxUnpool1d: 'forward(input, indices, { output_size })',
  MaxUnpool2d: 'forward(input, indices, { output_size })',
  MaxUnpool3d: 'forward(input, indices, { output_size })',
  Transformer:
    'forward(src, tgt, { src_mask, tgt_mask, memory_mask, src_key_padding_mask, tgt_key_padding_mask, memory_key_padding_mask })',
  EmbeddingBag: 'forward(input, { offsets, per_sample_weights })',
};
