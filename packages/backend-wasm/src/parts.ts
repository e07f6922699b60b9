/** The page of @nn/backend-wasm/parts: the backend piece by piece, so that a bundle has only what a program computes with. */
export type { WasmBackend, WasmInfo } from './backend.ts';
export { across, bytes, conv, draws, gather, map, matmul, reduce, rows, scan, scatter, sort } from './kinds/index.ts';
export type { WasmOptions } from './options.ts';
export { vectorsFlag } from './pairs.ts';
export type { Part } from './part.ts';
export { math } from './scalar/math/index.ts';
export { workers } from './threads/index.ts';
export { wasmOf } from './wasm-of.ts';
