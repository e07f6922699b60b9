/** Attention against its formula in plain ops, with every kind of mask; gradients of first and second order; rows that see nothing; launches. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import {
  getBackend,
  manualSeed,
  matmul,
  ones,
  randn,
  setBackend,
  softmax,
  type Tensor,
  tensor,
  tril,
  where,
  zeros,
} from '@nn/tensor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AttentionOptions, scaledDotProductAttention } from '../index.ts';

const initial = getBackend();
beforeEach(() => void manualSeed(7));
afterEach(() => setBackend(initial));

const double = (...shape: number[]): Tensor => randn(shape, { dtype: 'float64' }) as Tensor;
const bools = (values: readonly (readonly number[])[]): Tensor =>
  tensor(values.flat().map(Boolean), { shape: [values.length, values[0]!.length] as never }) as Tensor;
const lowest = Number.NEGATIVE_INFINITY;

/** What PyTorch's documentation says that it is, in plain ops. */
function formula(q: Tensor, k: Tensor, v: Tensor, { attnMask: mask, isCausal, scale }: AttentionOptions): Tensor {
  const scores = (matmul(q, k.transpose(-2, -1) as never) as Tensor).mul(
    (scale ?? 1 / Math.sqrt(q.shape.at(-1)!)) as never,
  );
  const [rows, columns] = [q.shape.at(-2)!, k.shape.at(-2)!];
  const added = mask === null || mask === undefined ? zeros([1]) : mask;
  const seen =
    isCausal === true ? (tril(ones([rows, columns])).to('bool') as Tensor) : added.dtype === 'bool' ? added : null;
  const hidden = seen === null ? scores.add(added as never) : where(seen, scores as never, lowest as never);
  return matmul(softmax(hidden as Tensor, -1 as never) as Tensor, v as never) as Tensor;
}

const shapes: [string, number[], number[], number[]][] = [
  ['matrices', [3, 4], [5, 4], [5, 2]],
  ['heads of a batch', [2, 2, 3, 2], [2, 2, 2, 2], [2, 2, 2, 1]],
  ['batches that broadcast', [2, 1, 2, 1], [2, 3, 1], [1, 2, 3, 2]],
  ['one query, one key', [1, 1], [1, 1], [1, 1]],
];
const someSeen = (rows: number, columns: number): Tensor =>
  bools(
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => Number((i + j) % 3 !== 1 || j === 0)),
    ),
  );
const options: [string, (rows: number, columns: number) => AttentionOptions][] = [
  ['plain', () => ({})],
  ['scale', () => ({ scale: 0.3 })],
  ['causal', () => ({ isCausal: true })],
  ['bool mask', (l, s) => ({ attnMask: someSeen(l, s) })],
  ['float mask', (l, s) => ({ attnMask: double(l, s) })],
  ['float mask of the keys', (_, s) => ({ attnMask: double(s), scale: -2 })],
  [
    'float mask with -∞',
    (l, s) => ({ attnMask: where(someSeen(l, s), double(l, s) as never, lowest as never) as Tensor }),
  ],
];

describe.each(shapes)('%s', (_, q, k, v) => {
  const inputs = (): [Tensor, Tensor, Tensor] => [double(...q), double(...k), double(...v)];

  it.each(options)('%s is the formula', async (_name, make) => {
    const [a, b, c] = inputs();
    const given = make(q.at(-2)!, k.at(-2)!);
    const found = scaledDotProductAttention(a, b, c, given);
    const wanted = formula(a, b, c, given);
    expect(found.shape).toEqual(wanted.shape);
    const values = await wanted.data();
    for (const [i, x] of (await found.data()).entries()) expect(x).toBeCloseTo(values[i]!, 12);
  });

  it.each(options)('%s: gradients of first and second order', async (_name, make) => {
    const given = make(q.at(-2)!, k.at(-2)!);
    const run = (a: Tensor, b: Tensor, c: Tensor): Tensor => scaledDotProductAttention(a, b, c, given);
    expect(await gradcheck(run as never, inputs())).toBe(true);
    expect(await gradgradcheck(run as never, inputs())).toBe(true);
  });
});

