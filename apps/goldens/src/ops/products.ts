/** Matrix products and linear algebra. */

import type { OpTable } from '../run/call.ts';
import { callFunction } from '../run/library.ts';

export const products: OpTable = {
  'torch.matmul': 'matmul(input, other)',
  'torch.mm': 'mm(input, mat2)',
  'torch.mv': 'mv(input, vec)',
  'torch.dot': 'dot(input, tensor)',
  'torch.inner': 'inner(input, other)',
  'torch.outer': 'outer(input, vec2)',
  'torch.bmm': 'bmm(input, mat2)',
  'torch.addmm': 'addmm(input, mat1, mat2, { beta, alpha })',
  'torch.addmv': 'addmv(input, mat, vec, { beta, alpha })',
  'torch.addr': 'addr(input, vec1, vec2, { beta, alpha })',
  'torch.baddbmm': 'baddbmm(input, batch1, batch2, { beta, alpha })',
  'torch.addbmm': 'addbmm(input, batch1, batch2, { beta, alpha })',
  'torch.kron': 'kron(input, other)',
  'torch.tensordot': 'tensordot(a, b, { dims })',
  'torch.cross': 'cross(input, other, { dim })',
  'torch.matrix_power': 'matrixPower(input, n)',
  'torch.linalg.multi_dot': 'multiDot(tensors)',
  'torch.linalg.matrix_power': 'matrixPower(A, n)',
  'torch.ger': 'outer(input, vec2)',
  'torch.linalg.matmul': 'matmul(input, other)',
  'torch.linalg.cross': 'cross(input, other, { dim })',
  'torch.cov': 'cov(input, { correction, fweights, aweights })',
  'torch.corrcoef': 'corrcoef(input)',
  'torch.det': 'det(input)',
  'torch.linalg.det': 'det(A)',
  'torch.logdet': 'logdet(input)',
  'torch.slogdet': 'slogdet(input)',
  'torch.linalg.slogdet': 'slogdet(A)',
  'torch.inverse': 'inverse(input)',
  'torch.linalg.inv': 'inv(A)',
  'torch.linalg.solve': 'solve(A, B, { left })',
  'torch.linalg.solve_triangular': 'solveTriangular(A, B, { upper, left, unitriangular })',
  'torch.cholesky': 'cholesky(input, { upper })',
  'torch.linalg.cholesky': 'cholesky(A, { upper })',
  'torch.cholesky_solve': 'choleskySolve(input, input2, { upper })',
  'torch.einsum': (call) => {
    const operands = call.tensor('operands') as readonly unknown[];
    if (call.has('equation')) return callFunction('einsum', [call.plain('equation'), ...operands]);
    const sublists = call.plain('sublists') as readonly (readonly number[])[];
    const out = call.plain('out');
    const pairs = operands.flatMap((operand, position) => [operand, sublists[position]]);
    return callFunction('einsum', out === null ? pairs : [...pairs, out]);
  },
};
