/** Derivatives of recurrent layers: against differences, and of the fast way against the unrolled one; what they launch, and that they give back what they take. */
import '@nn/tensor/methods';
import { expectNoLeaks, grad, gradcheck, gradgradcheck, noGrad } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { getBackend, manualSeed, memory, randn, setBackend, stack, type Tensor, tensor, zeros } from '@nn/tensor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GRU, GRUCell, LSTM, LSTMCell, type Module, RNN, RNNCell } from '../../index.ts';
import { gruStep } from './gru-step.ts';
import { lstmStep } from './lstm-step.ts';
import { rnnSteps } from './rnn-step.ts';
import { Sequence } from './sequence.ts';
import { type Given, unroll } from './unroll.ts';

const initial = getBackend();
beforeEach(() => void manualSeed(3));
afterEach(() => setBackend(initial));

type Layer = RNN | LSTM | GRU;
type Options = NonNullable<ConstructorParameters<typeof LSTM>[2]> & { readonly nonlinearity?: 'tanh' | 'relu' };
const makers = {
  RNN: (options: Options = {}, sizes: readonly [number, number] = [3, 4]) => new RNN(...sizes, options),
  LSTM: (options: Options = {}, sizes: readonly [number, number] = [3, 4]) => new LSTM(...sizes, options),
  GRU: (options: Options = {}, sizes: readonly [number, number] = [3, 4]) => new GRU(...sizes, options),
} as const;
type Name = keyof typeof makers;
const names = Object.keys(makers) as Name[];

/** Output and last states in one list, whatever the layer. */
const call = (layer: Layer, input: Tensor, hx: readonly Tensor[] = []): Tensor[] =>
  layer instanceof LSTM
    ? layer.forward(input, hx.length === 0 ? null : [hx[0]!, hx[1]!]).flat()
    : layer.forward(input, hx[0] ?? null);

const double = (...shape: number[]): Tensor => randn(shape, { dtype: 'float64' }) as Tensor;

const close = (actual: unknown, wanted: unknown): void => {
  const [a, b] = [[actual].flat(9) as number[], [wanted].flat(9) as number[]];
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 12);
  });
};

/** A layer as a function of everything that it computes with. */
const asFunction =
  (layer: Module, run: (...inputs: Tensor[]) => readonly Tensor[]) =>
  (...all: Tensor[]): readonly Tensor[] => {
    const fields = layer as unknown as Record<string, unknown>;
    const named = layer.namedParameters();
    const own = all.slice(all.length - named.length);
    named.forEach(([name], i) => {
      fields[name] = own[i];
    });
    const out = run(...all.slice(0, all.length - named.length));
    named.forEach(([name, parameter]) => {
      fields[name] = parameter;
    });
    return out;
  };

