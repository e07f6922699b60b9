/** Averages beside PyTorch 1.13's numbers, and formulas; buffers, state, other dtypes and backends; launches and memory; what is refused. */
import { noGrad } from '@nn/autograd';
import { nullBackend, reference, ShapeError, ValueError } from '@nn/backend';
import { equal, manualSeed, memory, ones, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  AveragedModel,
  type AveragedModelOptions,
  BatchNorm1d,
  Dropout,
  getEmaMultiAvgFn,
  getSwaMultiAvgFn,
  Linear,
  Module,
  Parameter,
  ReLU,
  Sequential,
} from '../index.ts';

beforeEach(() => void manualSeed(5));

const line = (dtype: 'float32' | 'float64' | 'float16' = 'float32'): Linear<2, 1> =>
  new Linear(2, 1, { bias: false, dtype });
const set = (t: Tensor, values: number[][]): unknown => noGrad<unknown>(() => t.copy_(tensor(values)));
const close = (values: unknown, digits = 6): unknown =>
  Array.isArray(values) ? values.map((each) => close(each, digits)) : expect.closeTo(values as number, digits);

/** The average after each of four models. */
async function trace(options: AveragedModelOptions): Promise<unknown[]> {
  const model = line();
  const averaged = new AveragedModel(model, line(), options);
  const told: unknown[] = [];
  for (const row of [
    [1, 2],
    [3, -2],
    [4, 10],
    [0.5, 0.25],
  ]) {
    // biome-ignore format: one line
    set(model.weight, [row]);
    averaged.updateParameters(model);
    told.push(await averaged.module.weight.toArray());
  }
  expect(await averaged.n_averaged.item()).toBe(4);
  return told;
}

// PyTorch 1.13: AveragedModel(model), and with avg_fn = lambda a, c, n: .9 * a + .1 * c.
const swa = [[[1, 2]], [[2, 0]], [[2.6666667461395264, 3.3333332538604736]], [[2.125, 2.5625]]];
const ema = [
  [[1, 2]],
  [[1.2000000476837158, 1.5999999046325684]],
  [[1.4800000190734863, 2.43999981880188]],
  [[1.3819999694824219, 2.2209999561309814]],
];

describe('averages', () => {
  it.each<[string, AveragedModelOptions, unknown]>([
    ['plain', {}, swa],
    ['plain, named', { multiAvgFn: getSwaMultiAvgFn() }, swa],
    ['exponential', { multiAvgFn: getEmaMultiAvgFn(0.9) }, ema],
    ['of one tensor at a time', { avgFn: (a, c) => a.mul(0.9).add(c.mul(0.1) as never) as Tensor }, ema],
    ['by the count', { avgFn: (a, c, n) => a.add(c.sub(a as never).div(n.add(1)) as never) as Tensor }, swa],
    ['none', { multiAvgFn: getEmaMultiAvgFn(1) }, Array(4).fill([[1, 2]])],
    ['the last', { multiAvgFn: getEmaMultiAvgFn(0) }, [[[1, 2]], [[3, -2]], [[4, 10]], [[0.5, 0.25]]]],
  ])('%s', async (_, options, expected) => {
    expect(await trace(options)).toEqual(close(expected));
  });

  it('of a hundred steps are the formula', async () => {
    const model = line('float64');
    const averaged = new AveragedModel(model, line('float64'), { multiAvgFn: getEmaMultiAvgFn(0.95) });
    let wanted = 0;
    for (let step = 0; step < 100; step++) {
      const value = Math.sin(step);
      set(model.weight, [[value, -value]]);
      averaged.updateParameters(model);
      wanted = step === 0 ? value : 0.95 * wanted + 0.05 * value;
    }
    // The model's values were float32.
    expect(await averaged.module.weight.toArray()).toEqual(close([[wanted, -wanted]], 7));
  });
});

class Counted extends Module {
  readonly scale = new Parameter(ones([2]));
  mean: Tensor = this.registerBuffer('mean', zeros([2]));
  count: Tensor = this.registerBuffer('count', zeros([], { dtype: 'int64' }));
  seen: Tensor = this.registerBuffer('seen', tensor([false, true]), { persistent: false });
  readonly drop = new Dropout();
  override forward(x: Tensor): Tensor {
    return this.drop.forward(x.mul(this.scale));
  }
}

