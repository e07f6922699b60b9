/**
 * For sibling packages (@nn/autograd, @nn/nn, @nn/optim), not for users: the door, provenance, plans and views. Changes without notice.
 */

export { broadcastShapes, dimension, dimensions, shapeText } from './core/collapse.ts';
export { assignOp, copyOp } from './core/copy.ts';
export { dispatch, dispatchCreate, dispatchMany, fresh, outputBit } from './core/dispatch.ts';
export { filled, filledLike, fillInPlace } from './core/fill.ts';
export { guarded } from './core/guarded.ts';
export { assign, dispatchInto, dispatchUpdate } from './core/in-place.ts';
export {
  contiguousStrides,
  type Device,
  deviceOf,
  isContiguous,
  type Layout,
  layoutOf,
  sameNumbers,
  sizeOf,
} from './core/layout.ts';
export { checkNamed } from './core/named.ts';
export { bit, type GradientHook, Node, NodeExtra, Receiver, savedInput } from './core/node.ts';
export * from './core/op.ts';
export { Plan } from './core/plan.ts';
export { type AutogradSeam, autograd, breathe, currentDevice, factory, state, withTracking } from './core/state.ts';
export { alias, nodeOf, stridedOp, viewAs, viewPlan } from './core/view.ts';
export { checkGradient } from './given-gradient.ts';
export { outlive, scopes } from './memory/scope.ts';
export { release, share } from './memory/storage.ts';
export { relocate, relocateSync } from './move.ts';
export { convolve, convolveTransposed } from './ops/conv/conv.ts';
export { fromFlat } from './ops/creation/from-data.ts';
export { binary, element, single, unary } from './ops/elementwise/build.ts';
export { sizesOf } from './ops/elementwise/operand.ts';
export { reluInto, reluOp } from './ops/elementwise/rectifiers.ts';
export { gatherOps, scatterOps } from './ops/index/index-op.ts';
export { linearThen } from './ops/linalg/matmul.ts';
export {
  clone,
  contiguous,
  expand,
  flipView,
  permute,
  reshape,
  sliceView as slice,
  stridedView,
  transpose,
} from './ops/shape/views.ts';
export { widened } from './ops/shape/widened.ts';
export { permutation, WholeNumbers } from './random/distributions.ts';
export { logs } from './random/elementary.ts';
export type { Draw } from './random/threefry.ts';
export { readSync } from './read.ts';
