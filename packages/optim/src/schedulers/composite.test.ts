/** Schedules made of schedules. */
import '@nn/autograd';
import { ValueError } from '@nn/backend';
import { type Tensor, zeros } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { type LRScheduler, SGD } from '../index.ts';
import { ChainedScheduler } from './chained.ts';
import { CosineAnnealingLR } from './cosine.ts';
import { ExponentialLR, StepLR } from './decay.ts';
import { LambdaLR, MultiplicativeLR } from './lambda.ts';
import { ReduceLROnPlateau } from './plateau.ts';
import { ConstantLR, LinearLR } from './ramp.ts';
import { SequentialLR } from './sequential.ts';

const leaf = (): Tensor => zeros([1], { requiresGrad: true });
const sgd = (lr = 1): SGD => new SGD([leaf()], { lr });

/** The rate at the start and after each of some steps. */
function rates(optimizer: SGD, scheduler: LRScheduler, steps: number): unknown[] {
  const seen = [optimizer.paramGroups[0]!.lr];
  for (let i = 0; i < steps; i++) {
    scheduler.step();
    seen.push(optimizer.paramGroups[0]!.lr);
  }
  expect(scheduler.getLastLr()).toEqual([seen.at(-1)]);
  expect(scheduler.lastEpoch).toBe(steps);
  return seen.map((rate) => expect.closeTo(rate, 12));
}

const warmUp = (o: SGD): LRScheduler => new ConstantLR(o, { factor: 0.5, totalIters: 2 });

const cases: readonly (readonly [string, (o: SGD) => LRScheduler, readonly number[]])[] = [
  ['one schedule', (o) => new SequentialLR(o, [new ExponentialLR(o, 0.5)], []), [1, 0.5, 0.25]],
  ['a warm-up', (o) => new SequentialLR(o, [warmUp(o), new ExponentialLR(o, 0.5)], [2]), [0.5, 0.5, 1, 0.5, 0.25]],
  [
    'warm-up and cosine',
    (o) =>
      new SequentialLR(o, [new LinearLR(o, { startFactor: 0.5, totalIters: 2 }), new CosineAnnealingLR(o, 4)], [2]),
    [0.5, 0.75, 1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0],
  ],
  [
    'no steps of the second',
    (o) => new SequentialLR(o, [warmUp(o), new StepLR(o, 1), new ExponentialLR(o, 0.5)], [1, 1]),
    [0.5, 1, 0.5],
  ],
  ['no steps of the first', (o) => new SequentialLR(o, [warmUp(o), new ExponentialLR(o, 0.5)], [0]), [1, 0.5, 0.25]],
  [
    'one that goes on from where the last ended',
    (o) => new SequentialLR(o, [new ExponentialLR(o, 0.5), new MultiplicativeLR(o, () => 2)], [3]),
    [1, 0.5, 0.25, 0.25, 0.5, 1],
  ],
  ['a chain', (o) => new ChainedScheduler([warmUp(o), new ExponentialLR(o, 0.5)]), [0.5, 0.25, 0.25, 0.125]],
  [
    'a chain that ends by the initial rate',
    (o) => new ChainedScheduler([warmUp(o), new LambdaLR(o, (e) => 0.5 ** e)]),
    [1, 0.5, 0.25, 0.125],
  ],
  [
    'a chain, first in a sequence',
    (o) => {
      const chain = new ChainedScheduler([warmUp(o), new ExponentialLR(o, 0.5)]);
      return new SequentialLR(o, [chain, new StepLR(o, 2)], [3]);
    },
    [0.5, 0.25, 0.25, 1, 1, 0.1],
  ],
  [
    'a chain, second in a sequence',
    (o) => {
      const chain = new ChainedScheduler([warmUp(o), new ExponentialLR(o, 0.5)]);
      return new SequentialLR(o, [new StepLR(o, 1), chain], [2]);
    },
    [1, 0.1, 0.5, 0.25, 0.25, 0.125],
  ],
  [
    'a sequence in a sequence',
    (o) => {
      const first = new SequentialLR(o, [warmUp(o), new StepLR(o, 1)], [2]);
      const second = new SequentialLR(o, [new ConstantLR(o, { factor: 0.25 }), new ExponentialLR(o, 0.5)], [2]);
      return new SequentialLR(o, [first, second], [4]);
    },
    [0.5, 0.5, 1, 0.1, 0.25, 0.25, 1, 0.5],
  ],
  [
    'a sequence in a chain',
    (o) => {
      const sequence = new SequentialLR(o, [warmUp(o), new ExponentialLR(o, 0.5)], [2]);
      return new ChainedScheduler([sequence, new StepLR(o, 10)]);
    },
    [0.5, 0.5, 1, 0.5],
  ],
];

test.each(cases)('%s', (_, make, expected) => {
  const optimizer = sgd();
  expect(expected).toEqual(rates(optimizer, make(optimizer), expected.length - 1));
});

describe('refused', () => {
  const optimizer = sgd();
  const [a, b] = [new StepLR(optimizer, 1), new StepLR(optimizer, 1)];
  const other = new StepLR(sgd(), 1);
  const plateau = new ReduceLROnPlateau(optimizer) as never;
  const wrong: readonly (readonly [string, () => unknown, string])[] = [
    ['no schedules', () => new ChainedScheduler([]), '[ChainedScheduler] got  where a list of schedules belongs'],
    ['no list', () => new ChainedScheduler(a as never), '[ChainedScheduler] got [object Object] where a list'],
    ['other optimisers', () => new ChainedScheduler([a, other]), 'schedulers[1], StepLR, is of another optimiser'],
    [
      'an optimiser',
      () => new ChainedScheduler([a, optimizer as never]),
      'schedulers[1], SGD, is no schedule that steps',
    ],
    ['a plateau', () => new ChainedScheduler([plateau]), 'ReduceLROnPlateau is stepped by itself'],
    [
      'a plateau',
      () => new SequentialLR(optimizer, [a, plateau], [1]),
      '[SequentialLR] schedulers[1], ReduceLROnPlateau',
    ],
    [
      'other optimisers',
      () => new SequentialLR(optimizer, [other], []),
      '[SequentialLR] schedulers[0], StepLR, is of another',
    ],
    [
      'milestones',
      () => new SequentialLR(optimizer, [a, b], []),
      'got 0 milestones for 2 schedules; there is one between',
    ],
    [
      'a number',
      () => new SequentialLR(optimizer, [a, b], 3 as never),
      '[SequentialLR] milestones must be a list of numbers',
    ],
    [
      'backwards',
      () => new SequentialLR(optimizer, [a, b, a], [3, 2]),
      'milestones[1] must be a whole number of at least 3',
    ],
    [
      'fractions',
      () => new SequentialLR(optimizer, [a, b], [0.5]),
      'milestones[0] must be a whole number of at least 0',
    ],
  ];
  test.each(wrong)('%s', (_, make, message) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});
