/** Recurrent layers against the equations written out in plain numbers, with every option; states, shapes, modes. */
import '@nn/tensor/methods';
import { manualSeed, ones, randn, type Tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { GRU, GRUCell, LSTM, LSTMCell, RNN, RNNCell } from '../../index.ts';

beforeEach(() => void manualSeed(3));

type Layer = RNN | LSTM | GRU;
type Options = NonNullable<ConstructorParameters<typeof LSTM>[2]> & { readonly nonlinearity?: 'tanh' | 'relu' };
type Numbers = readonly number[];
type Matrix = readonly Numbers[];

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

/** One row through a matrix, plus a bias. */
const times = (w: Matrix, x: Numbers, b: Numbers | undefined): number[] =>
  w.map((row, i) => row.reduce((sum, each, j) => sum + each * x[j]!, b?.[i] ?? 0));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** One sample through all layers, in plain numbers: outputs by time, and the last states of every layer and direction. */
function slowly(
  name: Name,
  state: ReadonlyMap<string, unknown>,
  x: Matrix,
  options: Options,
  initial: readonly Matrix[],
) {
  const { numLayers = 1, bidirectional = false, nonlinearity = 'tanh' } = options;
  const directions = bidirectional ? [false, true] : [false];
  const lasts: number[][][] = initial.map(() => []);
  let input = x.map((row) => [...row]);
  for (let layer = 0; layer < numLayers; layer++) {
    const halves = directions.map((reverse, d) => {
      const of = (part: string): unknown => state.get(`${part}_l${layer}${reverse ? '_reverse' : ''}`);
      const [ih, hh, hr] = [of('weight_ih'), of('weight_hh'), of('weight_hr')] as Matrix[];
      const [bi, bh] = [of('bias_ih'), of('bias_hh')] as Numbers[];
      let [h, c] = initial.map((each) => [...each[layer * directions.length + d]!]) as [number[], number[]];
      const outputs: number[][] = [];
      const order = input.map((_, t) => (reverse ? input.length - 1 - t : t));
      for (const t of order) {
        const [own, back] = [times(ih!, input[t]!, bi), times(hh!, h, bh)];
        const size = ih!.length / { RNN: 1, LSTM: 4, GRU: 3 }[name];
        const gate = (k: number, j: number): number => own[k * size + j]! + back[k * size + j]!;
        const all = Array.from({ length: size }, (_, j) => j);
        if (name === 'RNN')
          h = all.map((j) => (nonlinearity === 'tanh' ? Math.tanh(gate(0, j)) : Math.max(0, gate(0, j))));
        else if (name === 'GRU')
          h = all.map((j) => {
            const [r, z] = [sigmoid(gate(0, j)), sigmoid(gate(1, j))];
            return (1 - z) * Math.tanh(own[2 * size + j]! + r * back[2 * size + j]!) + z * h[j]!;
          });
        else {
          c = all.map((j) => sigmoid(gate(1, j)) * c[j]! + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)));
          h = all.map((j) => sigmoid(gate(3, j)) * Math.tanh(c[j]!));
          if (hr !== undefined) h = times(hr, h, undefined);
        }
        outputs[t] = h;
      }
      lasts[0]!.push(h);
      lasts[1]?.push(c);
      return outputs;
    });
    input = input.map((_, t) => halves.flatMap((half) => half[t]!));
  }
  return { output: input, lasts };
}

const variants: readonly Options[] = [
  {},
  { bias: false },
  { batchFirst: true, numLayers: 2 },
  { bidirectional: true },
  { numLayers: 3, bidirectional: true, batchFirst: true, bias: false },
  { numLayers: 2, bidirectional: true, dropout: 0 },
];
const rows: readonly (readonly [Name, Options])[] = [
  ...names.flatMap((name) => variants.map((options) => [name, options] as const)),
  ['RNN', { nonlinearity: 'relu', numLayers: 2, bidirectional: true }],
  ['LSTM', { projSize: 2 }],
  ['LSTM', { projSize: 3, numLayers: 2, bidirectional: true, batchFirst: true }],
];

/** Initial states of a batch for options. */
const statesFor = (
  name: Name,
  { numLayers = 1, bidirectional = false, projSize = 0 }: Options,
  batch: number,
): Tensor[] => {
  const count = numLayers * (bidirectional ? 2 : 1);
  return name === 'LSTM' ? [double(count, batch, projSize || 4), double(count, batch, 4)] : [double(count, batch, 4)];
};

