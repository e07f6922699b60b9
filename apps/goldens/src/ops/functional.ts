/** torch.nn.functional: activations, losses, layers as functions. */

import type { OpTable } from '../run/call.ts';
import { callFunction } from '../run/library.ts';

const activations: OpTable = {
  'torch.nn.functional.relu': 'relu(input)',
  'torch.nn.functional.relu6': 'relu6(input)',
  'torch.nn.functional.selu': 'selu(input)',
  'torch.nn.functional.silu': 'silu(input)',
  'torch.nn.functional.mish': 'mish(input)',
  'torch.nn.functional.sigmoid': 'sigmoid(input)',
  'torch.nn.functional.tanh': 'tanh(input)',
  'torch.nn.functional.hardswish': 'hardswish(input)',
  'torch.nn.functional.hardsigmoid': 'hardsigmoid(input)',
  'torch.nn.functional.softsign': 'softsign(input)',
  'torch.nn.functional.tanhshrink': 'tanhshrink(input)',
  'torch.nn.functional.logsigmoid': 'logsigmoid(input)',
  'torch.nn.functional.gelu': 'gelu(input, { approximate })',
  'torch.nn.functional.leaky_relu': 'leakyRelu(input, { negative_slope })',
  'torch.nn.functional.elu': 'elu(input, { alpha })',
  'torch.nn.functional.celu': 'celu(input, { alpha })',
  'torch.nn.functional.hardtanh': 'hardtanh(input, { min_val, max_val })',
  'torch.nn.functional.softplus': 'softplus(input, { beta, threshold })',
  'torch.nn.functional.hardshrink': 'hardshrink(input, { lambd })',
  'torch.nn.functional.softshrink': 'softshrink(input, { lambd })',
  'torch.nn.functional.threshold': 'threshold(input, threshold, value)',
  'torch.nn.functional.rrelu': 'rrelu(input, { lower, upper, training })',
  'torch.nn.functional.prelu': 'prelu(input, weight)',
  'torch.nn.functional.glu': 'glu(input, { dim })',
  'torch.nn.functional.softmax': 'softmax(input, dim, { dtype })',
  'torch.nn.functional.log_softmax': 'logSoftmax(input, dim, { dtype })',
  'torch.nn.functional.softmin': 'softmin(input, dim, { dtype })',
  'torch.nn.functional.normalize': 'normalize(input, { p, dim, eps })',
  'torch.nn.functional.cosine_similarity': 'cosineSimilarity(x1, x2, { dim, eps })',
  'torch.nn.functional.pairwise_distance': 'pairwiseDistance(x1, x2, { p, eps, keepdim })',
};

const losses: OpTable = {
  'torch.nn.functional.mse_loss': 'mseLoss(input, target, { reduction })',
  'torch.nn.functional.l1_loss': 'l1Loss(input, target, { reduction })',
  'torch.nn.functional.smooth_l1_loss': 'smoothL1Loss(input, target, { reduction, beta })',
  'torch.nn.functional.huber_loss': 'huberLoss(input, target, { reduction, delta })',
  'torch.nn.functional.nll_loss': 'nllLoss(input, target, { weight, ignore_index, reduction })',
  'torch.nn.functional.cross_entropy':
    'crossEntropy(input, target, { weight, ignore_index, reduction, label_smoothing })',
  'torch.nn.functional.binary_cross_entropy': 'binaryCrossEntropy(input, target, { weight, reduction })',
  'torch.nn.functional.binary_cross_entropy_with_logits':
    'binaryCrossEntropyWithLogits(input, target, { weight, reduction, pos_weight })',
  'torch.nn.functional.kl_div': 'klDiv(input, target, { reduction, log_target })',
  'torch.nn.functional.hinge_embedding_loss': 'hingeEmbeddingLoss(input, target, { margin, reduction })',
  'torch.nn.functional.cosine_embedding_loss': 'cosineEmbeddingLoss(input1, input2, target, { margin, reduction })',
  'torch.nn.functional.margin_ranking_loss': 'marginRankingLoss(input1, input2, target, { margin, reduction })',
  'torch.nn.functional.triplet_margin_loss':
    'tripletMarginLoss(anchor, positive, negative, { margin, p, eps, swap, reduction })',
  'torch.nn.functional.triplet_margin_with_distance_loss':
    'tripletMarginWithDistanceLoss(anchor, positive, negative, { margin, swap, reduction })',
  'torch.nn.functional.soft_margin_loss': 'softMarginLoss(input, target, { reduction })',
  'torch.nn.functional.multi_margin_loss': 'multiMarginLoss(input, target, { p, margin, weight, reduction })',
  'torch.nn.functional.multilabel_margin_loss': 'multilabelMarginLoss(input, target, { reduction })',
  'torch.nn.functional.multilabel_soft_margin_loss': 'multilabelSoftMarginLoss(input, target, { weight, reduction })',
  'torch.nn.functional.poisson_nll_loss': 'poissonNllLoss(input, target, { log_input, full, eps, reduction })',
  'torch.nn.functional.gaussian_nll_loss': 'gaussianNllLoss(input, target, var, { full, eps, reduction })',
  // The case gives logits; torch was given log_softmax of them.
  'torch.nn.functional.ctc_loss': (call) => {
    call.attribute('input_is');
    const logProbabilities = callFunction('logSoftmax', [call.tensor('logits'), 2]);
    const lengths = [call.tensor('input_lengths'), call.tensor('target_lengths')];
    const options = {
      ...(call.has('blank') && { blank: call.plain('blank') }),
      ...(call.has('reduction') && { reduction: call.plain('reduction') }),
      ...(call.has('zero_infinity') && { zeroInfinity: call.plain('zero_infinity') }),
    };
    return callFunction('ctcLoss', [logProbabilities, call.tensor('targets'), ...lengths, options]);
  },
};

