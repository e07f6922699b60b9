/** The CTC loss against all alignments written out, its gradient against finite differences and PyTorch's own numbers, and at its edges. */
import { grad, gradcheck } from '@nn/autograd';
import { logSoftmax, memory, type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { CTCLoss } from '../../losses/ctc.ts';
import { type CtcOptions, ctcLoss } from './ctc-loss.ts';

const values = (shape: readonly number[], seed = 0): Tensor =>
  tensor(
    Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => 2 * Math.sin(5 * i * i + seed)),
    { dtype: 'float64', shape } as never,
  ) as Tensor;

const labelsOf = (rows: readonly (readonly number[])[], dtype: 'int64' | 'int32' = 'int64'): Tensor =>
  tensor(rows, { dtype }) as Tensor;

/** −log Σ of the probabilities of all paths that collapse to the target. */
function slowly(scores: readonly (readonly number[])[], target: readonly number[], blank: number): number {
  const classes = scores[0]?.length ?? 1;
  let total = 0;
  for (let path = 0; path < classes ** scores.length; path++) {
    const said = scores.map((_, t) => Math.floor(path / classes ** t) % classes);
    const collapsed = said.filter((c, t) => c !== blank && c !== said[t - 1]);
    if (collapsed.join() === target.join()) total += Math.exp(said.reduce((sum, c, t) => sum + scores[t]![c]!, 0));
  }
  return -Math.log(total);
}

const numbers = async (t: Tensor): Promise<number[]> => [...(await t.data())].map(Number);

interface Batch {
  readonly times: number;
  readonly classes: number;
  readonly blank: number;
  readonly targets: readonly (readonly number[])[];
  readonly inputLengths: readonly number[];
}

const batches: readonly (readonly [string, Batch])[] = [
  [
    'some',
    {
      times: 4,
      classes: 3,
      blank: 0,
      targets: [
        [1, 2],
        [2, 1],
      ],
      inputLengths: [4, 4],
    },
  ],
  [
    'repeated labels',
    {
      times: 5,
      classes: 3,
      blank: 0,
      targets: [
        [1, 1],
        [2, 2, 2],
        [1, 1, 2],
      ],
      inputLengths: [5, 5, 4],
    },
  ],
  ['empty targets', { times: 3, classes: 3, blank: 2, targets: [[], [0, 1], []], inputLengths: [3, 2, 1] }],
  ['only empty targets', { times: 3, classes: 2, blank: 1, targets: [[], []], inputLengths: [3, 2] }],
  [
    'inputs that end early',
    { times: 5, classes: 3, blank: 1, targets: [[0, 2], [2], [2, 0]], inputLengths: [5, 1, 2] },
  ],
  ['no room', { times: 3, classes: 3, blank: 0, targets: [[1, 1], [1, 2, 1, 2, 1], [2]], inputLengths: [2, 3, 3] }],
  ['no time at all', { times: 2, classes: 3, blank: 0, targets: [[1], [], [2]], inputLengths: [0, 0, 2] }],
];

const forms = {
  padded: ({ targets }: Batch): Tensor => {
    const longest = Math.max(...targets.map((row) => row.length));
    // What lies behind a target may be anything.
    if (longest === 0) return zeros([targets.length, 0], { dtype: 'int64' }) as Tensor;
    return labelsOf(targets.map((row) => [...row, ...new Array<number>(longest - row.length).fill(-7)]));
  },
  'one after the other': ({ targets }: Batch): Tensor => tensor(targets.flat(), { dtype: 'int64' }) as Tensor,
};

describe.each(Object.entries(forms))('targets %s', (_, form) => {
  it.each(batches)('%s', async (__, batch) => {
    const { times, classes, blank, targets, inputLengths } = batch;
    const scores = logSoftmax(values([times, targets.length, classes]), 2) as Tensor;
    const rows = (await scores.toArray()) as number[][][];
    const expected = targets.map((target, n) =>
      slowly(
        rows.slice(0, inputLengths[n]).map((row) => row[n]!),
        target,
        blank,
      ),
    );
    const lengths = targets.map((target) => target.length);
    const integers = (list: readonly number[], dtype: 'int64' | 'int32'): Tensor => tensor(list, { dtype }) as Tensor;
    const run = async (options: CtcOptions, as: 'array' | 'int64' | 'int32'): Promise<number[]> =>
      numbers(
        as === 'array'
          ? ctcLoss(scores, form(batch), inputLengths, lengths, { blank, ...options })
          : ctcLoss(scores, form(batch), integers(inputLengths, as), integers(lengths, as), { blank, ...options }),
      );
    for (const as of ['array', 'int64', 'int32'] as const) {
      const found = await run({ reduction: 'none' }, as);
      found.forEach((x, n) => {
        expect(x).toBeCloseTo(expected[n]!, 12);
      });
      const finite = expected.map((x) => (x === Infinity ? 0 : x));
      const [sum] = await run({ reduction: 'sum', zeroInfinity: true }, as);
      expect(sum).toBeCloseTo(
        finite.reduce((a, b) => a + b),
        12,
      );
      const [mean] = await run({ zeroInfinity: true }, as);
      expect(mean).toBeCloseTo(finite.reduce((a, b, n) => a + b / Math.max(lengths[n]!, 1), 0) / targets.length, 12);
    }
  });

  it.each(batches.filter(([name]) => !name.startsWith('no ')))('the gradient, %s', async (__, batch) => {
    const { times, classes, blank, targets, inputLengths } = batch;
    const lengths = targets.map((target) => target.length);
    for (const reduction of ['none', 'sum', 'mean'] as const) {
      const loss = (x: Tensor): Tensor =>
        ctcLoss(logSoftmax(x, 2) as Tensor, form(batch), inputLengths, lengths, { blank, reduction }) as Tensor;
      expect(await gradcheck(loss, [values([times, targets.length, classes], 1).requiresGrad_() as Tensor])).toBe(true);
    }
  });
});