const close = (actual: unknown, wanted: unknown): void => {
  const [a, b] = [[actual].flat(9) as number[], [wanted].flat(9) as number[]];
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 12);
  });
};

describe.each(rows)('%s %j', (name, options) => {
  const layer = makers[name]({ ...options, dtype: 'float64' });
  const [length, batch] = [4, 2];
  const input = options.batchFirst ? double(batch, length, 3) : double(length, batch, 3);

  it('is its equations', async () => {
    const state = new Map<string, unknown>();
    for (const [key, value] of Object.entries(layer.stateDict())) state.set(key, await value.toArray());
    const given = statesFor(name, options, batch);
    const results = await Promise.all(call(layer, input, given).map((t) => t.toArray()));
    const x = (await (options.batchFirst ? input : input.transpose(0, 1)).toArray()) as number[][][];
    const initial = (await Promise.all(given.map((t) => t.transpose(0, 1).toArray()))) as number[][][][];
    for (let n = 0; n < batch; n++) {
      const wanted = slowly(
        name,
        state,
        x[n]!,
        options,
        initial.map((each) => each[n]!),
      );
      const output = results[0] as number[][][];
      close(options.batchFirst ? output[n] : output.map((step) => step[n]), wanted.output);
      wanted.lasts.forEach((last, i) => {
        close(
          (results[i + 1] as number[][][]).map((each) => each[n]),
          last,
        );
      });
    }
  });

  it('takes zeros for states that are left out, one sequence without a batch, and what does not lie densely', async () => {
    const given = statesFor(name, options, batch).map((t) => zeros(t.shape, { dtype: 'float64' }) as Tensor);
    const results = call(layer, input);
    const wanted = call(layer, input.transpose(0, 1).contiguous().transpose(0, 1) as Tensor, given);
    for (const [i, t] of results.entries()) close(await t.toArray(), await wanted[i]!.toArray());
    const single = call(layer, input.select(options.batchFirst ? 0 : 1, 1) as Tensor);
    expect(single.map((t) => t.ndim)).toEqual(results.map(() => 2));
    close(await single[0]!.toArray(), await results[0]!.select(options.batchFirst ? 0 : 1, 1).toArray());
    for (const [i, t] of single.entries())
      if (i > 0) close(await t.toArray(), await results[i]!.select(1, 1).toArray());
  });
});

describe('cells', () => {
  it('are steps of the layers', async () => {
    for (const name of names) {
      const layer = makers[name]({ dtype: 'float64' });
      const cell = { RNN: RNNCell, LSTM: LSTMCell, GRU: GRUCell }[name];
      const own = new cell(3, 4, { dtype: 'float64' });
      own.loadStateDict(Object.fromEntries(Object.entries(layer.stateDict()).map(([key, t]) => [key.slice(0, -3), t])));
      const x = double(3, 2, 3);
      let state: Tensor | [Tensor, Tensor] | null = null;
      for (let t = 0; t < 3; t++) state = own.forward(x.select(0, t) as Tensor, state as never);
      const wanted = call(layer, x).slice(1);
      for (const [i, t] of [state!].flat().entries()) close(await t.toArray(), await wanted[i]!.toArray());
      const single = [own.forward(x.select(0, 0).select(0, 1) as Tensor)].flat();
      const batch = [own.forward(x.select(0, 0) as Tensor)].flat();
      for (const [i, t] of single.entries()) close(await t.toArray(), await batch[i]!.select(0, 1).toArray());
    }
  });

  it('may be without biases', () => {
    for (const cell of [
      new RNNCell(2, 3, { bias: false }),
      new LSTMCell(2, 3, { bias: false }),
      new GRUCell(2, 3, { bias: false }),
    ]) {
      expect(cell.parameters()).toHaveLength(2);
      expect([cell.forward(ones([4, 2]))].flat().map((t) => t.shape)[0]).toEqual([4, 3]);
    }
  });
});