describe('derivatives', () => {
  const cases: readonly (readonly [Name, Options])[] = [
    ['RNN', {}],
    ['RNN', { batchFirst: true, bidirectional: true, bias: false }],
    ['LSTM', {}],
    ['LSTM', { batchFirst: true, bidirectional: true, bias: false }],
    ['LSTM', { projSize: 1 }],
    ['GRU', {}],
    ['GRU', { batchFirst: true, bidirectional: true, bias: false }],
  ];
  it.each(cases)('of %s %j, first and second, are those of differences', async (name, options) => {
    const layer = makers[name]({ ...options, dtype: 'float64' }, [2, 2]);
    const count = options.bidirectional ? 2 : 1;
    const h = double(count, 2, options.projSize ?? 2);
    const states = name === 'LSTM' ? [h, double(count, 2, 2)] : [h];
    const f = asFunction(layer, (x, ...hx) => call(layer, x!, hx));
    const inputs = [double(...(options.batchFirst ? [2, 3, 2] : [3, 2, 2])), ...states, ...layer.parameters()];
    const values = inputs.map((t) => t.detach());
    expect(await gradcheck(f, values)).toBe(true);
    expect(await gradgradcheck(f, values)).toBe(true);
  });

  it.each(['RNNCell', 'LSTMCell', 'GRUCell'] as const)('of %s, first and second', async (name) => {
    const options = { dtype: 'float64' } as const;
    const cell = {
      RNNCell: new RNNCell(2, 3, options),
      LSTMCell: new LSTMCell(2, 3, options),
      GRUCell: new GRUCell(2, 3, options),
    }[name];
    const f = asFunction(cell, (x, h, c) =>
      [cell.forward(x!, (cell instanceof LSTMCell ? [h!, c!] : h!) as never)].flat(),
    );
    const states = cell instanceof LSTMCell ? [double(2, 3), double(2, 3)] : [double(2, 3)];
    const values = [double(2, 2), ...states, ...cell.parameters().map((p) => p.detach())];
    expect(await gradcheck(f, values)).toBe(true);
    expect(await gradgradcheck(f, values)).toBe(true);
  });

  it('of relu are 0 where it is', async () => {
    const layer = new RNN(2, 3, { nonlinearity: 'relu', dtype: 'float64' });
    expect(await gradcheck((x) => layer.forward(x!), [double(3, 2, 2)])).toBe(true);
  });

  it('of a state that comes from the input are not counted twice', async () => {
    const layer = new LSTM(3, 3, { dtype: 'float64' });
    const f = (x: Tensor): Tensor[] => {
      const h = x.narrow(0, 0, 1).tanh() as Tensor;
      return layer.forward(x, [h, h.mul(x.narrow(0, 1, 1)) as Tensor]).flat();
    };
    expect(await gradcheck(f, [double(2, 2, 3)])).toBe(true);
    expect(await gradgradcheck(f, [double(2, 2, 3)])).toBe(true);
  });

  it.each(names)(
    'of an output do not hold those of the last states, which are outputs beside it (%s)',
    async (name) => {
      for (const bidirectional of [false, true])
        for (const shape of [
          [3, 2, 3],
          [3, 3],
        ]) {
          const layer = makers[name]({ numLayers: 2, bidirectional });
          const [output, last] = call(layer, randn(shape) as Tensor) as [Tensor, Tensor];
          output.retainGrad();
          output.sum().add(last.sum()).backward();
          expect(new Set(((await output.grad!.toArray()) as number[]).flat(2))).toEqual(new Set([1]));
        }
    },
  );

  it.each(names)('of the last states alone (%s), of some inputs alone, and twice', async (name) => {
    const layer = makers[name]({ dtype: 'float64' });
    layer.requiresGrad_(false);
    const x = double(3, 2, 3).requiresGrad_();
    const last = call(layer, x).at(-1)!;
    const loss = last.sum();
    loss.backward(undefined, { retainGraph: true });
    const once = await x.grad!.toArray();
    loss.backward();
    close(
      await x.grad!.toArray(),
      await tensor(once as number[][][], { dtype: 'float64' })
        .mul(2)
        .toArray(),
    );
    expect(layer.parameters().every((p) => p.grad === null)).toBe(true);
    expect(() => loss.backward()).toThrow(
      /^\[(RNN|LSTM|GRU)\] the saved tensors were freed by an earlier backward; detach\(\) what comes from before it/,
    );
  });
});

const kinds = [rnnSteps.tanh, rnnSteps.relu, lstmStep, gruStep];
const extents = [
  [5, 3],
  // Of many steps of few rows: the weights are turned first.
  [9, 2],
] as const;
const ways = kinds.flatMap((kind, k) =>
  [false, true].flatMap((reverse) =>
    ([0, 1] as const).flatMap((time) =>
      extents.map((extent) => [`${kind.name} ${k}`, time, reverse, ...extent, { kind, time, reverse }] as const),
    ),
  ),
);