describe('as PyTorch has it', () => {
  it('a gradient of log-probabilities, which takes them to be a logSoftmax', async () => {
    // torch 1.13.1: ctc_loss(torch.tensor([[[-1., -2.]], [[-.5, -1.5]]]), torch.tensor([[1]]), (2,), (1,), reduction='sum')
    const x = tensor([[[-1, -2]], [[-0.5, -1.5]]], { requiresGrad: true }) as Tensor;
    const loss = ctcLoss(x, labelsOf([[1]]), [2], [1], { reduction: 'sum' });
    const gradient = grad(loss, [x])[0]!;
    expect(await loss.item()).toBeCloseTo(1.638005256652832, 6);
    (await numbers(gradient)).forEach((g, i) => {
      expect(g).toBeCloseTo([-0.0544393659, -0.4423461556, 0.1842118502, -0.3545509577][i]!, 6);
    });
  });

  it('no alignment: NaN, or nothing', async () => {
    const run = async (zeroInfinity: boolean): Promise<number[]> => {
      const x = values([2, 2, 3]).requiresGrad_() as Tensor;
      const loss = ctcLoss(
        x,
        labelsOf([
          [1, 1],
          [2, 0],
        ]),
        [2, 1],
        [2, 1],
        { reduction: 'sum', zeroInfinity },
      );
      return numbers(grad(loss, [x])[0]!);
    };
    const [plain, zeroed] = [await run(false), await run(true)];
    expect(plain.map(Number.isNaN)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(plain.slice(9)).toEqual([0, 0, 0]);
    expect(zeroed.filter((_, i) => Number.isNaN(plain[i]))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(zeroed.slice(3, 6)).toEqual(plain.slice(3, 6));
  });
});

it('a class of probability 0 has the gradient 0', async () => {
  const x = tensor([[[0, -Infinity, 0]], [[-1, 0, -Infinity]]], { requiresGrad: true }) as Tensor;
  const gradient = grad(ctcLoss(x, labelsOf([[1]]), [2], [1]), [x])[0]!;
  const found = await numbers(gradient);
  expect(found.every(Number.isFinite)).toBe(true);
  expect([found[1], found[5]]).toEqual([0, 0]);
});

it('takes one sequence without a batch, a transposed input, float16, and the module', async () => {
  const scores = logSoftmax(values([2, 4, 3]), 2) as Tensor;
  const sideways = scores.transpose(0, 1) as Tensor;
  const targets = labelsOf([
    [1, 2],
    [2, 0],
  ]);
  const wanted = await numbers(
    ctcLoss(sideways.contiguous() as Tensor, targets, [4, 3], [2, 1], { reduction: 'none' }),
  );
  expect(await numbers(ctcLoss(sideways, targets, [4, 3], [2, 1], { reduction: 'none' }))).toEqual(wanted);
  const one = ctcLoss(scores.select(0, 0) as Tensor, tensor([1n, 2n]), 4, 2, { reduction: 'none' });
  expect(one.shape).toEqual([]);
  expect(await numbers(one)).toEqual([wanted[0]]);
  const half = ctcLoss(sideways.to('float16') as Tensor, targets, [4, 3], [2, 1], { reduction: 'none' });
  expect(half.dtype).toBe('float16');
  (await numbers(half)).forEach((x, n) => {
    expect(x).toBeCloseTo(wanted[n]!, 2);
  });
  const module = new CTCLoss({ reduction: 'sum', blank: 0 });
  expect(await module.forward(sideways, targets, [4, 3], [2, 1]).item()).toBeCloseTo(wanted[0]! + wanted[1]!, 12);
});

it('lengths in tensors that are too large count as far as there is something', async () => {
  const scores = logSoftmax(values([3, 1, 3]), 2) as Tensor;
  const [found, wanted] = [
    [9, 9],
    [3, 2],
  ].map(([input, target]) => ctcLoss(scores, labelsOf([[1, 2]]), tensor([BigInt(input!)]), tensor([BigInt(target!)])));
  expect(await found!.item()).toBe(await wanted!.item());
});

it('a batch of none', () => {
  const x = zeros([3, 0, 2], { requiresGrad: true }) as Tensor;
  const loss = ctcLoss(x, zeros([0, 2], { dtype: 'int64' }) as Tensor, [], [], { reduction: 'none' });
  expect(loss.shape).toEqual([0]);
  expect(grad(loss.sum(), [x])[0]!.shape).toEqual([3, 0, 2]);
});

const x = zeros([3, 2, 4]) as Tensor;
const labels = labelsOf([
  [1, 2],
  [3, 1],
]);

it.each<[string, () => unknown]>([
  [
    '[ctcLoss] expected log-probabilities (T, N, C) or (T, C), got (3,)',
    () => ctcLoss(zeros([3]), labels, [3, 3], [2, 2]),
  ],
  [
    "[ctcLoss] log-probabilities must be floats, got int64; convert with .to('float32')",
    () => ctcLoss(x.to('int64') as never, labels, [3, 3], [2, 2]),
  ],
  [
    "[ctcLoss] targets must be integers, got float32; convert with .to('int64')",
    () => ctcLoss(x, zeros([2, 2]), [3, 3], [2, 2]),
  ],
  [
    "[ctcLoss] targets (1, 2) don't fit log-probabilities (3, 2, 4); expected (2, S), or all labels one after the other in one dimension",
    () => ctcLoss(x, labelsOf([[1, 2]]), [3, 3], [2, 2]),
  ],
  ['[ctcLoss] got 1 inputLengths for a batch of 2; give one for each sequence', () => ctcLoss(x, labels, [3], [2, 2])],
  ['[ctcLoss] got 1 targetLengths for a batch of 2; give one for each sequence', () => ctcLoss(x, labels, [3, 3], 2)],
  [
    '[ctcLoss] one of the inputLengths is 4; it must be a whole number from 0 to 3',
    () => ctcLoss(x, labels, [3, 4], [2, 2]),
  ],
  [
    '[ctcLoss] one of the targetLengths is 1.5; it must be a whole number from 0 to 2',
    () => ctcLoss(x, labels, [3, 3], [2, 1.5]),
  ],
  [
    '[ctcLoss] targetLengths add up to 2, but there are 3 labels; pad them to (N, S), or leave none over',
    () => ctcLoss(x, tensor([1n, 2n, 3n]), [3, 3], [1, 1]),
  ],
  [
    '[ctcLoss] targetLengths have shape (2, 1) for a batch of 2; expected (2,)',
    () => ctcLoss(x, labels, [3, 3], labelsOf([[2], [2]])),
  ],
  [
    "[ctcLoss] inputLengths are float32; they must be integers: convert with .to('int64')",
    () => ctcLoss(x, labels, zeros([2]), [2, 2]),
  ],
  [
    '[ctcLoss] inputLengths are null; give an array of numbers or a tensor',
    () => ctcLoss(x, labels, null as never, [2, 2]),
  ],
  [
    '[ctcLoss] blank is 4; it must be one of the 4 classes, from 0 on',
    () => ctcLoss(x, labels, [3, 3], [2, 2], { blank: 4 }),
  ],
  [
    '[ctcLoss] got 1 where options belong, which have names: give { name: value }',
    () => ctcLoss(x, labels, [3, 3], [2, 2], 1 as never),
  ],
  [
    "[ctcLoss] reduction is 'max'; it must be 'mean', 'sum' or 'none'",
    () => ctcLoss(x, labels, [3, 3], [2, 2], { reduction: 'max' as never }),
  ],
  [
    '[ctcLoss] has no second derivative',
    () => {
      const leaf = zeros([3, 2, 4], { requiresGrad: true }) as Tensor;
      grad(ctcLoss(leaf, labels, [3, 3], [2, 2]), [leaf], { createGraph: true });
    },
  ],
  [
    '[ctcLoss] index 9',
    () =>
      ctcLoss(
        x,
        labelsOf([
          [1, 9],
          [3, 1],
        ]),
        [3, 3],
        [2, 2],
      ),
  ],
  [
    '[ctcLoss] index -2',
    () =>
      ctcLoss(
        x,
        labelsOf([
          [1, -2],
          [3, 1],
        ]),
        [3, 3],
        [2, 2],
      ),
  ],
])('%s', (message, run) => {
  expect(run).toThrow(message);
});

it('gives everything back', () => {
  const leaf = values([6, 2, 4]).requiresGrad_() as Tensor;
  const targets = labelsOf([
    [1, 2],
    [3, 1],
  ]);
  const taken = (): number => memory().live - memory().free;
  const run = (): void => {
    for (const reduction of ['none', 'mean', 'sum'] as const) {
      const loss = ctcLoss(leaf, targets, [6, 5], [2, 1], { reduction, zeroInfinity: true });
      const total = loss.sum();
      total.backward();
      leaf.zeroGrad();
      for (const t of [loss, total]) t.dispose();
    }
  };
  run();
  run();
  const before = taken();
  for (let i = 0; i < 20; i++) run();
  expect(taken()).toBe(before);
});
