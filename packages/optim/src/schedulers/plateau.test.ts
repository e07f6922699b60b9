/** Rates that fall on a plateau, beside a plain account of the rule; PyTorch's own are compared in apps/goldens. */
import '@nn/autograd';
import { ValueError } from '@nn/backend';
import { type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { SGD } from '../index.ts';
import { ReduceLROnPlateau } from './plateau.ts';

const leaf = (): Tensor => zeros([1], { requiresGrad: true });
const sgd = (): SGD => new SGD([{ params: [leaf()] }, { params: [leaf()], lr: 0.5 }], { lr: 1 });

type Options = ConstructorParameters<typeof ReduceLROnPlateau>[1];

const runs: readonly (readonly [string, Options, readonly number[], readonly number[]])[] = [
  ['patience', { patience: 2 }, [3, 3, 3, 3, 3], [1, 1, 1, 0.1, 0.1]],
  ['no patience', { patience: 0, factor: 0.5 }, [3, 3, 2, 2, 2], [1, 0.5, 0.5, 0.25, 0.125]],
  ['what counts as better', { patience: 0, threshold: 0.1 }, [1, 0.95, 0.89, 0.8], [1, 0.1, 0.1, 0.1]],
  ['in units', { patience: 0, threshold: 1, thresholdMode: 'abs' }, [9, 8.5, 7.5, 6.6], [1, 0.1, 0.1, 0.01]],
  ['max', { mode: 'max', patience: 0, threshold: 0.1 }, [1, 1.05, 1.2, 1.1], [1, 0.1, 0.1, 0.01]],
  ['max in units', { mode: 'max', patience: 0, threshold: 1, thresholdMode: 'abs' }, [1, 1.5, 2.5], [1, 0.1, 0.1]],
  ['a pause', { patience: 0, cooldown: 2, factor: 0.5 }, [1, 1, 1, 1, 1, 1], [1, 0.5, 0.5, 0.5, 0.25, 0.25]],
  ['a least rate', { patience: 0, minLr: 0.05 }, [1, 1, 1, 1], [1, 0.1, 0.05, 0.05]],
  ['no tiny changes', { patience: 0, factor: 0.5, eps: 0.2 }, [1, 1, 1, 1], [1, 0.5, 0.25, 0.25]],
  ['NaN is no improvement', { patience: 1 }, [1, Number.NaN, Number.NaN, 0.5], [1, 1, 0.1, 0.1]],
  ['NaN first', { patience: 0 }, [Number.NaN, 1], [0.1, 0.1]],
];

test.each(runs)('%s', (_, options, metrics, expected) => {
  const optimizer = sgd();
  const scheduler = new ReduceLROnPlateau(optimizer, options);
  expect(scheduler.getLastLr()).toEqual([1, 0.5]);
  const seen = metrics.map((metric) => {
    scheduler.step(metric);
    expect(scheduler.getLastLr()).toEqual(optimizer.paramGroups.map(({ lr }) => lr));
    return optimizer.paramGroups[0]!.lr;
  });
  expect(seen).toEqual(expected.map((rate) => expect.closeTo(rate, 12)));
  expect(scheduler.lastEpoch).toBe(metrics.length);
});

test('goes on from its state, that was text in between, at any step', () => {
  const metrics = [3, 2, 2.5, 2.4, 2.2, 1, 1.1, 1.2, 1.3, 1.4, 0.9, 0.95, 1];
  const options = { patience: 1, cooldown: 1, factor: 0.5, minLr: [0.01, 0.2] } as const;
  const whole = sgd();
  const scheduler = new ReduceLROnPlateau(whole, options);
  const seen = metrics.map((metric) => {
    scheduler.step(metric);
    return scheduler.getLastLr();
  });
  for (let cut = 0; cut < metrics.length; cut++) {
    const first = sgd();
    const before = new ReduceLROnPlateau(first, options);
    for (const metric of metrics.slice(0, cut)) before.step(metric);
    const [optimizerState, state] = JSON.parse(JSON.stringify([first.stateDict(), before.stateDict()]));
    const second = sgd();
    const after = new ReduceLROnPlateau(second);
    second.loadStateDict(optimizerState);
    after.loadStateDict(state);
    expect([after.best, after.numBadEpochs, after.getLastLr()]).toEqual([
      before.best,
      before.numBadEpochs,
      before.getLastLr(),
    ]);
    for (const [i, metric] of metrics.slice(cut).entries()) {
      after.step(metric);
      expect(after.getLastLr()).toEqual(seen[cut + i]);
    }
  }
});

describe('refused', () => {
  const bad = (value: unknown): never => value as never;
  const make = (options: Options) => () => new ReduceLROnPlateau(sgd(), options);
  const state = new ReduceLROnPlateau(sgd()).stateDict();
  const load = (changed: object) => () => new ReduceLROnPlateau(sgd()).loadStateDict({ ...state, ...changed });
  const wrong: readonly (readonly [string, () => unknown, string])[] = [
    [
      'a tensor',
      () => new ReduceLROnPlateau(sgd()).step(bad(tensor(0.5))),
      '[ReduceLROnPlateau.step] got a tensor where the metric, a number, belongs: give await loss.item()',
    ],
    [
      'nothing',
      () => new ReduceLROnPlateau(sgd()).step(bad(undefined)),
      '[ReduceLROnPlateau.step] got undefined where',
    ],
    ['a factor of 1', make({ factor: 1 }), '[ReduceLROnPlateau] factor must be less than 1, got 1'],
    ['a factor of 2', make({ factor: 2 }), 'factor must be a number from 0 to 1, got 2'],
    ['a mode', make({ mode: bad('least') }), "[ReduceLROnPlateau] mode must be one of 'min', 'max', got least"],
    ['a threshold mode', make({ thresholdMode: bad('x') }), "thresholdMode must be one of 'rel', 'abs', got x"],
    ['patience', make({ patience: 0.5 }), '[ReduceLROnPlateau] patience must be a whole number of at least 0, got 0.5'],
    ['least rates', make({ minLr: [0.1] }), '[ReduceLROnPlateau] minLr has 1 values, the optimiser 2 groups'],
    ['another state', load({ numBadEpochs: 'x' }), 'numBadEpochs must be a whole number of at least 0, got x'],
    ['another best', load({ best: 'x' }), '[ReduceLROnPlateau.loadStateDict] best must be a number, got x'],
    ['a bad factor', load({ factor: 3 }), 'factor must be a number from 0 to 1, got 3'],
  ];
  test.each(wrong)('%s', (_, run, message) => {
    expect(run).toThrow(ValueError);
    expect(run).toThrow(message);
  });

  test('one that lacks something', () => {
    const { best: _, ...partial } = state;
    expect(() => new ReduceLROnPlateau(sgd()).loadStateDict(bad(partial))).toThrow(
      'the state has no best but lastEpoch',
    );
  });
});
