/** The public page of @nn/backend: the contract, the scalar language, and the reference and null backends. */
export * from './backend.ts';
export { CompositeProgram, compileFor, operandsOf, runLaunch } from './compile.ts';
export * from './conv-shape.ts';
export * from './dtype.ts';
export * from './errors.ts';
export * from './kernel.ts';
export { lower } from './lower/composite.ts';
export { NullBackend, type NullCounts, type NullOptions, nullBackend } from './null-backend.ts';
export { reference } from './reference/backend.ts';
export * from './scalar/core.ts';
export * from './scalar/derived/index.ts';
export { differentiate, expand } from './scalar/differentiate.ts';
export * from './scalar/expression.ts';
export { print } from './scalar/print.ts';
export { accepts, apply, type Builder, defineRow, type Gradients, type Row, rowOf } from './scalar/row.ts';
export { rows } from './scalar/rows.ts';
export { denseStrides, product } from './strides.ts';
