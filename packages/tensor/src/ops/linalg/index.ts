/** Products of matrices and their kin; decompositions and what is made of them. */

export { cholesky } from './cholesky.ts';
export { type CovarianceOptions, corrcoef, cov } from './covariance.ts';
export { det, logdet, slogdet } from './determinant.ts';
export { einsum } from './einsum/einsum.ts';
export { linear, matmul } from './matmul.ts';
export * from './products.ts';
export { inv, inverse, type SolveOptions, solve } from './solve.ts';
export { choleskySolve, solveTriangular, type TriangularOptions } from './triangular.ts';
