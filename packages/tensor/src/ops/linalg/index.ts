/** Products of matrices and their kin. */
export { einsum } from './einsum/einsum.ts';
export { linear, matmul } from './matmul.ts';
export * from './products.ts';