describe('masks', () => {
  it('of floats have gradients of first and second order, where they broadcast too', async () => {
    const [q, k, v] = [double(2, 3, 2), double(2, 4, 2), double(2, 4, 2)];
    for (const mask of [double(2, 3, 4), double(3, 1), double(4)]) {
      const run = (a: Tensor, m: Tensor): Tensor => scaledDotProductAttention(a, k, v, { attnMask: m });
      expect(await gradcheck(run as never, [q, mask])).toBe(true);
      expect(await gradgradcheck(run as never, [q, mask])).toBe(true);
    }
  });

  it.each([
    [
      'bool',
      bools([
        [0, 0],
        [1, 0],
      ]),
    ],
    [
      'float',
      tensor([
        [lowest, lowest],
        [0, lowest],
      ]) as Tensor,
    ],
  ])('a query that sees nothing gets zeros, and gives none (%s)', async (_, attnMask) => {
    const q = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    ) as Tensor;
    const k = tensor(
      [
        [1, 0],
        [0, 1e30],
      ],
      { requiresGrad: true },
    ) as Tensor;
    const v = tensor(
      [
        [5, 6],
        [7, 8],
      ],
      { requiresGrad: true },
    ) as Tensor;
    const out = scaledDotProductAttention(q, k, v, { attnMask });
    expect(await out.toArray()).toEqual([
      [0, 0],
      [5, 6],
    ]);
    out.sum().backward();
    expect(await q.grad!.toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(await v.grad!.toArray()).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  it('large scores overflow nothing, and NaN is told', async () => {
    const q = tensor([[1e30, 0]]) as Tensor;
    const k = tensor([
      [1, 0],
      [-1, 0],
      [0, 0],
    ]) as Tensor;
    const v = tensor([[1], [2], [3]]) as Tensor;
    expect(await scaledDotProductAttention(q, k, v).toArray()).toEqual([[1]]);
    expect(await scaledDotProductAttention(q.mul(Number.NaN as never) as Tensor, k, v).toArray()).toEqual([
      [Number.NaN],
    ]);
  });
});

describe('dropout', () => {
  it('drops shares and keeps the mean', async () => {
    const zero = zeros([1, 1]) as Tensor;
    const out = await scaledDotProductAttention(zero, zeros([1000, 1]), ones([1000, 1]), { dropoutP: 0.5 }).item();
    expect(out).toBeGreaterThan(0.9);
    expect(out).toBeLessThan(1.1);
    expect(out).not.toBe(1);
    expect(await scaledDotProductAttention(zero, zero, ones([1, 1]), { dropoutP: 1 }).item()).toBe(0);
  });
});

it('is three launches forwards and five backwards, and one that makes the gradient of a leaf dense', () => {
  const backend = nullBackend();
  setBackend(backend);
  const made = (): Tensor => zeros([8, 4, 64, 32], { requiresGrad: true }) as Tensor;
  const [q, k, v] = [made(), made(), made()];
  const gradient = zeros([8, 4, 64, 32]);
  backend.reset();
  const out = scaledDotProductAttention(q, k, v, { isCausal: true });
  expect(backend.counts.total).toBe(3);
  out.backward(gradient as never);
  expect(backend.counts.total).toBe(9);
});

describe('refuses', () => {
  const x = zeros([2, 3]) as Tensor;
  it.each<[string, () => unknown, RegExp]>([
    [
      'vectors',
      () => scaledDotProductAttention(zeros([3]), x, x),
      /takes \(…, L, E\), \(…, S, E\) and \(…, S, Ev\): query \(3,\)/,
    ],
    [
      'other sizes',
      () => scaledDotProductAttention(x, zeros([2, 4]), x),
      /queries of size 3 and keys of size 4 differ/,
    ],
    ['other numbers', () => scaledDotProductAttention(x, x, zeros([5, 3])), /2 keys and 5 values/],
    [
      'integers',
      () => scaledDotProductAttention(x, x.to('int32') as Tensor, x),
      /floats of one dtype, got float32, int32 and float32/,
    ],
    [
      'two masks',
      () => scaledDotProductAttention(x, x, x, { attnMask: bools([[1, 1]]), isCausal: true }),
      /exclude each other/,
    ],
    [
      'a mask of another dtype',
      () => scaledDotProductAttention(x, x, x, { attnMask: double(2, 2) }),
      /the mask is float64; it must be bool, or float32/,
    ],
    [
      'a mask that is too large',
      () => scaledDotProductAttention(x, x, x, { attnMask: zeros([4, 2, 2]) }),
      /the mask of shape \(4, 2, 2\) does not broadcast to \(…, L, S\) = \(2, 2\)/,
    ],
    [
      'no probability',
      () => scaledDotProductAttention(x, x, x, { dropoutP: 2 }),
      /dropout probability has to be between 0 and 1/,
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
    expect(run).toThrow(/^\[scaledDotProductAttention\]/);
  });
});
