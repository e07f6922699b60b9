/** Rates and momenta, step by step, beside formulas that say them at once; PyTorch's own are compared in apps/goldens. */
import '@nn/autograd';
import { nullBackend, reference } from '@nn/backend';
import { setBackend, type Tensor, tensor, zeros } from '@nn/tensor';
import { afterEach, describe, expect, test } from 'vitest';
import { Adam, type LRScheduler, Optimizer, type ScheduledOptimizer, SGD } from '../index.ts';
import { CosineAnnealingLR, CosineAnnealingWarmRestarts } from './cosine.ts';
import { CyclicLR } from './cyclic.ts';
import { ExponentialLR, MultiStepLR, StepLR } from './decay.ts';
import { LambdaLR, MultiplicativeLR } from './lambda.ts';
import { OneCycleLR } from './one-cycle.ts';
import { ConstantLR, LinearLR, PolynomialLR } from './ramp.ts';

afterEach(() => setBackend(reference()));

const leaf = (): Tensor => zeros([1], { requiresGrad: true });
const sgd = (...rates: number[]): SGD =>
  new SGD(
    rates.map((lr) => ({ params: [leaf()], lr })),
    { momentum: 0.5 },
  );

/** Numbers that are equal but for rounding. */
const near = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 12));

type Formula = (epoch: number, base: number, group: number) => number;
const { cos, floor, PI } = Math;
const shares = (epoch: number, total: number): number => Math.min(epoch, total) / total;
const half = (least: number, base: number, t: number): number => least + ((base - least) * (1 + cos(PI * t))) / 2;
const tent = (epoch: number, up: number, down: number): number => {
  const x = epoch % (up + down);
  return x <= up ? x / up : (up + down - x) / down;
};

