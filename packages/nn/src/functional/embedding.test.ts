/** Embeddings against rows picked by hand, their gradients counted by hand and by finite differences, and what PyTorch's options mean. */
import '@nn/tensor/methods';
import { grad, gradcheck, gradgradcheck } from '@nn/autograd';
import { IndexError } from '@nn/backend';
import { memory, ones, select, type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { Embedding, embedding, embeddingBag } from '../index.ts';

const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
  [-3, 4],
];
const table = (): Tensor => tensor(rows, { requiresGrad: true }) as Tensor;
const indices = (...values: number[]): Tensor => tensor(values, { dtype: 'int64' }) as Tensor;

/** The gradient of the weight where all rows that are read get ones. */
async function gradientOf(run: (weight: Tensor) => Tensor): Promise<unknown> {
  const weight = table();
  run(weight).sum().backward();
  return weight.grad!.toArray();
}

describe('embedding', () => {
  it.each([
    [[], 2, rows[2]],
    [[0], [], []],
    [[3], [1, 1, 3], [rows[1], rows[1], rows[3]]],
    [
      [2, 1],
      [[0], [2]],
      [[rows[0]], [rows[2]]],
    ],
  ] as const)('indices of shape %j', async (shape, index, expected) => {
    const at = tensor([index].flat(2) as number[], { dtype: 'int32', shape: shape as never }) as Tensor;
    const found = embedding(at, table());
    expect(found.shape).toEqual([...shape, 2]);
    expect(await found.toArray()).toEqual(expected);
  });

  it.each([
    [
      'adds up what is read twice',
      {},
      [
        [1, 1],
        [2, 2],
        [0, 0],
        [1, 1],
      ],
    ],
    [
      'leaves out the padding',
      { paddingIdx: 1 },
      [
        [1, 1],
        [0, 0],
        [0, 0],
        [1, 1],
      ],
    ],
    [
      'leaves out the padding, counted from the end',
      { paddingIdx: -1 },
      [
        [1, 1],
        [2, 2],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'divides by how often a row is read',
      { scaleGradByFreq: true },
      [
        [1, 1],
        [1, 1],
        [0, 0],
        [1, 1],
      ],
    ],
    [
      'does both',
      { scaleGradByFreq: true, paddingIdx: 0 },
      [
        [0, 0],
        [1, 1],
        [0, 0],
        [1, 1],
      ],
    ],
  ])('the gradient %s', async (_, options, expected) => {
    expect(await gradientOf((weight) => embedding(indices(1, 0, 1, 3), weight, options))).toEqual(expected);
  });

  it('has gradients of first and second order', async () => {
    const at = indices(1, 0, 1, 3).reshape([2, 2]) as Tensor;
    const run = (w: Tensor): Tensor => embedding(at, w.mul(w) as Tensor);
    const weight = tensor(rows, { dtype: 'float64' }) as Tensor;
    expect(await gradcheck(run, [weight])).toBe(true);
    expect(await gradgradcheck(run, [weight])).toBe(true);
  });

  it('has gradients of second order where the first are changed', async () => {
    const weight = table();
    const out = embedding(indices(1, 0, 1, 3), weight.mul(weight) as Tensor, { paddingIdx: 0, scaleGradByFreq: true });
    const [slope] = grad([out.sum()], [weight], { createGraph: true });
    const [curvature] = grad([slope!.sum()], [weight]);
    // Of Σ w² over rows 1 and 3, each counted once.
    expect(await curvature!.toArray()).toEqual([
      [0, 0],
      [2, 2],
      [0, 0],
      [2, 2],
    ]);
  });

  it.each([
    [
      undefined,
      [
        [1, 2],
        [0.6, 0.8],
        [5, 6],
        [-0.6, 0.8],
      ],
    ],
    [
      1,
      [
        [1, 2],
        [3 / 7, 4 / 7],
        [5, 6],
        [-3 / 7, 4 / 7],
      ],
    ],
    [
      Number.POSITIVE_INFINITY,
      [
        [1, 2],
        [0.75, 1],
        [5, 6],
        [-0.75, 1],
      ],
    ],
  ])('maxNorm with the norm %s scales rows that are read, in place', async (normType, expected) => {
    const weight = table();
    const out = embedding(indices(1, 3, 1), weight, { maxNorm: 1, normType });
    const flat = (await weight.data()) as Float32Array;
    for (const [i, value] of expected.flat().entries()) expect(flat[i]).toBeCloseTo(value, 5);
    expect(await out.toArray()).toEqual([[...flat.slice(2, 4)], [...flat.slice(6)], [...flat.slice(2, 4)]]);
    out.sum().backward();
    expect(await weight.grad!.toArray()).toEqual([
      [0, 0],
      [2, 2],
      [0, 0],
      [1, 1],
    ]);
  });

  it.each([{}, { paddingIdx: 1 }, { scaleGradByFreq: true }])(
    'gives the gradient of the table back at once, %j',
    (options) => {
      const weight = ones([64, 64], { requiresGrad: true }) as Tensor;
      const at = indices(0, 1, 1);
      const taken = (): number => memory().live - memory().free;
      const run = (): void => {
        const found = embedding(at, weight, options) as Tensor;
        const total = found.sum();
        total.backward();
        weight.zeroGrad();
        for (const t of [found, total]) t.dispose();
      };
      for (let i = 0; i < 2; i++) run();
      const before = taken();
      for (let i = 0; i < 10; i++) run();
      expect(taken()).toBe(before);
    },
  );

  it('refuses what does not fit', () => {
    for (const bad of [-1, 4, -4, -1000]) {
      const read = (): Tensor => embedding(indices(0, bad), table());
      expect(read).toThrow(IndexError);
      expect(read).toThrow(`[embedding] index ${bad} is out of bounds for dimension with size 4`);
    }
    expect(() => embedding(tensor([0.5]), table())).toThrow(
      /\[embedding\] the indices must be int64 or int32, got float32/,
    );
    expect(() => embedding(indices(0), tensor([1]))).toThrow(
      /\[embedding\] the weight must be a matrix, got shape \(1,\)/,
    );
    expect(() => embedding(indices(0), table(), { paddingIdx: 4 })).toThrow(
      /paddingIdx is 4; it must lie within the 4/,
    );
    expect(() => embedding(indices(0), table(), { sparse: true as never })).toThrow(
      /sparse gradients are not supported/,
    );
  });
});

describe('Embedding', () => {
  it('starts with zeros at the padding and prints as in PyTorch', async () => {
    const layer = new Embedding(4, 3, { paddingIdx: -2, maxNorm: 2, normType: 1, scaleGradByFreq: true });
    expect(String(layer)).toBe('Embedding(4, 3, padding_idx=2, max_norm=2, norm_type=1, scale_grad_by_freq=True)');
    expect(await select(layer.weight as Tensor, 0, 2).toArray()).toEqual([0, 0, 0]);
    expect(new Set(await layer.weight.data()).size).toBe(10);
  });

  it('takes a table that is there', async () => {
    const own = tensor(rows) as Tensor;
    const frozen = Embedding.fromPretrained(own, { paddingIdx: 0 });
    expect([frozen.weight.requiresGrad, frozen.paddingIdx, frozen.embeddingDim]).toEqual([false, 0, 2]);
    own.mul_(2);
    expect(await frozen.forward(indices(0)).toArray()).toEqual([[2, 4]]);
    expect(Embedding.fromPretrained(own, { freeze: false }).weight.requiresGrad).toBe(true);
    expect(() => Embedding.fromPretrained(tensor([1]))).toThrow(/\[Embedding\] the table must be a matrix/);
    expect(() => new Embedding(3, 2, { weight: own })).toThrow(/the weight has shape \(4, 2\), expected \(3, 2\)/);
    expect(() => new Embedding(3, 2, { sparse: true as never })).toThrow(/\[Embedding\] sparse/);
  });
});

describe('embeddingBag', () => {
  // Bags [1, 0], [], [1, 3, 2].
  const flat = (): Tensor => indices(1, 0, 1, 3, 2);
  const offsets = (): Tensor => indices(0, 2, 2);

  it.each([
    [
      { mode: 'sum' },
      [
        [4, 6],
        [0, 0],
        [5, 14],
      ],
      [
        [1, 1],
        [2, 2],
        [1, 1],
        [1, 1],
      ],
    ],
    [
      {},
      [
        [2, 3],
        [0, 0],
        [5 / 3, 14 / 3],
      ],
      [
        [1 / 2, 1 / 2],
        [5 / 6, 5 / 6],
        [1 / 3, 1 / 3],
        [1 / 3, 1 / 3],
      ],
    ],
    [
      { mode: 'max' },
      [
        [3, 4],
        [0, 0],
        [5, 6],
      ],
      [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
    ],
    [
      { mode: 'sum', paddingIdx: 1 },
      [
        [1, 2],
        [0, 0],
        [2, 10],
      ],
      [
        [1, 1],
        [0, 0],
        [1, 1],
        [1, 1],
      ],
    ],
    [
      { mode: 'mean', paddingIdx: 1 },
      [
        [1, 2],
        [0, 0],
        [1, 5],
      ],
      [
        [1, 1],
        [0, 0],
        [1 / 2, 1 / 2],
        [1 / 2, 1 / 2],
      ],
    ],
    [
      { mode: 'max', paddingIdx: -2 },
      [
        [3, 4],
        [0, 0],
        [3, 4],
      ],
      [
        [0, 0],
        [2, 2],
        [0, 0],
        [0, 0],
      ],
    ],
  ] as const)('%j of a vector with offsets', async (options, expected, gradient) => {
    const near = (actual: unknown, wanted: readonly (readonly number[])[]): void => {
      for (const [i, value] of (actual as number[][]).flat().entries()) expect(value).toBeCloseTo(wanted.flat()[i]!, 5);
    };
    near(await embeddingBag(flat(), table(), { offsets: offsets(), ...options }).toArray(), expected);
    near(await gradientOf((w) => embeddingBag(flat(), w, { offsets: offsets(), ...options })), gradient);
    const ended = { offsets: indices(0, 2, 2, 5), includeLastOffset: true, ...options };
    near(await embeddingBag(flat(), table(), ended).toArray(), expected);
    const longer = indices(1, 0, 1, 3, 2, 3, 0);
    near(await embeddingBag(longer, table(), ended).toArray(), expected);
    near(await gradientOf((w) => embeddingBag(longer, w, ended)), gradient);
    const none = { ...ended, offsets: indices(0) };
    expect(embeddingBag(longer, table(), none).shape).toEqual([0, 2]);
    near(
      await gradientOf((w) => embeddingBag(longer, w, none)),
      gradient.map(() => [0, 0]),
    );
  });

  // PyTorch's gradients of out · (1, 10).
  it.each([
    [
      [0, 1],
      [
        [1, 0],
        [0, 10],
        [0, 0],
      ],
    ],
    [
      [1, 0],
      [
        [0, 0],
        [1, 10],
        [0, 0],
      ],
    ],
    [
      [0, 0],
      [
        [1, 10],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      [2, 1, 0],
      [
        [0, 0],
        [1, 0],
        [0, 10],
      ],
    ],
  ])('gives the gradient of equal largest rows to the first of %j', async (bag, gradient) => {
    for (const lowest of [1, Number.NEGATIVE_INFINITY]) {
      const weight = tensor([[lowest, 2], [lowest, 3], [lowest - 1, 3]], { requiresGrad: true }) as Tensor; // biome-ignore format: a table
      const out = embeddingBag(indices(...bag).reshape([1, -1]) as Tensor, weight, { mode: 'max' });
      expect((await out.toArray()) as number[][]).toEqual([[lowest, bag.includes(1) || bag.includes(2) ? 3 : 2]]);
      out.backward(tensor([[1, 10]]) as Tensor);
      if (lowest === 1) expect(await weight.grad!.toArray()).toEqual(gradient);
      else expect(((await weight.grad!.toArray()) as number[][])[bag[0]!]![0]).toBe(1);
    }
  });

  it('has a largest row for NaN, none for empty bags, and second derivatives', async () => {
    const weight = tensor([[1, Number.NaN], [2, 5], [2, Number.NaN]], { requiresGrad: true }) as Tensor; // biome-ignore format: a table
    const out = embeddingBag(indices(1, 2, 0), weight, { mode: 'max', offsets: indices(0, 3) });
    expect(await out.toArray()).toEqual([
      [2, Number.NaN],
      [0, 0],
    ]);
    const [slope] = grad(out.select(0, 0).square().sum(), weight, { createGraph: true });
    slope!.select(1, 0).square().sum().backward();
    // Of the first column w² is summed, of its slope 2w the square: 4w², whose slope is 8w.
    expect(((await weight.grad!.toArray()) as number[][]).map(([first]) => first)).toEqual([0, 16, 0]);
    const none = embeddingBag(indices(), weight, { mode: 'max', offsets: indices(0, 0) });
    expect(await none.toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    weight.zeroGrad();
    none.sum().backward();
    expect(await weight.grad!.sum().item()).toBe(0);
  });

  it('weights what it sums', async () => {
    const perSampleWeights = tensor([2, 1, 0, 1, 3], { requiresGrad: true }) as Tensor;
    const out = embeddingBag(flat(), table(), { offsets: offsets(), mode: 'sum', perSampleWeights });
    expect(await out.toArray()).toEqual([
      [7, 10],
      [0, 0],
      [12, 22],
    ]);
    out.sum().backward();
    expect(await perSampleWeights.grad!.toArray()).toEqual([7, 3, 7, 1, 11]);
  });

  it('refuses what does not fit', () => {
    const square = indices(1, 0, 1, 3).reshape([2, 2]) as Tensor;
    expect(() => embeddingBag(square, table(), { offsets: offsets() })).toThrow(/every row of a matrix is a bag/);
    expect(() => embeddingBag(flat(), table())).toThrow(/needs offsets/);
    for (const paddingIdx of [null, 0, 1, 2, 3])
      expect(() => embeddingBag(flat(), table(), { offsets: indices(1, 2), paddingIdx })).toThrow(IndexError);
    const late = { offsets: indices(2, 3) };
    expect(() => embeddingBag(flat(), table(), late)).toThrow(
      "[embeddingBag's first offset must be 0] index 2 is out of bounds",
    );
    for (const dtype of ['float32', 'bool'] as const)
      expect(() => embeddingBag(flat(), table(), { offsets: offsets().to(dtype) as Tensor })).toThrow(
        `[embeddingBag] offsets must be integers, got ${dtype}; convert with .to('int64')`,
      );
    expect(embeddingBag(flat(), table(), { offsets: offsets().to('uint8') as Tensor }).shape[0]).toBe(3);
    expect(embeddingBag(flat(), table(), { offsets: indices() }).shape[0]).toBe(0);
    expect(() => embeddingBag(flat(), table(), { offsets: offsets(), mode: 'min' as never })).toThrow(/mode is 'min'/);
    const perSampleWeights = tensor([1]) as Tensor;
    expect(() => embeddingBag(square, table(), { perSampleWeights })).toThrow(
      /go with mode 'sum' only, not with 'mean'/,
    );
    expect(() => embeddingBag(square, table(), { perSampleWeights, mode: 'sum' })).toThrow(
      /perSampleWeights have shape \(1,\), the indices \(2, 2\)/,
    );
    expect(() => embeddingBag(square, table(), { mode: 'max', scaleGradByFreq: true })).toThrow(/scaleGradByFreq goes/);
    const list = [0, 1] as never;
    expect(() => embeddingBag(list, table())).toThrow(/^\[embeddingBag\] an operand is an array/);
    expect(() => embeddingBag(square, undefined as never)).toThrow(/^\[embeddingBag\] an operand is undefined/);
    expect(() => embeddingBag(flat(), table(), { offsets: list })).toThrow(/^\[embeddingBag\] an operand is an array/);
    expect(() => embeddingBag(flat(), table(), { mode: 'sum', perSampleWeights: list })).toThrow(
      /^\[embeddingBag\] an operand is an array/,
    );
    expect(() => embeddingBag(square, table(), null as never)).toThrow(
      /^\[embeddingBag\] got null where options belong/,
    );
    expect(() => embeddingBag(square, table(), { mode: 'toString' as never })).toThrow(/^\[embeddingBag\] mode is/);
  });
});
