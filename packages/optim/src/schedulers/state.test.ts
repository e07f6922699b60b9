/** State dicts, going on from them, and what is refused. */
import '@nn/autograd';
import { ValueError } from '@nn/backend';
import { type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { Adam, type LRScheduler, type LRSchedulerState, type ScheduledOptimizer, SGD } from '../index.ts';
import { ChainedScheduler } from './chained.ts';
import { CosineAnnealingLR, CosineAnnealingWarmRestarts } from './cosine.ts';
import { CyclicLR } from './cyclic.ts';
import { ExponentialLR, MultiStepLR, StepLR } from './decay.ts';
import { GroupScheduler, type RatePoint } from './group-scheduler.ts';
import { LambdaLR, MultiplicativeLR } from './lambda.ts';
import { OneCycleLR } from './one-cycle.ts';
import { ReduceLROnPlateau } from './plateau.ts';
import { ConstantLR, LinearLR, PolynomialLR } from './ramp.ts';
import { SequentialLR } from './sequential.ts';

const leaf = (): Tensor => zeros([1], { requiresGrad: true });
const sgd = (lr = 0.4): SGD => new SGD([{ params: [leaf()] }, { params: [leaf()], lr: 0.25 }], { lr });

/** Each kind twice: as it was, and as a program makes it that has only the saved state to go by. */
const kinds: readonly (readonly [string, (o: SGD) => LRScheduler, (o: SGD) => LRScheduler])[] = [
  ['StepLR', (o) => new StepLR(o, 3, { gamma: 0.5 }), (o) => new StepLR(o, 1)],
  ['MultiStepLR', (o) => new MultiStepLR(o, [2, 8, 9]), (o) => new MultiStepLR(o, [])],
  ['ExponentialLR', (o) => new ExponentialLR(o, 0.9), (o) => new ExponentialLR(o, 0.1)],
  ['ConstantLR', (o) => new ConstantLR(o, { totalIters: 8 }), (o) => new ConstantLR(o)],
  ['LinearLR', (o) => new LinearLR(o, { startFactor: 0.1, totalIters: 10 }), (o) => new LinearLR(o)],
  ['PolynomialLR', (o) => new PolynomialLR(o, { totalIters: 10, power: 2 }), (o) => new PolynomialLR(o)],
  ['CosineAnnealingLR', (o) => new CosineAnnealingLR(o, 7, { etaMin: 0.1 }), (o) => new CosineAnnealingLR(o, 1)],
  [
    'CosineAnnealingWarmRestarts',
    (o) => new CosineAnnealingWarmRestarts(o, 2, { tMult: 2 }),
    (o) => new CosineAnnealingWarmRestarts(o, 1),
  ],
  ['LambdaLR', (o) => new LambdaLR(o, (e) => 0.9 ** e), (o) => new LambdaLR(o, (e) => 0.9 ** e)],
  ['MultiplicativeLR', (o) => new MultiplicativeLR(o, () => 0.9), (o) => new MultiplicativeLR(o, () => 0.9)],
  [
    'CyclicLR',
    (o) => new CyclicLR(o, [0.1, 0.2], 0.5, { stepSizeUp: 4, mode: 'triangular2' }),
    (o) => new CyclicLR(o, 0.3, 0.4),
  ],
  [
    'OneCycleLR',
    (o) => new OneCycleLR(o, 1, { totalSteps: 15, threePhase: true }),
    (o) => new OneCycleLR(o, 2, { totalSteps: 2 }),
  ],
  [
    'SequentialLR',
    (o) => new SequentialLR(o, [new LinearLR(o), new ExponentialLR(o, 0.9), new StepLR(o, 2)], [3, 9]),
    (o) => new SequentialLR(o, [new LinearLR(o), new ExponentialLR(o, 0.1), new StepLR(o, 1)], [1, 2]),
  ],
  [
    'ChainedScheduler',
    (o) => new ChainedScheduler([new LinearLR(o), new ExponentialLR(o, 0.9)]),
    (o) => new ChainedScheduler([new LinearLR(o), new ExponentialLR(o, 0.1)]),
  ],
];

/** Rates and momenta after each of some steps. */
function trace(optimizer: SGD, scheduler: LRScheduler, steps: number): unknown[] {
  return Array.from({ length: steps }, () => {
    scheduler.step();
    expect(scheduler.getLastLr()).toEqual(optimizer.paramGroups.map(({ lr }) => lr));
    return optimizer.paramGroups.map(({ lr, momentum }) => [lr, momentum]);
  });
}

describe.each(kinds)('%s', (name, make, remake) => {
  test('goes on from state dicts that were text in between', () => {
    const whole = sgd();
    const expected = trace(whole, make(whole), 14);
    const first = sgd();
    const scheduler = make(first);
    expect(trace(first, scheduler, 5)).toEqual(expected.slice(0, 5));
    const text = JSON.stringify([first.stateDict(), scheduler.stateDict()]);
    const second = sgd();
    const resumed = remake(second);
    const [optimizerState, state] = JSON.parse(text);
    resumed.loadStateDict(state);
    second.loadStateDict(optimizerState);
    expect(resumed.lastEpoch).toBe(5);
    expect(resumed.getLastLr()).toEqual(scheduler.getLastLr());
    expect(trace(second, resumed, 9)).toEqual(expected.slice(5));
    expect(JSON.stringify([first.stateDict(), scheduler.stateDict()])).toBe(text);
  });

  test('shares nothing with its state', () => {
    const [first, second] = [sgd(), sgd()];
    const [scheduler, resumed] = [make(first), make(second)];
    const state = scheduler.stateDict();
    resumed.loadStateDict(state);
    const before = JSON.stringify(state);
    trace(first, scheduler, 3);
    trace(second, resumed, 3);
    expect(JSON.stringify(state)).toBe(before);
  });

  test('refuses a state that doesn’t fit, and stays as it is', () => {
    const scheduler = make(sgd());
    const other = new ReduceLROnPlateau(sgd()).stateDict();
    const before = JSON.stringify(scheduler.stateDict());
    const { lastLr: _, ...partial } = scheduler.stateDict();
    for (const state of [other, partial, null, 3] as unknown as LRSchedulerState[])
      expect(() => scheduler.loadStateDict(state)).toThrow(ValueError);
    expect(() => scheduler.loadStateDict(partial as unknown as LRSchedulerState)).toThrow(
      new RegExp(`\\[${name}.loadStateDict\\] the state has no lastLr but `),
    );
    expect(JSON.stringify(scheduler.stateDict())).toBe(before);
  });
});

test('a state of other groups is refused', () => {
  const state = new StepLR(new SGD([leaf()]), 3).stateDict();
  expect(() => new StepLR(sgd(), 3).loadStateDict(state)).toThrow('the state is of 1 groups, the optimiser has 2');
});

test.each([
  ['lastEpoch', Number.POSITIVE_INFINITY, 'lastEpoch must be a number of at least -1, got Infinity'],
  ['lastEpoch', Number.NaN, 'lastEpoch must be a number of at least -1, got NaN'],
  ['baseLrs', [0.1, Number.NaN], 'baseLrs must be a list of numbers, got 0.1,NaN'],
  ['lastLr', [Number.NaN, 1], 'lastLr must be a list of numbers, got NaN,1'],
])('a state whose %s is %s is refused', (entry, value, message) => {
  const scheduler = new CosineAnnealingLR(sgd(), 4);
  const before = scheduler.stateDict();
  expect(() => scheduler.loadStateDict({ ...before, [entry]: value })).toThrow(
    `[CosineAnnealingLR.loadStateDict] ${message}`,
  );
  expect(scheduler.stateDict()).toEqual(before);
});

test('a state of parts that don’t fit changes none of them', () => {
  const optimizer = sgd();
  const scheduler = new ChainedScheduler([new ExponentialLR(optimizer, 0.9), new StepLR(optimizer, 2)]);
  const before = scheduler.stateDict();
  const [first, second] = before['schedulers'] as readonly LRSchedulerState[];
  for (const schedulers of [
    [first],
    [
      { ...first, gamma: 0.1 },
      { ...second, stepSize: 0.5 },
    ],
    'none',
  ])
    expect(() => scheduler.loadStateDict({ ...before, schedulers } as unknown as LRSchedulerState)).toThrow(ValueError);
  expect(scheduler.stateDict()).toEqual(before);
});

test('functions are not saved', () => {
  const optimizer = sgd();
  expect(Object.keys(new LambdaLR(optimizer, [() => 1, () => 2]).stateDict())).toEqual([
    'lastEpoch',
    'lastLr',
    'baseLrs',
  ]);
  expect(new CyclicLR(optimizer, 0.1, 0.2, { scaleFn: () => 1 }).stateDict()).not.toHaveProperty('scaleFn');
});

describe('lastEpoch', () => {
  const resumable: readonly (readonly [string, (o: ScheduledOptimizer, lastEpoch: number) => LRScheduler])[] = [
    ['StepLR', (o, lastEpoch) => new StepLR(o, 3, { lastEpoch })],
    ['MultiStepLR', (o, lastEpoch) => new MultiStepLR(o, [5, 9], { lastEpoch })],
    ['ExponentialLR', (o, lastEpoch) => new ExponentialLR(o, 0.9, { lastEpoch })],
    ['ConstantLR', (o, lastEpoch) => new ConstantLR(o, { totalIters: 8, lastEpoch })],
    ['LinearLR', (o, lastEpoch) => new LinearLR(o, { totalIters: 8, lastEpoch })],
    ['PolynomialLR', (o, lastEpoch) => new PolynomialLR(o, { totalIters: 9, lastEpoch })],
    ['CosineAnnealingLR', (o, lastEpoch) => new CosineAnnealingLR(o, 4, { lastEpoch })],
    ['WarmRestarts', (o, lastEpoch) => new CosineAnnealingWarmRestarts(o, 2, { tMult: 2, lastEpoch })],
    ['LambdaLR', (o, lastEpoch) => new LambdaLR(o, (e) => 0.9 ** e, { lastEpoch })],
    ['MultiplicativeLR', (o, lastEpoch) => new MultiplicativeLR(o, () => 0.9, { lastEpoch })],
    ['CyclicLR', (o, lastEpoch) => new CyclicLR(o, 0.1, 0.5, { stepSizeUp: 3, lastEpoch })],
    ['OneCycleLR', (o, lastEpoch) => new OneCycleLR(o, 1, { totalSteps: 20, lastEpoch })],
  ];

  test.each(resumable)('goes on from the optimiser’s state alone: %s', (_, make) => {
    const whole = sgd();
    const expected = trace(whole, make(whole, -1), 10);
    const first = sgd();
    trace(first, make(first, -1), 5);
    const second = sgd();
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
    // Construction takes the sixth step.
    const resumed = make(second, 5);
    expect(resumed.lastEpoch).toBe(6);
    const seen = [second.paramGroups.map(({ lr, momentum }) => [lr, momentum]), ...trace(second, resumed, 4)];
    expect(seen).toEqual(
      (expected.slice(5) as number[][][]).map((groups) => groups.map((g) => g.map((v) => expect.closeTo(v, 12)))),
    );
  });

  test('needs the initial rates', () => {
    const optimizer = new SGD([{ params: [leaf()], lr: 0.1, initialLr: 0.4 }]);
    expect(new StepLR(optimizer, 3, { lastEpoch: 5 }).getLastLr()).toEqual([expect.closeTo(0.01, 12)]);
    expect(() => new StepLR(sgd(), 3, { lastEpoch: 5 })).toThrow(
      "[StepLR] lastEpoch is 5, but group 0 has no initialLr to go on from: load the optimiser's state first, or give its groups an initialLr",
    );
  });
});

test('a schedule of one’s own keeps its settings', () => {
  class HalvingLR extends GroupScheduler<{ readonly every: number }> {
    protected override rate({ epoch, lr }: RatePoint): number {
      return epoch > 0 && epoch % this.settings.every === 0 ? lr / 2 : lr;
    }
  }
  const scheduler = new HalvingLR(new SGD([leaf()], { lr: 1 }), { every: 2 });
  scheduler.step();
  scheduler.step();
  expect(scheduler.stateDict()).toEqual({ lastEpoch: 2, lastLr: [0.5], baseLrs: [1], every: 2 });
});

describe('bad input', () => {
  const optimizer = new Adam([leaf()]);
  const bad = (value: unknown): never => value as never;
  const wrong: readonly (readonly [string, () => unknown, string])[] = [
    ['no optimiser', () => new StepLR(bad([leaf()]), 3), '[StepLR] got '],
    ['nothing', () => new ReduceLROnPlateau(bad(undefined)), '[ReduceLROnPlateau] got undefined where the optimiser'],
    ['StepLR size', () => new StepLR(optimizer, 0), '[StepLR] stepSize must be a whole number of at least 1, got 0'],
    ['StepLR no size', () => new StepLR(optimizer, bad({ gamma: 1 })), '[StepLR] stepSize must be a whole number'],
    ['a factor as a text', () => new StepLR(optimizer, 3, { gamma: bad('0.1') }), '[StepLR] gamma must be a number'],
    ['a tensor', () => new ExponentialLR(optimizer, bad(tensor(0.9))), '[ExponentialLR] gamma must be a number, got'],
    [
      'MultiStepLR',
      () => new MultiStepLR(optimizer, bad(3)),
      '[MultiStepLR] milestones must be a list of numbers, got 3',
    ],
    ['a fraction', () => new MultiStepLR(optimizer, [1, 2.5]), '[MultiStepLR] milestones[1] must be a whole number'],
    [
      'ConstantLR 0',
      () => new ConstantLR(optimizer, { factor: 0 }),
      '[ConstantLR] factor must be a number greater than 0',
    ],
    ['LinearLR 2', () => new LinearLR(optimizer, { startFactor: 2 }), 'greater than 0 and at most 1, got 2'],
    [
      'LinearLR end',
      () => new LinearLR(optimizer, { endFactor: 1.5 }),
      '[LinearLR] endFactor must be a number from 0 to 1',
    ],
    [
      'LinearLR 0',
      () => new LinearLR(optimizer, { totalIters: 0 }),
      'totalIters must be a whole number of at least 1, got 0',
    ],
    [
      'PolynomialLR',
      () => new PolynomialLR(optimizer, { power: -1 }),
      '[PolynomialLR] power must be a number of at least 0',
    ],
    [
      'CosineAnnealingLR',
      () => new CosineAnnealingLR(optimizer, 1.5),
      '[CosineAnnealingLR] tMax must be a whole number',
    ],
    ['t0', () => new CosineAnnealingWarmRestarts(optimizer, 0), '[CosineAnnealingWarmRestarts] t0 must be'],
    ['tMult', () => new CosineAnnealingWarmRestarts(optimizer, 1, { tMult: 1.5 }), 'tMult must be a whole number'],
    [
      'epoch',
      () => new CosineAnnealingWarmRestarts(optimizer, 1).step(-1),
      'epoch must be a number of at least 0, got -1',
    ],
    ['LambdaLR', () => new LambdaLR(optimizer, bad(0.9)), '[LambdaLR] lrLambda must be a function of the epoch'],
    [
      'two functions',
      () => new LambdaLR(optimizer, [() => 1, () => 1]),
      '[LambdaLR] lrLambda has 2 values, the optimiser 1',
    ],
    [
      'no result',
      () =>
        new LambdaLR(
          optimizer,
          bad(() => {}),
        ),
      '[LambdaLR] the rate of group 0 would be NaN at epoch 0',
    ],
    [
      'mode',
      () => new CyclicLR(optimizer, 0, 1, { mode: bad('square') }),
      "must be one of 'triangular', 'triangular2', '",
    ],
    [
      'up',
      () => new CyclicLR(optimizer, 0, 1, { stepSizeUp: 0 }),
      '[CyclicLR] stepSizeUp must be a number greater than 0',
    ],
    [
      'scaleFn',
      () => new CyclicLR(optimizer, 0, 1, { scaleFn: bad(1) }),
      '[CyclicLR] scaleFn must be a function, got 1',
    ],
    [
      'beta',
      () => new CyclicLR(optimizer, 0, 1, { maxMomentum: 1 }),
      'maxMomentum is the first of betas here and must be less',
    ],
    ['lists', () => new CyclicLR(optimizer, [0, 0], 1), '[CyclicLR] baseLr has 2 values, the optimiser 1 groups'],
    [
      'an entry',
      () => new CyclicLR(optimizer, 0, [bad('1')]),
      '[CyclicLR] maxLr[0] must be a number of at least 0, got 1',
    ],
    ['how long', () => new OneCycleLR(optimizer, 1), '[OneCycleLR] give totalSteps, or both epochs and stepsPerEpoch'],
    ['half', () => new OneCycleLR(optimizer, 1, { epochs: 3 }), '[OneCycleLR] give totalSteps, or both epochs'],
    ['steps', () => new OneCycleLR(optimizer, 1, { totalSteps: 0 }), '[OneCycleLR] totalSteps must be a whole number'],
    [
      'pctStart',
      () => new OneCycleLR(optimizer, 1, { totalSteps: 9, pctStart: 30 }),
      'pctStart must be a number from 0 to 1',
    ],
    [
      'strategy',
      () => new OneCycleLR(optimizer, 1, { totalSteps: 9, annealStrategy: bad('sine') }),
      "one of 'cos', 'linear'",
    ],
    [
      'lastEpoch',
      () => new StepLR(optimizer, 1, { lastEpoch: -2 }),
      '[StepLR] lastEpoch must be a whole number of at least -1',
    ],
  ];
  test.each(wrong)('%s', (_, make, message) => {
    const before = { ...optimizer.paramGroups[0] };
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
    expect({ ...optimizer.paramGroups[0]!, initialLr: undefined, lr: 0 }).toEqual({
      ...before,
      initialLr: undefined,
      lr: 0,
    });
  });

  type Kind = new (...given: readonly never[]) => unknown;
  const one = (): number => 1;
  test.each<[string, Kind, readonly unknown[]]>([
    ['StepLR', StepLR, [1]],
    ['MultiStepLR', MultiStepLR, [[1]]],
    ['ExponentialLR', ExponentialLR, [1]],
    ['ConstantLR', ConstantLR, []],
    ['LinearLR', LinearLR, []],
    ['PolynomialLR', PolynomialLR, []],
    ['CosineAnnealingLR', CosineAnnealingLR, [1]],
    ['CosineAnnealingWarmRestarts', CosineAnnealingWarmRestarts, [1]],
    ['LambdaLR', LambdaLR, [one]],
    ['MultiplicativeLR', MultiplicativeLR, [one]],
    ['CyclicLR', CyclicLR, [0, 1]],
    ['OneCycleLR', OneCycleLR, [1]],
    ['ReduceLROnPlateau', ReduceLROnPlateau, []],
  ])('%s refuses an option without its name, and null', (name, Kind, given) => {
    for (const value of [0.5, null])
      expect(() => new Kind(...([optimizer, ...given, value] as never[]))).toThrow(
        `[${name}] got ${value} where options belong, which have names: give { name: value }`,
      );
  });
});
