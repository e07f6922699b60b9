/** The public page of shapes: views, joining, splitting, repeating, padding. */
export { clone, contiguous, toDType, typeAs } from './convert.ts';
export { diag, diagEmbed, diagflat, diagonal, type PlaneOptions } from './diagonal.ts';
export {
  atleast1d,
  atleast2d,
  atleast3d,
  movedim,
  permute,
  squeeze,
  swapaxes,
  swapdims,
  t,
  transpose,
  unsqueeze,
} from './dimensions.ts';
export { broadcastShapes, broadcastTensors, broadcastTo, expand, expandAs, sumToSize } from './expand.ts';
export { flip, fliplr, flipud, type RollOptions, type RotationOptions, roll, rot90 } from './flip.ts';
export { type CombinationOptions, cartesianProd, combinations, type MeshgridOptions, meshgrid } from './grid.ts';
export { blockDiag, cat, columnStack, concat, dstack, hstack, stack, vstack } from './join.ts';
export { type PadMode, type PadOptions, pad } from './pad.ts';
export { channelShuffle, pixelShuffle, pixelUnshuffle } from './pixels.ts';
export { type InterleaveOptions, repeat, repeatInterleave, repeatInterleaveAsync, tile } from './repeat.ts';
export { expectShape, flatten, ravel, reshape, reshapeAs, unflatten, view, viewAs } from './reshape.ts';
export { chunk, type DimOption, narrow, type Pieces, select, split, tensorSplit, unbind } from './split.ts';
export { asStrided, isContiguous, type StridedOptions, storageOffset, storageSize, stride } from './strided.ts';