const schedules: readonly (readonly [string, (o: ScheduledOptimizer) => LRScheduler, Formula])[] = [
  ['StepLR', (o) => new StepLR(o, 3), (e, b) => b * 0.1 ** floor(e / 3)],
  ['StepLR, gamma', (o) => new StepLR(o, 1, { gamma: 0.7 }), (e, b) => b * 0.7 ** e],
  ['MultiStepLR', (o) => new MultiStepLR(o, [8, 2]), (e, b) => b * 0.1 ** (Number(e >= 2) + Number(e >= 8))],
  ['MultiStepLR, twice', (o) => new MultiStepLR(o, [4, 4], { gamma: 0.5 }), (e, b) => (e < 4 ? b : b / 4)],
  ['MultiStepLR, none', (o) => new MultiStepLR(o, []), (_, b) => b],
  ['ExponentialLR', (o) => new ExponentialLR(o, 0.8), (e, b) => b * 0.8 ** e],
  ['ConstantLR', (o) => new ConstantLR(o), (e, b) => (e < 5 ? b / 3 : b)],
  ['ConstantLR, one step', (o) => new ConstantLR(o, { factor: 0.1, totalIters: 1 }), (e, b) => (e < 1 ? b / 10 : b)],
  ['LinearLR', (o) => new LinearLR(o), (e, b) => b * (1 / 3 + (2 / 3) * shares(e, 5))],
  [
    'LinearLR, down',
    (o) => new LinearLR(o, { startFactor: 0.9, endFactor: 0, totalIters: 7 }),
    (e, b) => b * 0.9 * (1 - shares(e, 7)),
  ],
  ['PolynomialLR', (o) => new PolynomialLR(o), (e, b) => b * (1 - shares(e, 5))],
  [
    'PolynomialLR, power',
    (o) => new PolynomialLR(o, { totalIters: 9, power: 2.5 }),
    (e, b) => b * (1 - shares(e, 9)) ** 2.5,
  ],
  ['CosineAnnealingLR', (o) => new CosineAnnealingLR(o, 6), (e, b) => half(0, b, e / 6)],
  ['CosineAnnealingLR, least', (o) => new CosineAnnealingLR(o, 5, { etaMin: 0.05 }), (e, b) => half(0.05, b, e / 5)],
  ['CosineAnnealingLR, 1', (o) => new CosineAnnealingLR(o, 1), (e, b) => (e % 2 === 0 ? b : 0)],
  ['WarmRestarts', (o) => new CosineAnnealingWarmRestarts(o, 4), (e, b) => half(0, b, (e % 4) / 4)],
  [
    'WarmRestarts, longer',
    (o) => new CosineAnnealingWarmRestarts(o, 2, { tMult: 3, etaMin: 0.01 }),
    (e, b) => half(0.01, b, e < 2 ? e / 2 : e < 8 ? (e - 2) / 6 : e < 26 ? (e - 8) / 18 : (e - 26) / 54),
  ],
  ['LambdaLR', (o) => new LambdaLR(o, (e) => 1 / (1 + e)), (e, b) => b / (1 + e)],
  ['LambdaLR, each', (o) => new LambdaLR(o, [() => 1, (e) => 0.5 ** e]), (e, b, g) => (g === 0 ? b : b * 0.5 ** e)],
  ['MultiplicativeLR', (o) => new MultiplicativeLR(o, (e) => (e < 4 ? 0.5 : 1)), (e, b) => b * 0.5 ** Math.min(e, 3)],
  [
    'CyclicLR',
    (o) => new CyclicLR(o, 0.1, [0.3, 0.5], { stepSizeUp: 3 }),
    (e, _, g) => 0.1 + (g === 0 ? 0.2 : 0.4) * tent(e, 3, 3),
  ],
  [
    'CyclicLR, triangular2',
    (o) => new CyclicLR(o, 0.1, 0.3, { stepSizeUp: 2, stepSizeDown: 5, mode: 'triangular2' }),
    (e) => 0.1 + (0.2 * tent(e, 2, 5)) / 2 ** floor(e / 7),
  ],
  [
    'CyclicLR, exp_range',
    (o) => new CyclicLR(o, [0.1, 0.2], 0.3, { stepSizeUp: 4, mode: 'exp_range', gamma: 0.9 }),
    (e, _, g) => 0.1 * (g + 1) + 0.1 * (2 - g) * tent(e, 4, 4) * 0.9 ** e,
  ],
  [
    'CyclicLR, a function of the cycle',
    (o) => new CyclicLR(o, 0.1, 0.3, { stepSizeUp: 2, scaleFn: (x) => 1 / x }),
    (e) => 0.1 + (0.2 * tent(e, 2, 2)) / (1 + floor(e / 4)),
  ],
  [
    'CyclicLR, a function of the step',
    (o) => new CyclicLR(o, 0.1, 0.3, { stepSizeUp: 2, scaleFn: (x) => 1 / (1 + x), scaleMode: 'iterations' }),
    (e) => 0.1 + (0.2 * tent(e, 2, 2)) / (1 + e),
  ],
  ['CyclicLR, at once down', (o) => new CyclicLR(o, 0, 1, { stepSizeUp: 4, stepSizeDown: 0 }), (e) => (e % 4) / 4],
  [
    'OneCycleLR',
    (o) => new OneCycleLR(o, [1, 2], { epochs: 3, stepsPerEpoch: 10, pctStart: 0.2 }),
    (e, _, g) => (g + 1) * (e <= 5 ? half(1, 1 / 25, e / 5) : half(4e-6, 1, (e - 5) / 24)),
  ],
  [
    'OneCycleLR, linear',
    (o) =>
      new OneCycleLR(o, 1, {
        totalSteps: 30,
        pctStart: 0.5,
        annealStrategy: 'linear',
        divFactor: 10,
        finalDivFactor: 5,
      }),
    (e) => (e <= 14 ? 0.1 + (0.9 * e) / 14 : 1 - (0.98 * (e - 14)) / 15),
  ],
  [
    'OneCycleLR, three phases',
    (o) => new OneCycleLR(o, 1, { totalSteps: 30, pctStart: 0.3, annealStrategy: 'linear', threePhase: true }),
    (e) =>
      e <= 8 ? 0.04 + (0.96 * e) / 8 : e <= 16 ? 1 - (0.96 * (e - 8)) / 8 : 0.04 - ((0.04 - 4e-6) * (e - 16)) / 13,
  ],
  [
    'OneCycleLR, no rise',
    (o) => new OneCycleLR(o, 1, { totalSteps: 30, pctStart: 1 / 30, annealStrategy: 'linear' }),
    (e) => 1 - ((1 - 4e-6) * e) / 29,
  ],
];

test.each(schedules)('%s', (_, make, formula) => {
  const bases = [0.4, 0.25];
  const optimizer = sgd(...bases);
  const scheduler = make(optimizer);
  for (let epoch = 0; epoch < 30; epoch++) {
    const expected = near(bases.map((base, group) => formula(epoch, base, group)));
    expect(scheduler.lastEpoch).toBe(epoch);
    expect(scheduler.getLastLr()).toEqual(expected);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual(expected);
    if (epoch < 29) scheduler.step();
  }
});

