/** Matrix products and linear algebra. */

import { broadcastShapes, type Tensor } from '@nn/tensor';
import type { OpTable } from '../run/call.ts';
import type { CallArguments } from '../run/call-arguments.ts';
import { callFunction } from '../run/library.ts';

/** Without a dimension, torch.cross takes the first of size 3; ours, as torch.linalg.cross, the last one. */
function callCross(call: CallArguments): unknown {
  const [input, other] = [call.tensor('input') as Tensor, call.tensor('other') as Tensor];
  const dim = call.plain('dim') ?? broadcastShapes([input.shape, other.shape]).indexOf(3);
  return callFunction('cross', [input, other, { dim }]);
}

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
  'torch.cross': callCross,
  'torch.Tensor.cross': (call) => callCross(call.named(['input', 'other', 'dim'])),
  'torch.matrix_power': 'matrixPower(input, n)',
  'torch.linalg.multi_dot': 'multiDot(tensors)',
  'torch.linalg.cross': 'cross(input, other, { dim })',
  'torch.cov': 'cov(input, { correction, fweights, aweights })',
  'torch.corrcoef': 'corrcoef(input)',
  'torch.det': 'det(input)',
  'torch.logdet': 'logdet(input)',
  'torch.slogdet': 'slogdet(input)',
  'torch.inverse': 'inverse(input)',
  'torch.linalg.solve': 'solve(A, B, { left })',
  'torch.linalg.solve_triangular': 'solveTriangular(A, B, { upper, left, unitriangular })',
  'torch.cholesky': 'cholesky(input, { upper })',
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