const layers: OpTable = {
  'torch.nn.functional.linear': 'linear(input, weight, bias)',
  'torch.nn.functional.bilinear': 'bilinear(input1, input2, weight, bias)',
  'torch.nn.functional.embedding': 'embedding(input, weight, { padding_idx, max_norm, norm_type, scale_grad_by_freq })',
  'torch.embedding': 'embedding(indices, weight, { padding_idx, scale_grad_by_freq })',
  'torch.nn.functional.embedding_bag':
    'embeddingBag(input, weight, { offsets, mode, per_sample_weights, padding_idx, include_last_offset })',
  'torch.nn.functional.dropout': 'dropout(input, { p, training })',
  'torch.nn.functional.alpha_dropout': 'alphaDropout(input, { p, training })',
  'torch.nn.functional.feature_alpha_dropout': 'featureAlphaDropout(input, { p, training })',
  'torch.nn.functional.dropout1d': 'dropout1d(input, { p, training })',
  'torch.nn.functional.dropout2d': 'dropout2d(input, { p, training })',
  'torch.nn.functional.dropout3d': 'dropout3d(input, { p, training })',
  'torch.nn.functional.batch_norm':
    'batchNorm(input, running_mean, running_var, { weight, bias, training, momentum, eps })',
  'torch.nn.functional.layer_norm': 'layerNorm(input, normalized_shape, { weight, bias, eps })',
  'torch.nn.functional.group_norm': 'groupNorm(input, num_groups, { weight, bias, eps })',
  'torch.nn.functional.instance_norm':
    'instanceNorm(input, { running_mean, running_var, weight, bias, use_input_stats, momentum, eps })',
  'torch.nn.functional.local_response_norm': 'localResponseNorm(input, size, { alpha, beta, k })',
  'torch._weight_norm': 'weightNormalize(v, g, { dim })',
  'torch.norm_except_dim': 'normExceptDim(v, { pow, dim })',
  'torch.nn.functional.scaled_dot_product_attention':
    'scaledDotProductAttention(query, key, value, { attn_mask, dropout_p, is_causal })',
  'torch.nn.Transformer.generate_square_subsequent_mask': 'Transformer.generateSquareSubsequentMask(sz)',
};

const CONVOLUTION = '(input, weight, { bias, stride, padding, dilation, groups })';
const TRANSPOSED_CONVOLUTION = '(input, weight, { bias, stride, padding, output_padding, groups, dilation })';
const MAX_POOLING = '(input, kernel_size, { stride, padding, dilation, ceil_mode, return_indices })';
const AVERAGE_POOLING = '(input, kernel_size, { stride, padding, ceil_mode, count_include_pad, divisor_override })';

const windows: OpTable = {
  ...Object.fromEntries(
    [1, 2, 3].flatMap((rank) => [
      [`torch.nn.functional.conv${rank}d`, `conv${rank}d${CONVOLUTION}`],
      [`torch.nn.functional.conv_transpose${rank}d`, `convTranspose${rank}d${TRANSPOSED_CONVOLUTION}`],
      [`torch.nn.functional.max_pool${rank}d`, `maxPool${rank}d${MAX_POOLING}`],
      [`torch.nn.functional.avg_pool${rank}d`, `avgPool${rank}d${AVERAGE_POOLING}`],
      [`torch.nn.functional.adaptive_avg_pool${rank}d`, `adaptiveAvgPool${rank}d(input, output_size)`],
      [
        `torch.nn.functional.adaptive_max_pool${rank}d`,
        `adaptiveMaxPool${rank}d(input, output_size, { return_indices })`,
      ],
      [`torch.nn.functional.lp_pool${rank}d`, `lpPool${rank}d(input, norm_type, kernel_size, { stride, ceil_mode })`],
      [
        `torch.nn.functional.max_unpool${rank}d`,
        `maxUnpool${rank}d(input, indices, kernel_size, { stride, padding, output_size })`,
      ],
    ]),
  ),
  'torch.nn.functional.unfold': 'unfold(input, kernel_size, { dilation, padding, stride })',
  'torch.nn.functional.fold': 'fold(input, output_size, kernel_size, { dilation, padding, stride })',
  'torch.nn.functional.interpolate':
    'interpolate(input, { size, scale_factor, mode, align_corners, recompute_scale_factor, antialias })',
  'torch.nn.functional.grid_sample': 'gridSample(input, grid, { mode, padding_mode, align_corners })',
  'torch.nn.functional.affine_grid': 'affineGrid(theta, size, { align_corners })',
};

export const functional: OpTable = { ...activations, ...losses, ...layers, ...windows };