const absent = undefined as never;
test.each<[string, (o: SGD) => LRScheduler, (o: SGD) => LRScheduler]>([
  ['StepLR', (o) => new StepLR(o, 2, { gamma: absent, lastEpoch: absent }), (o) => new StepLR(o, 2)],
  ['LinearLR', (o) => new LinearLR(o, { startFactor: absent, totalIters: absent }), (o) => new LinearLR(o)],
  [
    'CyclicLR',
    (o) => new CyclicLR(o, 0.1, 0.2, { stepSizeUp: 2, stepSizeDown: absent, mode: absent, baseMomentum: absent }),
    (o) => new CyclicLR(o, 0.1, 0.2, { stepSizeUp: 2 }),
  ],
  [
    'OneCycleLR',
    (o) => new OneCycleLR(o, 1, { totalSteps: absent, epochs: 2, stepsPerEpoch: 3, pctStart: absent }),
    (o) => new OneCycleLR(o, 1, { totalSteps: 6 }),
  ],
])('an option that is undefined is left out: %s', (_, make, same) => {
  const [a, b] = [sgd(0.4), sgd(0.4)];
  const [first, second] = [make(a), same(b)];
  for (let epoch = 0; epoch < 5; epoch++) {
    expect(a.paramGroups[0]).toMatchObject({ lr: b.paramGroups[0]!.lr, momentum: b.paramGroups[0]!.momentum });
    first.step();
    second.step();
  }
});

test('CosineAnnealingWarmRestarts goes to fractions of an epoch, and on from there', () => {
  const scheduler = new CosineAnnealingWarmRestarts(sgd(1), 3, { tMult: 3 });
  for (const [epoch, part] of [
    [2.5, 2.5 / 3],
    [undefined, 0.5 / 9],
    [12, 0],
    [0.25, 0.25 / 3],
    [3 * (1 + 3 + 9 + 27 + 81), 0],
  ] as const) {
    scheduler.step(epoch);
    expect(scheduler.getLastLr()).toEqual(near([half(0, 1, part)]));
  }
  expect(scheduler.lastEpoch).toBe(363);
  scheduler.step(7.5);
  expect(scheduler.lastEpoch).toBe(7);
});

test('LinearLR down to 0 never gets below it', () => {
  for (const startFactor of [1, 1 / 3, 0.1, 0.7]) {
    const scheduler = new LinearLR(sgd(0.1), { startFactor, endFactor: 0 });
    for (let epoch = 0; epoch < 8; epoch++) {
      scheduler.step();
      expect(scheduler.getLastLr()[0]).toBeGreaterThanOrEqual(0);
    }
    expect(scheduler.getLastLr()).toEqual(near([0]));
  }
});

describe('momentum', () => {
  type Groups = { momentum?: number; betas?: readonly number[] }[];
  const momenta = (o: ScheduledOptimizer): (number | undefined)[] =>
    (o.paramGroups as unknown as Groups).map((group) => group.betas?.[0] ?? group.momentum);
  const adam = (...rates: number[]): Adam =>
    new Adam(
      rates.map((lr) => ({ params: [leaf()], lr })),
      { betas: [0.6, 0.77] },
    );

  test.each([
    ['SGD', sgd],
    ['Adam', adam],
  ])('turns against the rate: %s', (_, make) => {
    const optimizer: ScheduledOptimizer = make(0.1, 0.1);
    const scheduler = new CyclicLR(optimizer, 0.1, 0.3, { stepSizeUp: 4, baseMomentum: [0.8, 0.5] });
    for (let epoch = 0; epoch < 10; epoch++) {
      const height = tent(epoch, 4, 4);
      expect(momenta(optimizer)).toEqual(near([0.9 - 0.1 * height, 0.9 - 0.4 * height]));
      scheduler.step();
    }
  });

  test('of one cycle comes back to where it was', () => {
    const optimizer = adam(0.1);
    const options = { totalSteps: 11, pctStart: 0.5, annealStrategy: 'linear' } as const;
    const scheduler = new OneCycleLR(optimizer, 1, options);
    const seen = momenta(optimizer);
    for (let epoch = 0; epoch < 11; epoch++) {
      scheduler.step();
      seen.push(...momenta(optimizer));
    }
    const at = (e: number): number => 0.95 - 0.1 * (e <= 4.5 ? e / 4.5 : 1 - (e - 4.5) / 5.5);
    expect(seen).toEqual(near([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10].map(at)));
  });

  test('in three phases stays in the last', () => {
    const optimizer = sgd(0.1);
    const scheduler = new OneCycleLR(optimizer, 1, { totalSteps: 30, threePhase: true });
    for (let epoch = 0; epoch < 20; epoch++) scheduler.step();
    expect(momenta(optimizer)).toEqual(near([0.95]));
  });

  test('betas are exchanged, not changed: two groups may share them', () => {
    const betas: readonly [number, number] = [0.6, 0.77];
    const optimizer = new Adam([{ params: [leaf()] }, { params: [leaf()] }], { betas });
    new CyclicLR(optimizer, 0.1, 0.3, { maxMomentum: [0.9, 0.85] });
    expect(betas).toEqual([0.6, 0.77]);
    expect(optimizer.paramGroups.map((group) => group.betas)).toEqual([
      [0.9, 0.77],
      [0.85, 0.77],
    ]);
  });

  test('is left alone when asked', () => {
    const optimizer = adam(0.1);
    new CyclicLR(optimizer, 0.1, 0.3, { cycleMomentum: false }).step();
    new OneCycleLR(optimizer, 0.3, { totalSteps: 5, cycleMomentum: false }).step();
    expect(optimizer.paramGroups[0]!.betas).toEqual([0.6, 0.77]);
  });

  test('needs an optimiser that has one', () => {
    class Plain extends Optimizer<{ readonly lr: number }> {
      protected override check(): void {}
      protected override update(): void {}
    }
    const optimizer = new Plain([leaf()], { lr: 0.1 });
    expect(() => new OneCycleLR(optimizer, 1, { totalSteps: 5 })).toThrow(
      '[OneCycleLR] the optimiser has neither momentum nor betas to turn; give { cycleMomentum: false }',
    );
    expect(new OneCycleLR(optimizer, 1, { totalSteps: 5, cycleMomentum: false }).getLastLr()).toEqual(near([0.04]));
  });
});