it('is by functions that work alone, for counts of any dtype', async () => {
  for (const count of [tensor(3n), tensor(3), tensor(3, { dtype: 'float64' })]) {
    const [average, half] = [tensor([4, 8]), tensor([4], { dtype: 'float16' })];
    getSwaMultiAvgFn()([average, half], [tensor([8, 0]), tensor([0])], count);
    expect([await average.toArray(), await half.toArray()]).toEqual([[5, 6], [3]]);
  }
});

describe('the second model', () => {
  it('gets values, modes and what requires grad', async () => {
    const model = new Counted();
    noGrad(() => model.scale.fill_(3));
    model.mean.fill_(4);
    model.scale.requiresGrad_(false);
    model.drop.eval();
    const copy = new Counted();
    const averaged = new AveragedModel(model, copy);
    expect(averaged.module).toBe(copy);
    expect(await copy.scale.toArray()).toEqual([3, 3]);
    expect(await copy.mean.toArray()).toEqual([4, 4]);
    expect([copy.scale.requiresGrad, copy.training, copy.drop.training]).toEqual([false, true, false]);
    expect(await averaged.forward(ones([2])).toArray()).toEqual([3, 3]);
    expectTypeOf(averaged.forward(ones([2]))).toEqualTypeOf<Tensor>();
  });

  it('keeps what it has of gradients, and collects none by updates', () => {
    const model = line();
    const averaged = new AveragedModel(model, line());
    averaged.updateParameters(model);
    averaged.updateParameters(model);
    averaged
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(averaged.module.weight.grad).not.toBe(null);
    expect(model.weight.grad).toBe(null);
  });

  it('may be of another dtype', async () => {
    const model = line('float16');
    const averaged = new AveragedModel(model, line('float32'), { multiAvgFn: getEmaMultiAvgFn(0.999) });
    set(model.weight, [[1, 2]]);
    averaged.updateParameters(model);
    set(model.weight, [[2, 1]]);
    for (let step = 0; step < 10; step++) averaged.updateParameters(model);
    // In float16 the steps would round to nothing.
    expect(await averaged.module.weight.toArray()).toEqual(close([[2 - 0.999 ** 10, 1 + 0.999 ** 10]]));
  });

  it('may be on another backend', async () => {
    const model = line();
    const averaged = new AveragedModel(model, await line().to(reference()));
    for (const row of [
      [1, 2],
      [3, 4],
    ]) {
      // biome-ignore format: one line
      set(model.weight, [row]);
      averaged.updateParameters(model);
    }
    expect(averaged.n_averaged.backend).toBe(averaged.module.weight.backend);
    expect(averaged.n_averaged.backend).not.toBe(model.weight.backend);
    expect(await averaged.module.weight.toArray()).toEqual([[2, 3]]);
  });
});

describe('buffers', () => {
  it.each([
    [false, [8, 8], 9, [true, false]],
    [true, [6, 6], 5, [true, true]],
  ])('useBuffers: %s', async (useBuffers, mean, count, seen) => {
    const model = new Counted();
    const averaged = new AveragedModel(model, new Counted(), { useBuffers });
    for (const [value, n, bools] of [
      [4, 2, [false, true]],
      [8, 9, [true, false]],
    ] as const) {
      // biome-ignore format: one line
      model.mean.fill_(value);
      model.count.fill_(n);
      model.seen = tensor(bools);
      averaged.updateParameters(model);
    }
    expect(await averaged.module.mean.toArray()).toEqual(mean);
    // 5.5, cut.
    expect(await averaged.module.count.item()).toBe(count);
    // What isn't 0 is true.
    expect(await averaged.module.seen.toArray()).toEqual(seen);
  });
});

