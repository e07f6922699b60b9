/**
 * What the library promises of the reference cases: families in which every case passes, and families in which every case
 * passes but those that wait for something. Families that are in neither list have not begun.
 */

/** Families in which every case must pass. */
export const completeFamilies: readonly string[] = [
  ...['autograd', 'broadcasting', 'creation', 'data', 'e2e_mlp', 'einsum', 'elementwise_binary', 'elementwise_edge'],
  ...[
    'elementwise_unary',
    'indexing',
    'reductions',
    'shape_ops',
    'sorting',
    'strides',
    'tensor_repr',
    'type_promotion',
  ],
];

export interface PartialFamily {
  readonly family: string;
  /** Cases that are not expected yet: those whose id, after the family's name, begins with one of these. */
  readonly without: readonly string[];
  /** What they wait for. */
  readonly reason: string;
}

export const partialFamilies: readonly PartialFamily[] = [
  {
    family: 'embedding_dropout',
    without: ['F.embedding'],
    reason: 'embeddings belong to the issue on breadth',
  },
  {
    family: 'errors',
    without: ['program/22', 'program/30', 'program/31', 'program/37'],
    reason: 'convolution, attention and batch normalization belong to the issue on breadth',
  },
  {
    family: 'init',
    without: [...['nn.Conv2d', 'nn.LSTM', 'nn.Embedding', 'nn.BatchNorm1d', 'nn.LayerNorm', 'nn.MultiheadAttention']],
    reason: 'these modules belong to the issue on breadth',
  },
  {
    family: 'large',
    without: [
      ...['F.conv', 'F.max_pool2d', 'F.avg_pool2d', 'F.layer_norm', 'F.batch_norm', 'nn.BatchNorm2d', 'F.embedding'],
      ...['nn.LSTM', 'F.scaled_dot_product_attention'],
    ],
    reason: 'these functions and modules belong to the issue on breadth',
  },
  {
    family: 'losses',
    without: ['F.ctc_loss'],
    reason: 'connectionist temporal classification belongs to the issue on breadth',
  },
  {
    family: 'matmul',
    without: ['linalg.det', 'linalg.inv'],
    reason: 'determinants and inverses belong to the issue on breadth',
  },
  {
    family: 'modules',
    without: [
      ...['nn.Sequential/02', 'nn.Conv', 'nn.BatchNorm', 'nn.LayerNorm', 'nn.GroupNorm', 'nn.InstanceNorm2d'],
      ...['nn.LSTM', 'nn.GRU', 'nn.RNN', 'nn.Embedding', 'nn.MultiheadAttention', 'nn.TransformerEncoder'],
      ...['weight_norm', 'nn.MaxPool2d', 'nn.AvgPool2d', 'nn.AdaptiveAvgPool2d', 'nn.Upsample', 'nn.Unfold'],
    ],
    reason: 'these modules belong to the issue on breadth',
  },
  {
    family: 'optim',
    without: [
      ...['optim.Adagrad', 'optim.Adadelta', 'optim.RMSprop', 'optim.Adamax', 'optim.NAdam', 'optim.RAdam'],
      ...['optim.ASGD', 'optim.Rprop', 'optim.LBFGS'],
    ],
    reason: 'these optimisers belong to the issue on breadth',
  },
  {
    family: 'second_order',
    without: ['F.conv2d', 'F.layer_norm', 'F.avg_pool2d', 'F.max_pool2d'],
    reason: 'these functions belong to the issue on breadth',
  },
  {
    family: 'seeds',
    without: ['026', '027', '066', '072', '073', '074'],
    reason: 'normalization, grouped convolution and weight normalization belong to the issue on breadth',
  },
];