describe('modes and dtypes', () => {
  it.each(names)('%s drops between layers, in training alone', async (name) => {
    const layer = makers[name]({ numLayers: 2, dropout: 1, dtype: 'float64' });
    const plain = makers[name]({ numLayers: 2, dtype: 'float64' });
    plain.loadStateDict(layer.stateDict());
    const [x, y] = [double(3, 2, 3), double(3, 2, 3)];
    const [first, second] = [call(layer, x)[0]!, call(layer, y)[0]!];
    close(await first.toArray(), await second.toArray());
    layer.eval();
    close(await call(layer, x)[0]!.toArray(), await call(plain, x)[0]!.toArray());
    const half = makers[name]({ numLayers: 2, dropout: 0.5 });
    const z = randn([3, 2, 3]) as Tensor;
    expect(await call(half, z)[0]!.toArray()).not.toEqual(await call(half, z)[0]!.toArray());
  });

  it.each(names)('%s takes no samples, and half precision', async (name) => {
    const empty = makers[name]({ bidirectional: true });
    const results = call(empty, zeros([3, 0, 3]) as Tensor);
    expect(results.map((t) => t.shape)).toEqual([[3, 0, 8], ...results.slice(1).map(() => [2, 0, 4])]);
    results[0]!.sum().backward();
    expect(await empty.parameters()[0]!.grad!.abs().sum().item()).toBe(0);
    const whole = makers[name]();
    const x = randn([3, 2, 3]) as Tensor;
    const wanted = (await call(whole, x)[0]!.toArray()) as number[][][];
    const half = (await call(whole.half(), x.to('float16') as Tensor)[0]!.toArray()) as number[][][];
    for (const [i, value] of half.flat(2).entries()) expect(value).toBeCloseTo(wanted.flat(2)[i]!, 2);
  });

  it('hooks see inputs and results', () => {
    const layer = new GRU(3, 4);
    const shapes: unknown[] = [];
    layer.registerForwardHook((_, [x], out) => {
      shapes.push((x as Tensor).shape, ...(out as Tensor[]).map((t) => t.shape));
    });
    layer.forward(zeros([5, 2, 3]));
    expect(shapes).toEqual([
      [5, 2, 3],
      [5, 2, 4],
      [1, 2, 4],
    ]);
  });

  it('last states are tensors of their own', async () => {
    const [output, hn] = new RNN(3, 4)
      .eval()
      .requiresGrad_(false)
      .forward(ones([2, 1, 3]));
    const before = await output.toArray();
    hn.fill_(7);
    expect(await output.toArray()).toEqual(before);
  });
});

it('prints as PyTorch does', () => {
  const options = { numLayers: 2, dropout: 0.5, bidirectional: true, batchFirst: true, bias: false };
  expect(String(new LSTM(3, 4, { ...options, projSize: 2 }))).toBe(
    'LSTM(3, 4, proj_size=2, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)',
  );
  expect(String(new RNN(3, 4, { nonlinearity: 'relu' }))).toBe('RNN(3, 4)');
  expect(String(new RNNCell(3, 4, { nonlinearity: 'relu', bias: false }))).toBe(
    'RNNCell(3, 4, bias=False, nonlinearity=relu)',
  );
});

it('starts uniform in ±1/√hiddenSize', async () => {
  const layer = new LSTM(50, 16, { numLayers: 2 });
  for (const parameter of layer.parameters()) {
    const largest = await parameter.abs().max().item();
    expect(largest).toBeLessThanOrEqual(0.25);
    expect(largest).toBeGreaterThan(0.2);
  }
});

it('types say what comes back', () => {
  const x = zeros([5, 2, 3]);
  expectTypeOf(new RNN(3, 4).forward(x)).toEqualTypeOf<[output: Tensor, hn: Tensor]>();
  expectTypeOf(new GRU(3, 4).forward(x)).toEqualTypeOf<[output: Tensor, hn: Tensor]>();
  expectTypeOf(new LSTM(3, 4).forward(x)).toEqualTypeOf<[output: Tensor, states: [hn: Tensor, cn: Tensor]]>();
  expectTypeOf(new LSTMCell(3, 4).forward(zeros([2, 3]))).toEqualTypeOf<[h: Tensor, c: Tensor]>();
  expectTypeOf(new GRUCell(3, 4).forward(zeros([2, 3]))).toEqualTypeOf<Tensor>();
  expect(new LSTM(3, 4)['weight_ih_l0']!.shape).toEqual([16, 3]);
  // @ts-expect-error the states of an LSTM are two
  expect(() => new LSTM(3, 4).forward(x, zeros([1, 2, 4]))).toThrow('[LSTM] the initial states are two tensors');
});
