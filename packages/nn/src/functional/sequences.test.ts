/** Sequences padded and taken apart: beside PyTorch 1.13's, gradients, launches, types, what is refused. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { DTypeError, nullBackend, ShapeError, ValueError } from '@nn/backend';
import { arange, manualSeed, randn, type Shape, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { padSequence, unpadSequence } from '../index.ts';

beforeEach(() => void manualSeed(1));

const three = (): [Tensor, Tensor, Tensor] => [
  tensor([[1, 2], [3, 4], [5, 6]], { requiresGrad: true }) as Tensor, // biome-ignore format: one line
  tensor([[7, 8]], { requiresGrad: true }) as Tensor,
  zeros([0, 2]) as Tensor,
];

describe('padSequence', () => {
  it('puts the batch second, or first', async () => {
    const none = [-1, -1];
    expect(await padSequence(three(), { paddingValue: -1 }).toArray()).toEqual([
      [[1, 2], [7, 8], none],
      [[3, 4], none, none],
      [[5, 6], none, none],
    ]);
    expect(await padSequence(three(), { batchFirst: true }).toArray()).toEqual([
      [[1, 2], [3, 4], [5, 6]],
      [[7, 8], [0, 0], [0, 0]],
      [[0, 0], [0, 0], [0, 0]],
    ]); // biome-ignore format: as matrices
  });

  it('pads at the left, too', async () => {
    const sequences = [tensor([1n, 2n, 3n]), tensor([4n]), tensor([5n, 6n])];
    const options = { paddingSide: 'left', paddingValue: -100 } as const;
    const padded = padSequence(sequences, { ...options, batchFirst: true });
    expect(await padded.toArray()).toEqual([[1, 2, 3], [-100, -100, 4], [-100, 5, 6]]); // biome-ignore format: one line
    expect(padded.dtype).toBe('int64');
    expect(await padSequence(sequences, options).toArray()).toEqual(await padded.t().toArray());
  });

  it('has the dtype of the sequences', async () => {
    const bools = [tensor([true]), tensor([false, false])];
    expect(await padSequence(bools, { paddingValue: 1 }).toArray()).toEqual([
      [true, false],
      [true, false],
    ]);
    expect(await padSequence([tensor([1n]), tensor([2n, 3n])], { paddingValue: 0.5 }).toArray()).toEqual([
      [1, 2],
      [0, 3],
    ]);
    expect(padSequence([zeros([1], { dtype: 'float64' })]).dtype).toBe('float64');
  });

  it('takes views, one sequence, and sequences of nothing', async () => {
    const turned = arange(6).reshape([2, 3]).t();
    const rows = [turned.at('1:'), turned] as Tensor[];
    expect(await padSequence(rows, { batchFirst: true }).toArray()).toEqual([
      [[1, 4], [2, 5], [0, 0]],
      [[0, 3], [1, 4], [2, 5]],
    ]); // biome-ignore format: as matrices
    expect(await padSequence([tensor([1, 2])]).toArray()).toEqual([[1], [2]]);
    expect(padSequence([zeros([0, 2]), zeros([0, 2])]).shape).toEqual([0, 2, 2]);
    expect(padSequence([zeros([2, 0])], { batchFirst: true }).shape).toEqual([1, 2, 0]);
  });

  it('hands each sequence its gradient', async () => {
    const sequences = three();
    padSequence(sequences, { paddingValue: -1 })
      .mul(arange(18).reshape([3, 3, 2]))
      .sum()
      .backward();
    expect(await sequences[0].grad!.toArray()).toEqual([[0, 1], [6, 7], [12, 13]]); // biome-ignore format: one line
    expect(await sequences[1].grad!.toArray()).toEqual([[2, 3]]);
    expect(sequences[2].grad).toBe(null);
  });

  it.each([
    { batchFirst: true },
    { batchFirst: false, paddingSide: 'left' },
    { batchFirst: true, paddingSide: 'left', paddingValue: 3 },
  ] as const)('has gradients of first and second order: %o', async (options) => {
    const inputs = [3, 1, 2].map((length) => randn([length, 2], { dtype: 'float64' }) as Tensor);
    const run = (...sequences: Tensor[]): Tensor => padSequence(sequences, options).pow(3) as Tensor;
    expect(await gradcheck(run, inputs)).toBe(true);
    expect(await gradgradcheck(run, inputs)).toBe(true);
  });

  it('takes a launch for each sequence and one for the room', () => {
    const backend = nullBackend();
    const sequences = [3, 1, 2].map((length) => zeros([length, 2], { backend }) as Tensor);
    const before = backend.counts.total;
    padSequence(sequences);
    expect(backend.counts.total - before).toBe(4);
  });

  it.each<[string, new (...args: never[]) => Error, unknown[]]>([
    ['got an empty list', ValueError, [[]]],
    ['got 3; pass an array', ValueError, [3]],
    ['sequence 0 is a tensor without dimensions', ShapeError, [[zeros([])]]],
    ['sequence 1 is (2, 4), the first (2, 3)', ShapeError, [[zeros([2, 3]), zeros([2, 4])]]],
    ['sequence 1 is (2, 1), the first (2, 3)', ShapeError, [[zeros([2, 3]), zeros([2, 1])]]],
    ['sequence 1 is (2,), the first (2, 3)', ShapeError, [[zeros([2, 3]), zeros([2])]]],
    ['sequence 1 is float64, the first float32', DTypeError, [[zeros([1]), zeros([1], { dtype: 'float64' })]]],
    ["paddingSide must be 'left' or 'right', got top", ValueError, [[zeros([1])], { paddingSide: 'top' }]],
    ['got true where options belong', ValueError, [[zeros([1])], true]],
  ])('refuses: %s', (message, kind, args) => {
    const call = (): unknown => (padSequence as (...args: unknown[]) => unknown)(...args);
    expect(call).toThrow(kind);
    expect(call).toThrow(`[padSequence] ${message}`);
  });

  it('is known to the compiler', () => {
    const [a, b] = [zeros([3, 5]), zeros([2, 5])];
    expectTypeOf(padSequence([a, b])).toEqualTypeOf<Tensor<[number, 2, 5], 'float32'>>();
    expectTypeOf(padSequence([a, b], { batchFirst: true })).toEqualTypeOf<Tensor<[2, number, 5], 'float32'>>();
    expectTypeOf(padSequence([a, b] as Tensor[])).toEqualTypeOf<Tensor<Shape>>();
    expectTypeOf(unpadSequence(zeros([3, 2, 5]), [1, 3])).toEqualTypeOf<Tensor<[number, 5], 'float32'>[]>();
    expectTypeOf(unpadSequence(zeros([3, 2]) as Tensor, [1, 3])).toEqualTypeOf<Tensor<Shape>[]>();
  });
});

describe('unpadSequence', () => {
  const values = (sequences: readonly Tensor[]): Promise<unknown[]> => Promise.all(sequences.map((s) => s.toArray()));

  it.each([false, true])('undoes padSequence (batchFirst: %s)', async (batchFirst) => {
    const sequences = three();
    const padded = padSequence(sequences, { batchFirst, paddingValue: 9 });
    const again = unpadSequence(padded, [3, 1, 0], { batchFirst });
    expect(await values(again)).toEqual(await values(sequences));
    expect(again[2]!.shape).toEqual([0, 2]);
    expect(await values(unpadSequence(padded, tensor([3n, 1n, 0n]), { batchFirst }))).toEqual(await values(sequences));
    expect(padded.shape).toEqual([3, 3, 2]);
  });

  it('copies', async () => {
    const padded = zeros([2, 1]);
    const [sequence] = unpadSequence(padded, [2]);
    sequence!.fill_(1);
    expect(await padded.toArray()).toEqual([[0], [0]]);
  });

  it('has gradients of first and second order', async () => {
    const padded = randn([3, 2, 2], { dtype: 'float64' }) as Tensor;
    const run = (t: Tensor): Tensor[] => unpadSequence(t, [2, 3]).map((s) => s.pow(3) as Tensor);
    expect(await gradcheck(run, [padded])).toBe(true);
    expect(await gradgradcheck(run, [padded])).toBe(true);
  });

  it.each<[string, new (...args: never[]) => Error, unknown[]]>([
    ['got (3,); a padded tensor has a dimension for time', ShapeError, [zeros([3]), [3]]],
    ['got 1 lengths for a batch of 2', ShapeError, [zeros([3, 2]), [3]]],
    ['length 1 is 4; it must be a whole number from 0 to 3', ValueError, [zeros([3, 2]), [3, 4]]],
    ['length 0 is -1; it must be', ValueError, [zeros([3, 2]), [-1, 4]]],
    ['length 0 is 1.5; it must be', ValueError, [zeros([3, 2]), tensor([1.5, 1])]],
    ['got 3; pass an array', ValueError, [zeros([3, 2]), 3]],
  ])('refuses: %s', (message, kind, args) => {
    const call = (): unknown => (unpadSequence as (...args: unknown[]) => unknown)(...args);
    expect(call).toThrow(kind);
    expect(call).toThrow(`[unpadSequence] ${message}`);
  });
});
