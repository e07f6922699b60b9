/** The public page of @nn/tensor. */

export type { GradientHook } from './core/node.ts';
export {
  float,
  getDefaultDType,
  type Numeric,
  promoteTypes,
  resultType,
  Scalar,
  setDefaultDType,
} from './core/promotion.ts';
export { type BackwardOptions, getBackend, setBackend } from './core/state.ts';
export { type MemoryReport, memory, setMemoryLimit, tagged } from './memory/report.ts';
export { keep, Scope, scope } from './memory/scope.ts';
export * from './ops/creation/index.ts';
export * from './ops/elementwise/index.ts';
export * from './ops/index/index.ts';
export * from './ops/linalg/index.ts';
export * from './ops/random/index.ts';
export * from './ops/reduce/index.ts';
export * from './ops/shape/index.ts';
export { formatSize } from './print/format-size.ts';
export {
  getPrintOptions,
  type PrintOptionChanges,
  type PrintOptions,
  type PrintProfile,
  setPrintOptions,
} from './print/print-options.ts';
export type { Nested } from './read.ts';
export { GradFn, Tensor } from './tensor.ts';
export type {
  Apply, CanCompare, Chain, ChainFunction, Checked, ConvByWeight, ConvFunction, CrossEntropyShape, Dim, FlattenFunction, FloatOf, KeepsShape, LinearFunction, Padding,
  PerDimension, PoolFunction, Ranks, Shape, ShapeFunction, ShapeOf, ShapeOr, SpreadOf, TransposedByWeight, Window, WindowOf,
} from './types/index.ts'; // biome-ignore format: a list
