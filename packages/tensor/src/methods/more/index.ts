/** The families of methods that `@nn/tensor/methods` puts on tensors; the class has their types in any case. */
export { MoreBinaryMethods } from './binary.ts';
export { MoreElementwiseMethods } from './elementwise.ts';
export { MoreIndexMethods } from './indexing.ts';
export { MoreLinalgMethods } from './linalg.ts';
export { MoreOrderMethods } from './order.ts';
export { MoreRandomMethods } from './random.ts';
export { MoreReduceMethods } from './reduce.ts';
export { MoreShapeMethods } from './shape.ts';
export { MoreStorageMethods } from './storage.ts';
export { MoreUnaryMethods } from './unary.ts';
