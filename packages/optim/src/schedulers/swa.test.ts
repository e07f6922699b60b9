/** SWALR beside PyTorch 1.13: its rates alone, after other schedules and among them; its state; what is refused. */
import '@nn/autograd';
import { ValueError } from '@nn/backend';
import { zeros } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { type LRScheduler, SGD } from '../index.ts';
import { ChainedScheduler } from './chained.ts';
import { ExponentialLR } from './decay.ts';
import { SequentialLR } from './sequential.ts';
import { SWALR, type SWALROptions } from './swa.ts';

const sgd = (...rates: number[]): SGD =>
  new SGD(
    rates.map((lr) => ({ params: [zeros([1], { requiresGrad: true })], lr })),
    { lr: 1 },
  );

/** The rates of all groups at the start and after each step. */
function trace(optimizer: SGD, scheduler: LRScheduler, steps: number): number[][] {
  const rates = (): number[] => optimizer.paramGroups.map(({ lr }) => lr);
  const told = [rates()];
  for (let step = 0; step < steps; step++) {
    scheduler.step();
    expect(scheduler.getLastLr()).toEqual(rates());
    told.push(rates());
  }
  return told;
}
const near = (rows: readonly (readonly number[])[]): unknown =>
  rows.map((row) => row.map((x) => expect.closeTo(x, 14)));

const linear = (annealEpochs: number): SWALROptions => ({ annealEpochs, annealStrategy: 'linear' });

test.each<[string, number[], number | number[], SWALROptions, number[][]]>([
  [
    'half a cosine',
    [0.4, 0.1],
    0.05,
    {},
    [
      [0.4, 0.1],
      [0.3914348903516519, 0.09877641290737885],
      [0.3665779740156158, 0.0952254248593737],
      [0.3278624191511828, 0.08969463130731184],
      [0.2790779740156158, 0.0827254248593737],
      [0.225, 0.07500000000000001],
      [0.1709220259843842, 0.06727457514062632],
      [0.12213758084881723, 0.06030536869268818],
      [0.0834220259843842, 0.05477457514062632],
      [0.058565109648348115, 0.05122358709262116],
      [0.05, 0.05],
      [0.05, 0.05],
    ],
  ],
  [
    'a line, for each group',
    [0.4, 0.1],
    [0.05, 0.2],
    linear(4),
    [
      [0.4, 0.1],
      [0.31250000000000006, 0.125],
      [0.22500000000000003, 0.15],
      [0.1375, 0.17500000000000002],
      [0.05, 0.2],
      [0.05, 0.2],
    ],
  ],
  ['at once', [0.4], 0.05, { annealEpochs: 0 }, [[0.05], [0.05], [0.05]]],
  ['in one step', [0.4], 0.05, linear(1), [[0.4], [0.05], [0.05]]],
  ['to below zero', [0.4], -0.05, { annealEpochs: 2 }, [[0.4], [0.17500000000000002], [-0.05], [-0.05]]],
])('%s', (_, rates, swaLr, options, expected) => {
  const optimizer = sgd(...rates);
  expect(trace(optimizer, new SWALR(optimizer, swaLr, options), expected.length - 1)).toEqual(near(expected));
});

describe('with other schedules', () => {
  test('one after another in a SequentialLR', () => {
    const optimizer = sgd(0.4);
    const parts = [new ExponentialLR(optimizer, 0.5), new SWALR(optimizer, 0.05, linear(3))];
    expect(trace(optimizer, new SequentialLR(optimizer, parts, [3]), 6)).toEqual(
      near([[0.4], [0.2], [0.1], [0.08333333333333334], [0.06666666666666668], [0.05], [0.05]]),
    );
  });

  test('both at once', () => {
    const optimizer = sgd(0.4);
    const parts = [new ExponentialLR(optimizer, 0.5), new SWALR(optimizer, 0.05, linear(3))];
    expect(trace(optimizer, new ChainedScheduler(parts), 4)).toEqual(
      near([[0.4], [0.15000000000000002], [0.0625], [0.05], [0.05]]),
    );
  });

  test('by hand', () => {
    const optimizer = sgd(0.4);
    const [first, second] = [new ExponentialLR(optimizer, 0.5), new SWALR(optimizer, 0.1, linear(4))];
    trace(optimizer, first, 1);
    expect(trace(optimizer, second, 4)).toEqual(near([[0.2], [0.175], [0.15], [0.125], [0.1]]));
  });
});

test('goes on from its state', () => {
  const whole = sgd(0.4);
  const expected = trace(whole, new SWALR(whole, 0.05), 12);
  const first = sgd(0.4);
  const scheduler = new SWALR(first, 0.05);
  trace(first, scheduler, 5);
  const [optimizerState, state] = JSON.parse(JSON.stringify([first.stateDict(), scheduler.stateDict()]));
  const second = sgd(0.4);
  const resumed = new SWALR(second, 0.3, linear(2));
  resumed.loadStateDict(state);
  second.loadStateDict(optimizerState);
  expect(trace(second, resumed, 7)).toEqual(expected.slice(5));
});

test.each<[string, unknown, unknown]>([
  ['annealStrategy must be one of', 0.1, { annealStrategy: 'x' }],
  ['annealEpochs must be a whole number of at least 0, got -1', 0.1, { annealEpochs: -1 }],
  ['annealEpochs must be a whole number of at least 0, got 1.5', 0.1, { annealEpochs: 1.5 }],
  ['swaLr has 2 values, the optimiser 1 groups', [1, 2], {}],
  ['swaLr must be a number, got undefined', undefined, {}],
  ['got 10 where options belong', 0.1, 10],
])('refuses: %s', (message, swaLr, options) => {
  const make = (): unknown => new SWALR(sgd(0.4), swaLr as number, options as SWALROptions);
  expect(make).toThrow(ValueError);
  expect(make).toThrow(`[SWALR] ${message}`);
});
