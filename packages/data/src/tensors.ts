/** The one thing that batches need of tensors: rows by number. */
import { indexSelect, type Tensor, tensor } from '@nn/tensor';

/** Rows of a tensor, in the order of the indices, gathered in one launch. */
export const rows = (t: Tensor, indices: readonly number[]): Tensor =>
  indexSelect(t, 0, tensor(Int32Array.from(indices), { dtype: 'int64', backend: t.backend }));