describe('one cycle', () => {
  test.each(['cos', 'linear'] as const)(
    'ends with its last rate, and a further step is an error: %s',
    (annealStrategy) => {
      const optimizer = sgd(0.1);
      const scheduler = new OneCycleLR(optimizer, 1, { totalSteps: 4, annealStrategy });
      for (let step = 0; step < 4; step++) scheduler.step();
      expect(scheduler.getLastLr()).toEqual(near([4e-6]));
      const before = { ...optimizer.paramGroups[0] };
      expect(() => scheduler.step()).toThrow(
        /\[OneCycleLR\.step\] the cycle has 4 steps, this is step 5; give totalSteps/,
      );
      expect(optimizer.paramGroups[0]).toEqual(before);
      expect(scheduler.lastEpoch).toBe(4);
    },
  );

  test('of one step is all end', () => {
    expect(new OneCycleLR(sgd(0.1), 1, { totalSteps: 1 }).getLastLr()).toEqual(near([4e-6]));
  });
});

test('rates that others change in between are gone on from', () => {
  const optimizer = sgd(1);
  const [a, b] = [new ExponentialLR(optimizer, 0.5), new StepLR(optimizer, 2, { gamma: 0.1 })];
  for (let epoch = 0; epoch < 2; epoch++) {
    a.step();
    b.step();
  }
  expect(optimizer.paramGroups[0]!.lr).toBeCloseTo(0.025, 12);
  optimizer.paramGroups[0]!.lr = 1;
  a.step();
  expect(optimizer.paramGroups[0]!.lr).toBe(0.5);
});

test('a group added later joins with the rate that it has', () => {
  const optimizer = sgd(1);
  const scheduler = new LambdaLR(optimizer, (epoch) => 0.5 ** epoch);
  scheduler.step();
  optimizer.addParamGroup({ params: [leaf()], lr: 8 });
  scheduler.step();
  expect(scheduler.getLastLr()).toEqual([0.25, 2]);
  expect(optimizer.paramGroups.map((group) => group.initialLr)).toEqual([1, 8]);
  const listed = new CyclicLR(sgd(1), [0.1], 0.2);
  listed.optimizer.addParamGroup({ params: [leaf()] });
  expect(() => listed.step()).toThrow('[CyclicLR] baseLr has 1 values, the optimiser 2 groups');
});

test.each([
  ['SGD', (p: Tensor) => new SGD([p], { momentum: 0.9 })],
  ['Adam', (p: Tensor) => new Adam([p])],
])('new rates and momenta compile nothing: %s', (_, make) => {
  const backend = nullBackend();
  setBackend(backend);
  const x = tensor([1, 2], { requiresGrad: true });
  const optimizer: ScheduledOptimizer = make(x);
  const scheduler = new OneCycleLR(optimizer, 1, { totalSteps: 20 });
  const step = (): void => {
    x.sum().backward();
    optimizer.step();
    scheduler.step();
    optimizer.zeroGrad();
  };
  step();
  step();
  backend.reset();
  for (let i = 0; i < 10; i++) step();
  expect(backend.counts.programs).toBe(0);
});

test('an optimiser goes by the rates', async () => {
  const [x, y] = [tensor([3], { requiresGrad: true }), tensor([3], { requiresGrad: true })];
  const [scheduled, plain] = [new SGD([x], { lr: 0.2 }), new SGD([y], { lr: 0.2 })];
  const scheduler = new PolynomialLR(scheduled, { totalIters: 6 });
  for (let epoch = 0; epoch < 5; epoch++) {
    for (const [w, optimizer] of [
      [x, scheduled],
      [y, plain],
    ] as const) {
      w.mul(w).sum().backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    scheduler.step();
    plain.paramGroups[0]!.lr = scheduler.getLastLr()[0]!;
  }
  expect(await x.item()).toBe(await y.item());
  expect(await x.item()).not.toBeCloseTo(3 * 0.6 ** 5, 3);
});
