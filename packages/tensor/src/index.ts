/** The public page of @nn/tensor. */
export { type Numeric, float, Scalar, promoteTypes, resultType, getDefaultDType, setDefaultDType } from './core/promotion.ts';
export { setBackend, getBackend, type BackwardOptions } from './core/state.ts';
export { keep, scope, Scope } from './memory/scope.ts';
export * from './ops/elementwise/index.ts';
export { sum, mean } from './ops/reduce/sum.ts';
export { matmul, linear } from './ops/linalg/matmul.ts';
export * from './ops/shape/views.ts';
export { fromData as tensor, type Data, type TensorOptions } from './ops/creation/from-data.ts';
export { Tensor } from './tensor.ts';
