/** What the library promises of the reference cases: families in which every case passes. */
export const completeFamilies: readonly string[] = [
  ...['attention', 'autograd', 'broadcasting', 'conv', 'creation', 'data', 'e2e_chartransformer', 'e2e_cnn', 'e2e_mlp'],
  ...[
    'einsum',
    'elementwise_binary',
    'elementwise_edge',
    'elementwise_unary',
    'embedding_dropout',
    'errors',
    'indexing',
  ],
  ...[
    'init',
    'large',
    'losses',
    'matmul',
    'modules',
    'normalization',
    'optim',
    'pooling',
    'reductions',
    'resample',
    'rng',
    'rnn',
  ],
  ...['schedulers', 'second_order', 'seeds', 'shape_ops', 'sorting', 'strides', 'tensor_repr', 'type_promotion'],
];

/** Families that aren't promised, with what stands against it. */
export const otherFamilies: Readonly<Record<string, string>> = {};
