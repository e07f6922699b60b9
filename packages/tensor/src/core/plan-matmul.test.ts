/** Products whose batch joins the rows, and those whose batch must not; values against the sum written out. */
import { reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { arange, contiguous, narrow } from '../index.ts';
import { matmulOf } from '../ops/linalg/matmul.ts';
import { baddbmm } from '../ops/linalg/products.ts';
import { expand, permute, reshape, transpose } from '../ops/shape/views.ts';
import type { Tensor } from '../tensor.ts';
import { dispatch } from './dispatch.ts';
import { Op } from './op.ts';
import { planMatmul } from './plan-matmul.ts';

const backend = reference();
const product = new Op('matmul', 'matmul', { addend: 'none' });
const transposedLeft = new Op('matmul', 'matmul', { addend: 'none', transposeLeft: true });
const transposedRight = new Op('matmul', 'linear', { addend: 'none', transposeRight: true });
const withBias = new Op('matmul', 'linear', { addend: 'plain' });

/** Different whole numbers, so that every sum is exact. */
const make = (...shape: number[]): Tensor => {
  const size = shape.reduce((n, s) => n * s, 1);
  return reshape(arange(3, size + 3, { dtype: 'float32', backend }) as Tensor, shape);
};

type Matrix = number[][];
const flipped = (matrix: Matrix): Matrix => matrix[0]!.map((_, j) => matrix.map((row) => row[j]!));
const nested = (t: Tensor): never => t.toArraySync() as never;

/** The matrices of a batch, stretched to `count` along the innermost dimensions. */
function matrices(t: Tensor, count: number, transposed: boolean): Matrix[] {
  const [m, n] = t.shape.slice(-2) as [number, number];
  const list = nested(reshape(t, [-1, m, n])) as Matrix[];
  return Array.from({ length: count }, (_, i) => {
    const matrix = list[Math.floor((i * list.length) / count)]!;
    return transposed ? flipped(matrix) : matrix;
  });
}

/** Σ left · right + addend, all written out. */
function expected(op: Op<'matmul'>, [left, right, addend]: readonly Tensor[], out: Tensor): number[] {
  const { transposeLeft = false, transposeRight = false } = op.attributes;
  const [m, n] = out.shape.slice(-2) as [number, number];
  const count = out.layout.size / (m * n);
  const [a, b] = [matrices(left!, count, transposeLeft), matrices(right!, count, transposeRight)];
  const extra = addend === undefined ? [] : [...expand(addend, out.shape).dataSync()].map(Number);
  return a.flatMap((rows, i) =>
    rows.flatMap((row, r) =>
      Array.from({ length: n }, (_, c) =>
        row.reduce((sum, x, k) => sum + x * b[i]![k]![c]!, extra[(i * m + r) * n + c] ?? 0),
      ),
    ),
  );
}

/** Name, op, operands, and the sizes that are launched: what is left of the batch, rows, columns, inner size. */
const cases: [string, Op<'matmul'>, Tensor[], number[]][] = [
  ['a batch times one matrix', product, [make(5, 3, 4), make(4, 2)], [15, 2, 4]],
  ['a batch of two dimensions, which merge first', product, [make(2, 5, 3, 4), make(4, 2)], [30, 2, 4]],
  ['a right matrix stretched over the batch', product, [make(5, 3, 4), expand(make(4, 2), [5, 4, 2])], [15, 2, 4]],
  ['a right batch of one', product, [make(5, 3, 4), make(1, 4, 2)], [15, 2, 4]],
  ['one row each', product, [make(5, 1, 4), make(4, 2)], [5, 2, 4]],
  ['a transposed right matrix', transposedRight, [make(5, 3, 4), make(2, 4)], [15, 2, 4]],
  ['a left batch that is columns in memory', product, [permute(make(4, 5, 3), [1, 2, 0]), make(4, 2)], [15, 2, 4]],
  ['left rows that lie apart evenly', product, [narrow(make(5, 3, 8), 2, 2, 4) as Tensor, make(4, 2)], [15, 2, 4]],
  ['one left matrix stretched to a batch', product, [expand(make(3, 4), [5, 3, 4]), make(4, 2)], [5, 3, 2, 4]],
  ['one left row stretched to all rows', product, [expand(make(1, 1, 4), [5, 3, 4]), make(4, 2)], [15, 2, 4]],
  ['a bias of columns', withBias, [make(5, 3, 4), make(4, 2), make(2)], [15, 2, 4]],
  ['a bias of all elements', withBias, [make(5, 3, 4), make(4, 2), make(5, 3, 2)], [15, 2, 4]],
  ['a bias of one', withBias, [make(5, 3, 4), make(4, 2), make(1)], [15, 2, 4]],
  ['a bias of rows', withBias, [make(5, 3, 4), make(4, 2), make(3, 1)], [5, 3, 2, 4]],
  ['a bias of one matrix', withBias, [make(5, 3, 4), make(4, 2), make(3, 2)], [5, 3, 2, 4]],
  ['a bias of batches', withBias, [make(5, 3, 4), make(4, 2), make(5, 1, 1)], [5, 3, 2, 4]],
  ['a batch of one', product, [make(1, 3, 4), make(4, 2)], [3, 2, 4]],
  ['batches of one on both sides, with a bias', withBias, [make(1, 3, 4), make(1, 4, 2), make(2)], [3, 2, 4]],
  ['right batches', product, [make(5, 3, 4), make(5, 4, 2)], [5, 3, 2, 4]],
  ['right batches stretched inside', product, [make(6, 5, 3, 4), make(6, 1, 4, 2)], [6, 15, 2, 4]],
  ['left rows that lie apart', product, [narrow(make(5, 6, 4), 1, 1, 3) as Tensor, make(4, 2)], [5, 3, 2, 4]],
  ['a transposed left batch', transposedLeft, [make(5, 4, 3), make(4, 2)], [5, 3, 2, 4]],
  ['a left batch seen transposed', product, [transpose(make(5, 4, 3), -2, -1), make(4, 2)], [5, 3, 2, 4]],
  ['a left batch whose order is turned', product, [transpose(make(3, 5, 4), 0, 1), make(4, 2)], [5, 3, 2, 4]],
  ['a transposed left batch of single columns', transposedLeft, [make(5, 1, 3), make(1, 2)], [15, 2, 1]],
];

describe('products of batches', () => {
  it.each(cases)('%s', (_, op, operands, sizes) => {
    const plan = planMatmul(
      op,
      operands.map((t) => t.layout),
    );
    expect(plan.geometry!.sizes).toEqual(sizes);
    const out = dispatch(op, operands[0]!, operands[1]!, operands[2] ?? null);
    const found = [...out.dataSync()].map(Number);
    expect(found).toEqual(
      expected(
        op,
        operands.map((t) => contiguous(t) as Tensor),
        out,
      ),
    );
  });

  it('keep their shape where nothing is summed, and where nothing is there', () => {
    expect(matmulOf(make(5, 3, 0), make(0, 2)).toArraySync()).toEqual(new Array(5).fill([[0, 0], [0, 0], [0, 0]])); // biome-ignore format: a matrix
    expect(matmulOf(make(0, 3, 4), make(4, 2)).shape).toEqual([0, 3, 2]);
    expect(matmulOf(make(5, 0, 4), make(4, 2)).shape).toEqual([5, 0, 2]);
  });

  it('scale product and addend, over rows of the batch too', () => {
    const [bias, left, right] = [make(2), make(5, 3, 4), make(1, 4, 2)];
    const out = baddbmm(bias, left, expand(right, [5, 4, 2]), { beta: 2, alpha: 3 });
    const plain = expected(product, [left, right], out);
    expect([...out.dataSync()]).toEqual(plain.map((sum, i) => 3 * sum + 2 * [3, 4][i % 2]!));
  });
});