describe('the state', () => {
  const net = (): Sequential => new Sequential(new Linear(2, 3), new BatchNorm1d(3), new ReLU());

  it('is PyTorch’s, and so is the printed form', () => {
    const averaged = new AveragedModel(net(), net());
    expect(Object.keys(averaged.stateDict())).toEqual([
      'n_averaged',
      'module.0.weight',
      'module.0.bias',
      'module.1.weight',
      'module.1.bias',
      'module.1.running_mean',
      'module.1.running_var',
      'module.1.num_batches_tracked',
    ]);
    expect(averaged.n_averaged.dtype).toBe('int64');
    expect(String(new AveragedModel(new Sequential(new Linear(2, 2)), new Sequential(new Linear(2, 2))))).toBe(
      'AveragedModel(\n  (module): Sequential(\n    (0): Linear(in_features=2, out_features=2, bias=True)\n  )\n)',
    );
  });

  it.each([0, 3])('goes on where it was saved, after %i models', async (saved) => {
    const model = line();
    const rows = [[1, 2], [3, -2], [4, 10], [0.5, 0.25], [7, 7]]; // biome-ignore format: one line
    const whole = new AveragedModel(model, line());
    const update = (averaged: AveragedModel<Linear<2, 1>>, row: number[]): void => {
      set(model.weight, [row]);
      averaged.updateParameters(model);
    };
    for (const row of rows.slice(0, saved)) update(whole, row);
    const calls: number[] = [];
    const resumed = new AveragedModel(model, line(), {
      multiAvgFn: (averaged, current, n) => {
        calls.push(n.itemSync());
        getSwaMultiAvgFn()(averaged, current, n);
      },
    });
    update(resumed, [100, 100]);
    resumed.loadStateDict(whole.stateDict());
    for (const row of rows.slice(saved)) {
      update(whole, row);
      update(resumed, row);
      expect(await equal(resumed.module.weight, whole.module.weight)).toBe(true);
    }
    expect(await resumed.n_averaged.item()).toBe(5);
    expect(calls.slice(1)).toEqual([1, 2, 3, 4].filter((n) => n > saved));
  });
});

it('takes one launch a tensor, and no memory', () => {
  const backend = nullBackend();
  const make = (): Sequential => new Sequential(new Linear(4, 4, { backend }), new BatchNorm1d(4, { backend }));
  const model = make();
  for (const [options, launches] of [
    // Four parameters, three buffers, the count.
    [{}, 8],
    [{ multiAvgFn: getEmaMultiAvgFn() }, 8],
    [{ multiAvgFn: getEmaMultiAvgFn(), useBuffers: true }, 8],
  ] as const) {
    const averaged = new AveragedModel(model, make(), options);
    averaged.updateParameters(model);
    averaged.updateParameters(model);
    const { total } = backend.counts;
    const taken = memory(backend).live - memory(backend).free;
    averaged.updateParameters(model);
    expect(backend.counts.total - total).toBe(launches);
    expect(memory(backend).live - memory(backend).free).toBe(taken);
  }
});

describe('refuses', () => {
  const model = line();
  const Any = AveragedModel as unknown as new (...args: unknown[]) => AveragedModel;

  it.each<[string, unknown[]]>([
    ['got undefined where a second model, made like the first, belongs', [model]],
    ['got [object Object] where a second model, made like the first, belongs', [model, {}]],
    ['got null where the model belongs', [null, model]],
    ['both models share memory; make a second one', [model, model]],
    ['got 0.9 for a function that averages', [model, line(), { avgFn: 0.9 }]],
    ['avgFn and multiAvgFn exclude each other', [model, line(), { avgFn: () => 0, multiAvgFn: () => 0 }]],
  ])('%s', (message, args) => {
    expect(() => new Any(...args)).toThrow(ValueError);
    expect(() => new Any(...args)).toThrow(`[AveragedModel] ${message}`);
  });

  it('models that differ', () => {
    expect(() => new Any(model, new Linear(2, 1))).toThrow(ShapeError);
    expect(() => new Any(model, new Linear(2, 1))).toThrow('has 2 parameters and buffers, the other 1');
    const averaged = new Any(model, line());
    const other = new Linear(3, 1, { bias: false });
    expect(() => averaged.updateParameters(other)).toThrow(
      '[AveragedModel] weight of the averaged model is (1, 2), weight of the other (1, 3); both must be made alike',
    );
    expect(() => averaged.updateParameters(3 as never)).toThrow('[updateParameters] got 3 where the model belongs');
  });

  it.each([-0.1, 1.1, Number.NaN, '0.9' as never])('a decay of %s', (decay) => {
    expect(() => getEmaMultiAvgFn(decay)).toThrow(ValueError);
    expect(() => getEmaMultiAvgFn(decay)).toThrow(
      `[getEmaMultiAvgFn] decay must be a number from 0 to 1, got ${decay}`,
    );
  });
});
