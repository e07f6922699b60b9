/** Products of vectors, matrices and batches with the ranks in their names, sums of products, and products along chosen dimensions. */
import { ShapeError, ValueError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { state } from '../../core/state.ts';
import { nodeOf } from '../../core/view.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import { add, mul, sub } from '../elementwise/arithmetic.ts';
import { where } from '../elementwise/logic.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { sum } from '../reduce/sum.ts';
import { diagEmbed } from '../shape/diagonal.ts';
import { roll } from '../shape/flip.ts';
import { clone, expand, reshape } from '../shape/views.ts';
import { einsum } from './einsum/einsum.ts';
import { matmulOf } from './matmul.ts';
import { inv } from './solve.ts';

const product = new Op('matmul', 'mm', { addend: 'none' });
const batchProduct = new Op('matmul', 'bmm', { addend: 'none' });
const plain = new Op('matmul', 'addmm', { addend: 'plain' });
const scaled = new Op('matmul', 'addmm', { addend: 'scaled' });

/** Factors of `beta · input + alpha · product`. */
export interface ScaleOptions {
  /** Multiplies the addend; 1. */
  readonly beta?: number | undefined;
  /** Multiplies the product; 1. */
  readonly alpha?: number | undefined;
}

function checkRanks(op: string, ...pairs: readonly (readonly [Tensor, number])[]): void {
  const wrong = pairs.find(([t, rank]) => sizesOf(op, t).length !== rank);
  if (wrong !== undefined)
    throw new ShapeError(
      op,
      `takes operands with ${pairs.map(([, rank]) => rank).join(' and ')} dimensions, got ${pairs.map(([t]) => shapeText(t.layout.shape)).join(' and ')}; matmul takes any`,
    );
}

/** Product of two matrices; PyTorch: `torch.mm`. */
export function mm(left: Tensor, right: Tensor): Tensor {
  checkRanks('mm', [left, 2], [right, 2]);
  return dispatch(product, left, right);
}

/** Products of two batches of matrices; PyTorch: `torch.bmm`. */
export function bmm(left: Tensor, right: Tensor): Tensor {
  checkRanks('bmm', [left, 3], [right, 3]);
  const [b, c] = [left.layout.shape[0], right.layout.shape[0]];
  if (b !== c)
    throw new ShapeError(
      'bmm',
      `batches of ${b} and ${c} differ: ${shapeText(left.layout.shape)} and ${shapeText(right.layout.shape)}; matmul broadcasts them`,
    );
  return dispatch(batchProduct, left, right);
}

/** Matrix times vector; PyTorch: `torch.mv`. */
export function mv(matrix: Tensor, vector: Tensor): Tensor {
  checkRanks('mv', [matrix, 2], [vector, 1]);
  return matmulOf(matrix, vector);
}

/** Sum of the products of two vectors' elements; PyTorch: `torch.dot`. */
export function dot(left: Tensor, right: Tensor): Tensor {
  checkRanks('dot', [left, 1], [right, 1]);
  return matmulOf(left, right);
}

/** Sums of products over the last dimensions, or plain products where one operand is a number; PyTorch: `torch.inner`. */
export function inner(left: Tensor, right: Tensor): Tensor {
  const [l, r] = [left.layout.shape, right.layout.shape];
  if (l.length === 0 || r.length === 0) return mul(left, right);
  const [m, n] = [l[l.length - 1], r[r.length - 1]];
  if (m !== n) throw new ShapeError('inner', `last sizes ${m} and ${n} differ: ${shapeText(l)} and ${shapeText(r)}`);
  return tensordot(left, right, { dims: [[-1], [-1]] });
}

/** All products of two vectors' elements; PyTorch: `torch.outer`. */
export function outer(left: Tensor, right: Tensor): Tensor {
  checkRanks('outer', [left, 1], [right, 1]);
  return mul(reshape(left, [left.layout.size, 1]), right);
}

/** What beta 0 leaves: of the addend no value, NaN included, only its shape, and a gradient of zeros. */
function ignoring(addend: Tensor, product: Tensor): Tensor {
  const wide = expand(addend, product.layout.shape);
  const tracked = state.tracking && nodeOf(wide) !== null;
  const out = tracked ? where(filled(product.layout.device, 'bool', [], 0), wide, product) : product;
  wide.dispose();
  return out;
}

/** beta · addend + alpha · left @ right. */
function addProduct(op: string, addend: Tensor, left: Tensor, right: Tensor, options: ScaleOptions): Tensor {
  const { beta = 1, alpha = 1 } = checkNamed(op, options);
  if (beta === 1 && alpha === 1) return dispatch(plain, left, right, addend);
  if (beta === 0) return scope(() => ignoring(addend, mul(dispatch(product, left, right), alpha)));
  return dispatch(scaled, left, right, addend, [alpha, beta]);
}

/** beta · addend + alpha · (left @ right) for matrices; PyTorch: `torch.addmm`. */
export function addmm(addend: Tensor, left: Tensor, right: Tensor, options: ScaleOptions = {}): Tensor {
  checkRanks('addmm', [left, 2], [right, 2]);
  return addProduct('addmm', addend, left, right, options);
}

/** beta · addend + alpha · (left @ right) for batches of matrices; PyTorch: `torch.baddbmm`. */
export function baddbmm(addend: Tensor, left: Tensor, right: Tensor, options: ScaleOptions = {}): Tensor {
  checkRanks('baddbmm', [left, 3], [right, 3]);
  return addProduct('baddbmm', addend, left, right, options);
}

/** beta · addend + alpha · (matrix @ vector); PyTorch: `torch.addmv`. */
export function addmv(addend: Tensor, matrix: Tensor, vector: Tensor, options: ScaleOptions = {}): Tensor {
  checkRanks('addmv', [matrix, 2], [vector, 1]);
  const column = addProduct(
    'addmv',
    reshape(addend, [...addend.layout.shape, 1]),
    matrix,
    reshape(vector, [vector.layout.size, 1]),
    options,
  );
  return reshape(column, column.layout.shape.slice(0, -1));
}

/** beta · addend + alpha · (outer product); PyTorch: `torch.addr`. */
export function addr(addend: Tensor, left: Tensor, right: Tensor, options: ScaleOptions = {}): Tensor {
  checkRanks('addr', [left, 1], [right, 1]);
  return addProduct(
    'addr',
    addend,
    reshape(left, [left.layout.size, 1]),
    reshape(right, [1, right.layout.size]),
    options,
  );
}

/** beta · addend + alpha · Σ over the batch of left @ right; PyTorch: `torch.addbmm`. */
export function addbmm(addend: Tensor, left: Tensor, right: Tensor, options: ScaleOptions = {}): Tensor {
  checkRanks('addbmm', [left, 3], [right, 3]);
  const { beta = 1, alpha = 1 } = checkNamed('addbmm', options);
  return scope(() => {
    const total = mul(sum(bmm(left, right), { dim: 0 }), alpha);
    return beta === 0 ? ignoring(addend, total) : add(mul(addend, beta), total);
  });
}

/** Sums of products over chosen dimensions: the last n of the first and the first n of the second, or two lists of them; PyTorch: `torch.tensordot`. */
export function tensordot(
  left: Tensor,
  right: Tensor,
  options: { readonly dims?: number | readonly [readonly number[], readonly number[]] } = {},
): Tensor {
  const [l, r] = [sizesOf('tensordot', left), sizesOf('tensordot', right)];
  const dims = checkNamed('tensordot', options).dims ?? 2;
  let [a, b]: [number[], number[]] = [[], []];
  if (typeof dims === 'number') {
    if (!(dims <= Math.min(l.length, r.length) && dims >= 0 && Number.isInteger(dims)))
      throw new ValueError(
        'tensordot',
        `can't sum over ${dims} dimensions of ${shapeText(l)} and ${shapeText(r)}; give a whole number of them, or two lists`,
      );
    b = Array.from({ length: dims }, (_, i) => i);
    a = b.map((i) => l.length - dims + i);
  } else {
    if (!Array.isArray(dims) || dims.length !== 2 || !dims.every(Array.isArray))
      throw new ValueError('tensordot', `dims is ${String(dims)}; give a number, or two lists of dimensions`);
    [a = [], b = []] = dims.map((list, i) => list.map((d) => dimension('tensordot', d, [l, r][i]!.length)));
  }
  if (a.length !== b.length)
    throw new ValueError('tensordot', `the lists of dimensions have ${a.length} and ${b.length} entries; they pair up`);
  const wrong = a.findIndex((d, i) => l[d] !== r[b[i]!] && l[d] !== 1 && r[b[i]!] !== 1);
  if (wrong >= 0)
    throw new ShapeError(
      'tensordot',
      `sizes ${l[a[wrong]!]} and ${r[b[wrong]!]} of dimensions ${a[wrong]} and ${b[wrong]} differ: ${shapeText(l)} and ${shapeText(r)}`,
    );
  const first = l.map((_, d) => d);
  const second = r.map((_, d) => (b.includes(d) ? a[b.indexOf(d)]! : l.length + d));
  return einsum(left, first, right, second, [
    ...first.filter((d) => !a.includes(d)),
    ...second.filter((_, d) => !b.includes(d)),
  ]);
}

/** Kronecker product: every element of the first times all of the second; PyTorch: `torch.kron`. */
export const kron = (left: Tensor, right: Tensor): Tensor =>
  scope(() => {
    const rank = Math.max(left.layout.shape.length, right.layout.shape.length);
    const padded = (t: Tensor): number[] => [
      ...new Array<number>(rank - t.layout.shape.length).fill(1),
      ...t.layout.shape,
    ];
    const [l, r] = [padded(left), padded(right)];
    const a = reshape(
      left,
      l.flatMap((n) => [n, 1]),
    );
    const b = reshape(
      right,
      r.flatMap((n) => [1, n]),
    );
    return reshape(
      mul(a, b),
      l.map((n, d) => n * r[d]!),
    );
  });

/** Cross product of vectors of three elements along a dimension (the last by default); PyTorch: `torch.linalg.cross`. */
export function cross(left: Tensor, right: Tensor, options: { readonly dim?: number } = {}): Tensor {
  const [l, r] = [sizesOf('cross', left), sizesOf('cross', right)];
  const d = dimension('cross', checkNamed('cross', options).dim ?? -1, l.length);
  if (l[d] !== 3 || r[d] !== 3)
    throw new ShapeError(
      'cross',
      `dimension ${d} must have size 3 in both operands: ${shapeText(l)} and ${shapeText(r)}`,
    );
  const turned = (t: Tensor, by: number): Tensor => roll(t, by, { dims: d });
  return scope(() => sub(mul(turned(left, -1), turned(right, -2)), mul(turned(left, -2), turned(right, -1))));
}

/** Product of several matrices in the order that needs the fewest multiplications; the first and last may be vectors; PyTorch: `torch.linalg.multi_dot`. */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  if (tensors.length < 2) throw new ValueError('multiDot', `needs two tensors at least, got ${tensors.length}`);
  const last = tensors.length - 1;
  const bad = tensors.findIndex(
    (t, i) => t.layout.shape.length !== 2 && !((i === 0 || i === last) && t.layout.shape.length === 1),
  );
  if (bad >= 0)
    throw new ShapeError(
      'multiDot',
      `operand ${bad} has shape ${shapeText(tensors[bad]!.layout.shape)}; all are matrices, the first and last may be vectors`,
    );
  const terms = tensors.map((t, i) => (t.layout.shape.length === 2 ? [i, i + 1] : i === 0 ? [1] : [i]));
  const result = [...(terms[0]!.length === 2 ? [0] : []), ...(terms[last]!.length === 2 ? [last + 1] : [])];
  const parts = tensors.slice(1).flatMap((t, i) => [t, terms[i + 1]!]);
  return einsum(tensors[0]!, terms[0]!, ...parts, result);
}

