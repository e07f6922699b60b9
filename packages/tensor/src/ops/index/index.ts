/** The public page of indexing: index lists, reading and writing along indices, masks. */

export type { Index, NestedIndices } from '../../types/index.ts';
export {
  type IndexAddOptions,
  indexAdd,
  indexAdd_,
  indexCopy,
  indexCopy_,
  indexFill,
  indexFill_,
  put_,
} from './along.ts';
export { at, atAsync } from './at.ts';
export { maskedFill, maskedFill_, maskedScatter, maskedScatter_, maskedSelect, maskedSelectAsync } from './masked.ts';
export { argwhere, type NonzeroOptions, nonzero, nonzeroAsync } from './nonzero.ts';
export { type OneHotOptions, oneHot, oneHotAsync } from './one-hot.ts';
export { diagonalScatter, type SliceOptions, selectScatter, sliceScatter } from './regions.ts';
export {
  type ScatterOptions,
  type ScatterReduceOptions,
  type ScatterReduction,
  scatter,
  scatter_,
  scatterAdd,
  scatterAdd_,
  scatterReduce,
  scatterReduce_,
} from './scatter.ts';
export { embeddingLookup, gather, indexSelect, take, takeAlongDim } from './select.ts';
export { type IndexPutOptions, indexPut, indexPut_, type PlaceIndices, setAt, setAtAsync } from './set-at.ts';
export { Slice, slice } from './slice.ts';