it.each(ways)(
  '%s, time in dimension %i, reverse %s, %i steps of %i rows: the fast way gives what the unrolled one does',
  async (_, time, __, length, batch, way) => {
    const { kind } = way;
    const [inputs, hidden] = [2, 4];
    const width = kind.gates * hidden;
    for (const bias of [true, false]) {
      const shapes = [
        time === 0 ? [length, batch, inputs] : [batch, length, inputs],
        [batch, hidden],
        kind.hasCell ? [batch, hidden] : null,
        [width, inputs],
        [width, hidden],
        bias ? [width] : null,
        bias ? [width] : null,
      ];
      const values = shapes.map((shape) => (shape === null ? null : double(...shape)));
      const runs = [
        (given: Given) => [...(Sequence.apply(way, ...given) as readonly Tensor[])],
        (given: Given) => unroll(way, given).filter((t) => t !== null),
      ];
      const results = runs.map((run) => {
        const given = values.map((t) => t?.detach().requiresGrad_() ?? null);
        const outs = run(given as unknown as Given);
        manualSeed(1);
        const loss = outs.map((t) => t.mul(double(...t.shape)).sum()).reduce((a, b) => a.add(b)) as Tensor;
        loss.backward();
        return [...outs, ...given.filter((t) => t !== null).map((t) => t.grad!)];
      });
      for (const [i, t] of results[0]!.entries()) close(await t.toArray(), await results[1]![i]!.toArray());
    }
  },
);

/** Launches for each further time step: without gradients, of a tracked forward, of its backward. */
it.each<[Name, number, number, number]>([
  ['RNN', 2, 2, 2],
  ['LSTM', 2, 2, 5],
  ['GRU', 2, 2, 4],
])('%s launches %i, %i and %i kernels a step', (name, plain, forward, backward) => {
  const backend = nullBackend();
  setBackend(backend);
  const layer = makers[name]();
  const launches = (run: () => void): number => {
    const before = backend.counts.total;
    run();
    return backend.counts.total - before;
  };
  const counts = [10, 11].map((length) => {
    layer.zeroGrad();
    const x = zeros([length, 2, 3]) as Tensor;
    let output: Tensor | undefined;
    return [
      launches(() => void noGrad(() => call(layer, x).length)),
      launches(() => {
        output = call(layer, x)[0]!;
      }),
      launches(() => output!.backward(output!.detach())),
    ];
  });
  expect(counts[1]!.map((n, i) => n - counts[0]![i]!)).toEqual([plain, forward, backward]);
});

describe('memory', () => {
  beforeEach(() => setBackend(nullBackend()));
  const live = (): number => memory().live - memory().free;

  /** What each of many steps leaves behind is what the second one did. */
  function expectLevel(step: () => void): void {
    step();
    step();
    const level = live();
    for (let i = 0; i < 100; i++) step();
    expect(live()).toBe(level);
  }

  it.each(names)('a training step of a bidirectional %s of two layers leaves nothing to the collector', (name) => {
    const layer = makers[name]({ numLayers: 2, bidirectional: true, dropout: 0.2 });
    const x = zeros([8, 4, 3]) as Tensor;
    expectLevel(() => {
      const results = call(layer, x);
      const loss = results[0]!.sum();
      loss.backward();
      layer.zeroGrad();
      for (const t of [...results, loss]) t.dispose();
    });
  });

  it.each(names)('nor does %s without gradients', (name) => {
    const layer = makers[name]({ numLayers: 2, batchFirst: true });
    const x = zeros([4, 6, 3]) as Tensor;
    expectLevel(() => {
      noGrad<void>(() => {
        for (const t of call(layer, x)) t.dispose();
      });
    });
  });

  it.each<[string, () => Module]>([
    ['a cell', () => new LSTMCell(3, 4)],
    ['a projection', () => new LSTM(3, 4, { projSize: 2, bidirectional: true })],
  ])('nor does %s, with gradients of all that it gives', (_, make) => {
    const module = make();
    const x = zeros(module instanceof LSTMCell ? [4, 3] : [6, 4, 3]) as Tensor;
    expectLevel(() => {
      const results = [module.forward(x)].flat(2) as Tensor[];
      const sums = results.map((t) => t.sum() as Tensor);
      const all = stack(sums);
      const loss = all.sum() as Tensor;
      loss.backward();
      module.zeroGrad();
      for (const t of [...results, ...sums, all, loss]) t.dispose();
    });
  });

  it('nor do second derivatives in a scope', () => {
    const layer = new LSTM(3, 4);
    const x = zeros([3, 2, 3], { requiresGrad: true }) as Tensor;
    expectNoLeaks(() => {
      const [g] = grad(layer.forward(x)[0].sum(), [x], { createGraph: true });
      g!.mul(g!).sum().backward();
      x.zeroGrad();
      layer.zeroGrad();
    });
  });
});