/** A square matrix (or a batch of them) times itself n times, by repeated squaring; for n < 0 its inverse is. PyTorch: `torch.matrix_power`. */
export function matrixPower(matrix: Tensor, n: number): Tensor {
  const { shape } = matrix.layout;
  const size = shape[shape.length - 1];
  if (shape.length < 2 || shape[shape.length - 2] !== size)
    throw new ShapeError('matrixPower', `needs square matrices, got ${shapeText(shape)}`);
  if (!Number.isInteger(n)) throw new ValueError('matrixPower', `the power must be a whole number, got ${n}`);
  if (n === 0) return identityLike(matrix);
  if (n === 1) return clone(matrix);
  if (n === -1) return inv(matrix);
  return scope(() => powerOf(n < 0 ? inv(matrix) : matrix, Math.abs(n)));
}

/** n ≥ 2 factors; runs in a scope. */
function powerOf(matrix: Tensor, n: number): Tensor {
  let result: Tensor | null = null;
  let power = matrix;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === null ? power : matmulOf(result, power);
    if (rest > 1) power = matmulOf(power, power);
  }
  return result!;
}

function identityLike(matrix: Tensor): Tensor {
  const { device, dtype, shape } = matrix.layout;
  return diagEmbed(filled(device, dtype, shape.slice(0, -1), 1));
}
