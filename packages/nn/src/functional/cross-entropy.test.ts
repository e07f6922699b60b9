/** What goldens don't reach: sizes, ignored samples, errors, launches and memory of the losses of classes. */

import '@nn/tensor/methods';
import { expectNoLeaks, gradgradcheck, noGrad } from '@nn/autograd';
import { IndexError, nullBackend, ShapeError } from '@nn/backend';
import { manualSeed, memory, randint, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as nn from '../index.ts';
import { crossEntropy, Linear, multiMarginLoss, nllLoss, ReLU, Sequential } from '../index.ts';

const integers = (values: readonly number[]): Tensor => tensor(values, { dtype: 'int64' }) as Tensor;
const loss = crossEntropy as (logits: Tensor, target: Tensor, options?: Parameters<typeof crossEntropy>[2]) => Tensor;

describe('samples that do not count', () => {
  const x = tensor([
    [0.1, 0.7, 0.2],
    [Number.NEGATIVE_INFINITY, 0, 0],
    [0.3, 0.3, 0.4],
  ]) as Tensor;

  it('leave no trace, even where they are infinite', async () => {
    const targets = integers([1, 0, 2]);
    const only = await nllLoss(x.at([0, 2] as never) as Tensor, integers([1, 2])).item();
    for (const ignoreIndex of [0]) {
      const p = x.clone().requiresGrad_();
      const mean = nllLoss(p, targets, { ignoreIndex });
      mean.backward();
      expect(await mean.item()).toBe(only);
      expect(await p.grad!.toArray()).toEqual([
        [0, -0.5, 0],
        [0, 0, 0],
        [0, 0, -0.5],
      ]);
    }
    expect(await nllLoss(x, targets, { ignoreIndex: 0, reduction: 'none' }).toArray()).toEqual([
      -0.699999988079071, 0, -0.4000000059604645,
    ]);
  });

  it('may be any number; all of them give 0 / 0 for the mean, and gradients of 0', async () => {
    const p = randn([3, 3], { requiresGrad: true });
    const none = loss(p as Tensor, integers([-100, -100, -100]));
    none.backward();
    expect(await none.item()).toBeNaN();
    expect([...(await p.grad!.data())].every((g) => g === 0)).toBe(true);
    expect(await loss(p, integers([255, 255, 255]), { ignoreIndex: 255, reduction: 'sum' }).item()).toBe(0);
  });
});

it('long lists of samples, summed by reductions, give what short ones give', async () => {
  manualSeed(0);
  const rows = 70_000;
  const x = randn([rows, 3]) as Tensor;
  const t = randint(0, 3, [rows]) as Tensor;
  const weight = tensor([1, 2, 3]) as Tensor;
  const options = { weight, labelSmoothing: 0.1, ignoreIndex: 1 } as const;
  const logits = x.detach().requiresGrad_();
  const long = loss(logits, t, options);
  long.backward();
  const halves = [0, 1].map(
    (i) => [x.narrow(0, (i * rows) / 2, rows / 2), t.narrow(0, (i * rows) / 2, rows / 2)] as const,
  );
  let sum = 0;
  let count = 0;
  for (const [a, b] of halves) {
    const classes = [...(await b.data())];
    const weights = classes.reduce((total, c) => total + (c === 1 ? 0 : c + 1), 0);
    sum += weights * (await loss(a as Tensor, b as Tensor, options).item());
    count += weights;
  }
  expect(await long.item()).toBeCloseTo(sum / count, 5);
  const short = halves[0]![0].detach().requiresGrad_() as Tensor;
  loss(short, halves[0]![1] as Tensor, { ...options, reduction: 'sum' }).backward();
  const [wanted, actual] = [await short.grad!.data(), await logits.grad!.data()];
  wanted.slice(0, 300).forEach((value, i) => {
    expect(actual[i]! * count).toBeCloseTo(value, 4);
  });
});

describe('errors', () => {
  const x = zeros([64, 10]) as Tensor;
  it.each<[string, () => unknown, string]>([
    ['rows', () => loss(x, integers(new Array(32).fill(0))), '[crossEntropy] 64 rows of logits and 32 targets'],
    [
      'ranks',
      () => loss(x, zeros([64, 10, 1], { dtype: 'int64' })),
      '[crossEntropy] targets of rank 3 for logits of rank 2',
    ],
    [
      'sizes',
      () => loss(zeros([2, 10, 5, 6]), zeros([2, 5, 7], { dtype: 'int64' })),
      '[crossEntropy] sizes 6 and 7 of logits and targets differ',
    ],
    [
      'weights',
      () => loss(x, zeros([64], { dtype: 'int64' }), { weight: zeros([9]) }),
      'the weight has shape (9,) for 10 classes',
    ],
    ['weights of probabilities', () => loss(x, x, { weight: zeros([9]) }), 'the weight has shape (9,) for 10 classes'],
    ['dtype', () => loss(x, zeros([64])), '[crossEntropy] classes must be integers, got float32'],
    [
      'dtype of probabilities',
      () => loss(x, zeros([64, 10], { dtype: 'int64' })),
      'are class probabilities, but these are int64',
    ],
    ['integers', () => loss(zeros([2, 3], { dtype: 'int64' }), integers([0, 1])), 'logits must be floats, got int64'],
    ['no classes', () => loss(zeros([]), integers([])), 'the logits need a dimension of classes'],
    ['smoothing', () => loss(x, x, { labelSmoothing: 1.5 }), 'labelSmoothing is 1.5'],
    ['ignored probabilities', () => loss(x, x, { ignoreIndex: 0 }), 'ignoreIndex 0 is a class'],
    ['reduction', () => loss(x, x, { reduction: 'max' as never }), "reduction is 'max'"],
    ['nllLoss', () => nllLoss(zeros([2, 3]), integers([0, 1, 2])), '[nllLoss] 2 rows of logits and 3 targets'],
    [
      'tracked weights',
      () => nllLoss(zeros([1, 2]), integers([0]), { weight: zeros([2], { requiresGrad: true }) }),
      'class weights have no gradient',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('are none for classes of any integer dtype', async () => {
    const logits = randn([3, 4]) as Tensor;
    const wanted = await loss(logits, integers([3, 0, 2])).item();
    for (const dtype of ['int32', 'uint8'] as const)
      expect(await loss(logits, tensor([3, 0, 2], { dtype }) as Tensor).item()).toBe(wanted);
  });

  it('of shapes are ShapeErrors', () => {
    expect(() => loss(x, integers([0]))).toThrow(ShapeError);
  });

  it.each([
    ['crossEntropy', (t: Tensor) => loss(zeros([2, 3]), t)],
    ['nllLoss', (t: Tensor) => nllLoss(zeros([2, 3]), t)],
    ['multiMarginLoss', (t: Tensor) => multiMarginLoss(zeros([2, 3]), t)],
  ])('a class out of range is an IndexError of %s', async (name, call) => {
    for (const wrong of [3, -1, -4, 1000]) {
      const read = async (): Promise<number> => call(integers([0, wrong])).item();
      await expect(read()).rejects.toThrow(IndexError);
      await expect(read()).rejects.toThrow(`[${name}] index ${wrong} is out of bounds for dimension with size 3`);
    }
  });
});

it('weights of another dtype are refused, as PyTorch does', () => {
  const weight = zeros([3], { dtype: 'float64' }) as Tensor;
  expect(() => loss(zeros([2, 3]), integers([0, 1]), { weight })).toThrow(
    'the weight is float64, the logits are float32',
  );
  expect(() => loss(zeros([2, 3]), zeros([2, 3]), { weight })).toThrow("convert it with .to('float32')");
});

describe('cost', () => {
  it('is four launches forward and three backward, and three for a network of two layers before it', () => {
    const backend = nullBackend();
    const model = new Sequential(new Linear(784, 50, { backend }), new ReLU(), new Linear(50, 10, { backend }));
    const x = zeros([64, 784], { backend }) as Tensor;
    const t = zeros([64], { dtype: 'int64', backend }) as Tensor;
    backend.reset();
    const logits = model.forward(x).detach().requiresGrad_() as Tensor;
    expect(backend.counts.total).toBe(2);
    backend.reset();
    const result = loss(logits, t);
    expect(backend.counts).toMatchObject({ total: 4, launches: { rows: 2, map: 1, gather: 1 } });
    backend.reset();
    result.backward();
    expect(backend.counts).toMatchObject({ total: 3, launches: { rows: 2, map: 1 } });
  });

  it('gives its intermediates back at once', () => {
    const x = zeros([64, 10]) as Tensor;
    const t = zeros([64], { dtype: 'int64' }) as Tensor;
    const weight = zeros([10]) as Tensor;
    const taken = (): number => memory().live - memory().free;
    for (const options of [{}, { labelSmoothing: 0.1, weight }, { reduction: 'none' as const }]) {
      const run = (): void => noGrad<void>(() => loss(x, t, options).dispose());
      run();
      const before = taken();
      for (let i = 0; i < 10; i++) run();
      expect(taken()).toBe(before);
    }
    const p = zeros([64, 10], { requiresGrad: true }) as Tensor;
    expectNoLeaks(() => {
      loss(p, t, { labelSmoothing: 0.1, weight }).backward();
      p.zeroGrad();
    });
  });
});

it('rows of logits and classes have derivatives of both orders', async () => {
  const data = Float64Array.from({ length: 12 }, (_, i) => 2 * Math.sin(7 * i));
  const x = tensor(data, { dtype: 'float64', shape: [4, 3], requiresGrad: true }) as Tensor;
  const classes = integers([0, 2, 1, 2]);
  for (const options of [{}, { ignoreIndex: 2 }, { reduction: 'sum' as const }, { reduction: 'none' as const }])
    expect(await gradgradcheck((logits) => loss(logits, classes, options), [x])).toBe(true);
});

it('numbers and arrays in place of tensors are refused, from callers whom no compiler checks', () => {
  // biome-ignore lint/suspicious/noExplicitAny: one of them
  const any = nn as any;
  const logits = zeros([2, 3]);
  expect(() => any.crossEntropy(logits)).toThrow('[crossEntropy] an operand is undefined');
  expect(() => any.crossEntropy(logits, [0, 1])).toThrow('[crossEntropy] an operand is an array');
  expect(() => any.crossEntropy(1, logits)).toThrow('[crossEntropy] got plain numbers only: 1');
  expect(() => any.nllLoss(logits, 1)).toThrow('[nllLoss] got plain numbers only: 1');
  expect(() => any.mseLoss(logits, [1])).toThrow('[mseLoss] an operand is an array');
  expect(() => any.embedding(integers([0]), 3)).toThrow('[embedding] got plain numbers only: 3');
  expect(() => new any.Linear(3, 1).forward([1, 2, 3])).toThrow('[Linear] an operand is an array');
});
