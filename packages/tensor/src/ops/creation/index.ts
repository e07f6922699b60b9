/** Making tensors. */
export { empty, emptyLike, full, fullLike, ones, onesLike, scalarTensor, zeros, zerosLike } from './fill.ts';
export { asTensor, type Data, tensor } from './from-data.ts';
export type { TensorOptions } from './options.ts';
export { arange, linspace, logspace } from './ranges.ts';
export { type DiagonalOptions, eye, tril, trilIndices, triu, triuIndices } from './triangles.ts';
export { blackmanWindow, hammingWindow, hannWindow, type WindowOptions } from './windows.ts';
