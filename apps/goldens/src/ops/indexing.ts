/** Gathering, scattering and masks by function; subscripts are in forms/subscripts.ts. */

import type { OpTable } from '../run/call.ts';

export const indexing: OpTable = {
  'torch.gather': 'gather(input, dim, index)',
  'torch.scatter': [
    'scatter(input, dim, index, src, { reduce })',
    'scatter(input, dim, index, value:scalar, { reduce })',
  ],
  'torch.scatter_add': 'scatterAdd(input, dim, index, src)',
  'torch.scatter_reduce': 'scatterReduce(input, dim, index, src, reduce, { include_self })',
  'torch.index_select': 'indexSelect(input, dim, index)',
  'torch.index_add': 'indexAdd(input, dim, index, source, { alpha })',
  'torch.index_copy': 'indexCopy(input, dim, index, source)',
  'torch.index_fill': 'indexFill(input, dim, index, value:scalar)',
  'torch.index_put': 'indexPut(input, indices, values, { accumulate })',
  'torch.Tensor.put_': 'put_(index, source, { accumulate })',
  'torch.diagonal_scatter': 'diagonalScatter(input, src, { offset, dim1, dim2 })',
  'torch.select_scatter': 'selectScatter(input, src, dim, index)',
  'torch.slice_scatter': 'sliceScatter(input, src, { dim, start, end, step })',
  'torch.take': 'take(input, index)',
  'torch.take_along_dim': 'takeAlongDim(input, indices, { dim })',
  'torch.masked_select': 'maskedSelect(input, mask)',
  'torch.masked_scatter': 'maskedScatter(input, mask, source)',
  'torch.nn.functional.one_hot': 'oneHot(input, { num_classes })',
};
