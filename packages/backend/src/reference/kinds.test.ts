/** The kinds on small examples whose results are written out. */
import { describe, expect, it } from 'vitest';
import { room, runKernel, type TestOperand } from '../../test/run-kernel.ts';
import type { DType } from '../dtype.ts';
import { IndexError } from '../errors.ts';
import type {
  ConvKernel,
  GatherKernel,
  MapKernel,
  MatmulKernel,
  Operand,
  ReduceKernel,
  ScanKernel,
  ScatterKernel,
  SortKernel,
} from '../kernel.ts';
import { add, div, exp, max, mul, same, sub } from '../scalar/core.ts';
import { coordinate, input, scalar } from '../scalar/expression.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const [x, y] = [input(0, 'f32'), input(1, 'f32')];
const dense = (dtype: DType = 'float32'): Operand => ({ dtype, access: 'contiguous' });
const strided = (dtype: DType = 'float32'): Operand => ({ dtype, access: 'strided' });
const floats = (...data: number[]): TestOperand => ({ data });
const integers = (...data: number[]): TestOperand => ({ dtype: 'int64', data });

describe('map', () => {
  const kernel = (inputs: number, expression = add(x, y), dtype: DType = 'float32'): MapKernel => ({
    kind: 'map',
    rank: 1,
    inputs: Array.from({ length: inputs }, () => strided()),
    outputs: [{ ...strided(dtype), expression, overwrites: -1 }],
    scalars: 0,
  });

  it('walks every operand by its own strides', () => {
    const backwards = { data: [1, 2, 3], strides: [-1], offset: 2 };
    const one = { data: [9, 100], strides: [0], offset: 1 };
    expect(
      runKernel(kernel(2), { sizes: [3], operands: [{ data: [0, 0, 0, 0, 0], strides: [2] }, backwards, one] }),
    ).toEqual([[103, 0, 102, 0, 101]]);
  });

  it('goes over more elements than a block holds', () => {
    const n = 2500;
    const [out] = runKernel({ ...kernel(0, coordinate, 'int32') }, { sizes: [n], operands: [room('int32', n)] });
    expect(out).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it('takes run-time scalars', () => {
    const scaled = { ...kernel(1, mul(x, scalar(0, 'f32'))), scalars: 1 };
    expect(runKernel(scaled, { sizes: [2], scalars: [0.5], operands: [floats(0, 0), floats(3, 5)] })).toEqual([
      [1.5, 2.5],
    ]);
  });

  it('stores the low eight bits in uint8', () => {
    const sum = {
      ...kernel(2, add(input(0, 'i32'), input(1, 'i32')), 'uint8'),
      inputs: [dense('uint8'), dense('uint8')],
    };
    const bytes = (...data: number[]): TestOperand => ({ dtype: 'uint8', data });
    expect(runKernel(sum, { sizes: [2], operands: [bytes(0, 0), bytes(200, 3), bytes(100, 4)] })).toEqual([[44, 7]]);
  });
});

describe('reduce', () => {
  const kernel = (combine: ReduceKernel['combine'], rank = 0, dtype: DType = 'float32'): ReduceKernel => ({
    kind: 'reduce',
    rank,
    reducedRank: 1,
    inputs: [strided()],
    output: dense(combine.startsWith('arg') ? 'int64' : dtype),
    combine,
    body: x,
    epilogue: x,
    scalars: 0,
  });
  const over = (combine: ReduceKernel['combine'], ...data: number[]): number =>
    runKernel(kernel(combine), {
      sizes: [data.length],
      operands: [room(combine.startsWith('arg') ? 'int64' : 'float32', 1), floats(...data)],
    })[0]![0]!;

  it('combines', () => {
    expect(over('sum', 1, 2, 4)).toBe(7);
    expect(over('product', 2, -3, 4)).toBe(-24);
    expect(over('max', 2, 9, 4)).toBe(9);
    expect(over('min', 2, nan, 4)).toBe(nan);
  });

  it('gives the identity for nothing', () => {
    expect(over('sum')).toBe(0);
    expect(over('product')).toBe(1);
    expect(over('max')).toBe(-inf);
    expect(over('min')).toBe(inf);
  });

  it('finds the first extreme, and the first NaN before it', () => {
    expect(over('argmax', 1, 5, 5, 2)).toBe(1);
    expect(over('argmin', 3, -inf, 7, -inf)).toBe(1);
    expect(over('argmax', 1, nan, 5, nan)).toBe(1);
    expect(over('argmax', -inf, -inf)).toBe(0);
  });

  it('adds in double precision', () => {
    expect(over('sum', 1e8, 1, 1, 1, 1, -1e8)).toBe(4);
  });

  it('reduces along any dimension', () => {
    const columns: TestOperand = { data: [1, 2, 3, 4, 5, 6], strides: [1, 3] };
    expect(runKernel(kernel('sum', 1), { sizes: [3, 2], operands: [room('float32', 3), columns] })).toEqual([
      [5, 7, 9],
    ]);
  });
});

describe('gather and scatter', () => {
  const gather: GatherKernel = {
    kind: 'gather',
    rank: 1,
    dtype: 'float32',
    source: strided(),
    indices: [dense('int64')],
    output: dense(),
  };
  const scatter = (combine: ScatterKernel['combine']): ScatterKernel => ({
    kind: 'scatter',
    rank: 1,
    dtype: 'float32',
    value: dense(),
    indices: [dense('int64')],
    output: strided(),
    combine,
  });
  const source: TestOperand = { data: [10, 20, 30], strides: [0] };

  it('gathers, from the end too', () => {
    const operands = [room('float32', 4), source, integers(2, -1, 0, -3)];
    expect(runKernel(gather, { sizes: [4], extents: [3, 1], operands })).toEqual([[30, 30, 10, 10]]);
  });

  it('scatters one after the other', () => {
    const launch = (combine: ScatterKernel['combine'], value: readonly number[]): number[][] =>
      runKernel(scatter(combine), {
        sizes: [4],
        extents: [3, 1],
        operands: [source, { data: value }, integers(1, 1, -1, 1)],
      });
    expect(launch('replace', [1, 2, 3, 4])).toEqual([[10, 4, 3]]);
    expect(launch('sum', [1, 2, 3, 4])).toEqual([[10, 27, 33]]);
    expect(launch('product', [1, 2, 3, 4])).toEqual([[10, 160, 90]]);
    expect(launch('max', [21, 2, 3, nan])).toEqual([[10, nan, 30]]);
    // Each step is rounded to float32: 20 + 1e9 loses the 20.
    expect(launch('sum', [1e9, -1e9, 0, 1])).toEqual([[10, 1, 30]]);
  });

  it('refuses indices out of range, in the words of PyTorch, before anything is written', () => {
    const target: TestOperand = { data: [10, 20, 30], strides: [0] };
    const run = (index: number): unknown =>
      runKernel(scatter('sum'), {
        sizes: [2],
        extents: [3, 1],
        label: 'indexAdd',
        operands: [target, floats(1, 2), integers(0, index)],
      });
    expect(() => run(5)).toThrow(IndexError);
    expect(() => run(5)).toThrow('[indexAdd] index 5 is out of bounds for dimension with size 3');
    expect(() => run(-4)).toThrow('[indexAdd] index -4 is out of bounds for dimension with size 3');
  });
});

describe('matmul', () => {
  const kernel: MatmulKernel = {
    kind: 'matmul',
    rank: 0,
    dtype: 'float32',
    left: 'rows',
    right: 'rows',
    extras: [],
    epilogue: x,
    scalars: 0,
  };

  it('multiplies, whatever the layout', () => {
    const [left, right] = [
      { data: [1, 2, 3, 4], sizes: [2, 2] },
      { data: [5, 6, 7, 8], sizes: [2, 2] },
    ];
    expect(runKernel(kernel, { sizes: [2, 2, 2], operands: [room('float32', 2, 2), left, right] })).toEqual([
      [19, 22, 43, 50],
    ]);
    const transposed = { ...right, strides: [1, 2] };
    expect(runKernel(kernel, { sizes: [2, 2, 2], operands: [room('float32', 2, 2), left, transposed] })).toEqual([
      [17, 23, 39, 53],
    ]);
  });

  it('adds a bias before it stores', () => {
    const biased = { ...kernel, extras: [strided()], epilogue: max(add(x, y), same(0, x)) };
    const operands = [
      room('float32', 2, 1),
      { data: [1, 2, 3, 4], sizes: [2, 2] },
      { data: [1, -1], sizes: [2, 1] },
      { data: [0.5], strides: [0, 0] },
    ];
    expect(runKernel(biased, { sizes: [2, 1, 2], operands })).toEqual([[0, 0]]);
  });

  it('adds in double precision, and wraps integers', () => {
    const row = (dtype: DType, ...data: number[]): TestOperand => ({ dtype, data, sizes: [1, data.length] });
    const column = (dtype: DType, ...data: number[]): TestOperand => ({ dtype, data, sizes: [data.length, 1] });
    const operands = [room('float32', 1, 1), row('float32', 1e8, 1, -1e8), column('float32', 1, 1, 1)];
    expect(runKernel(kernel, { sizes: [1, 1, 3], operands })).toEqual([[1]]);
    const wrapping = { ...kernel, dtype: 'int32' as const, epilogue: input(0, 'i32') };
    const whole = [room('int32', 1, 1), row('int32', 2147483647, 1), column('int32', 3, 5)];
    // 3 · (2^31 - 1) + 5 = 2^32 + 2^31 + 2
    expect(runKernel(wrapping, { sizes: [1, 1, 2], operands: whole })).toEqual([[-2147483646]]);
  });
});

describe('conv', () => {
  const kernel = (role: ConvKernel['role'], spatialRank = 2): ConvKernel => ({
    kind: 'conv',
    role,
    spatialRank,
    dtype: 'float32',
    bias: false,
    epilogue: x,
    scalars: 0,
  });
  const image = { data: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
  const window = { data: [1, 0, 0, -1] };
  const sizes = [1, 1, 3, 3, 1, 1, 2, 2, 1, 1, 2, 2];
  const extents = [1, 1, 0, 0, 1, 1, 0, 0, 1];

  it('correlates, as PyTorch does', () => {
    expect(runKernel(kernel('forward'), { sizes, extents, operands: [room('float32', 4), image, window] })).toEqual([
      [-4, -4, -4, -4],
    ]);
  });

  it('gives each input what its windows weigh', () => {
    const dy = { data: [1, 2, 3, 4] };
    expect(runKernel(kernel('inputGradient'), { sizes, extents, operands: [room('float32', 9), dy, window] })).toEqual([
      [1, 2, 0, 3, 3, -2, 0, -3, -4],
    ]);
    expect(runKernel(kernel('weightGradient'), { sizes, extents, operands: [room('float32', 4), dy, image] })).toEqual([
      [37, 47, 67, 77],
    ]);
  });

  it('pads, strides and dilates', () => {
    // Padded it is 0 0 1 2 3 4 5 0; the two taps are two apart, and so are the windows.
    const sizes1 = [1, 1, 5, 1, 1, 2, 1, 1, 3];
    const operands = [room('float32', 3), { data: [1, 2, 3, 4, 5] }, floats(1, 10)];
    expect(runKernel(kernel('forward', 1), { sizes: sizes1, extents: [1, 2, 2, 1, 2], operands })).toEqual([
      [10, 31, 53],
    ]);
  });

  it('keeps groups apart', () => {
    const sizes1 = [1, 2, 2, 2, 1, 1, 1, 2, 2];
    const operands = [room('float32', 4), { data: [1, 2, 3, 4] }, floats(10, 100)];
    expect(runKernel(kernel('forward', 1), { sizes: sizes1, extents: [2, 1, 0, 0, 1], operands })).toEqual([
      [10, 20, 300, 400],
    ]);
  });
});

describe('scan', () => {
  const kernel = (combine: ScanKernel['combine'], reverse = false, indices = false): ScanKernel => ({
    kind: 'scan',
    rank: 0,
    input: dense(),
    output: dense(),
    combine,
    reverse,
    indices,
  });
  const over = (own: ScanKernel, ...data: number[]): number[][] => {
    const n = data.length;
    const outputs = own.indices ? [room('float32', n), room('int64', n)] : [room('float32', n)];
    return runKernel(own, { sizes: [n], outputs: outputs.length, operands: [...outputs, floats(...data)] });
  };

  it('runs forwards and backwards', () => {
    expect(over(kernel('sum'), 1, 2, 3)).toEqual([[1, 3, 6]]);
    expect(over(kernel('sum', true), 1, 2, 3)).toEqual([[6, 5, 3]]);
    expect(over(kernel('product'), 2, 3, -4)).toEqual([[2, 6, -24]]);
    expect(over(kernel('min'), 2, nan, 1)).toEqual([[2, nan, nan]]);
  });

  it('says where the extreme came from: the last of equals, and of NaNs', () => {
    expect(over(kernel('max', false, true), 1, 3, 3, 2)).toEqual([
      [1, 3, 3, 3],
      [0, 1, 2, 2],
    ]);
    expect(over(kernel('max', false, true), 1, nan, 3, nan)).toEqual([
      [1, nan, nan, nan],
      [0, 1, 1, 3],
    ]);
    expect(over(kernel('min', true, true), 2, 1, 1, 3)).toEqual([
      [1, 1, 1, 3],
      [1, 1, 2, 3],
    ]);
  });
});

describe('sort', () => {
  const kernel = (descending: boolean): SortKernel => ({ kind: 'sort', rank: 0, input: dense(), descending });
  const over = (descending: boolean, ...data: number[]): number[][] => {
    const n = data.length;
    return runKernel(kernel(descending), {
      sizes: [n],
      outputs: 2,
      operands: [room('float32', n), room('int64', n), floats(...data)],
    });
  };

  it('keeps equals in order, in both directions', () => {
    expect(over(false, 2, 1, 2, 1)).toEqual([
      [1, 1, 2, 2],
      [1, 3, 0, 2],
    ]);
    expect(over(true, 2, 1, 2, 1)).toEqual([
      [2, 2, 1, 1],
      [0, 2, 1, 3],
    ]);
  });

  it('takes NaN for the largest, and both zeros for equal', () => {
    expect(over(false, nan, inf, 1)).toEqual([
      [1, inf, nan],
      [2, 1, 0],
    ]);
    expect(over(true, 1, nan, inf, nan)).toEqual([
      [nan, nan, inf, 1],
      [1, 3, 2, 0],
    ]);
    expect(over(false, 0, -0, 0)).toEqual([
      [0, -0, 0],
      [0, 1, 2],
    ]);
  });
});

describe('rows', () => {
  it('softmax: a maximum, a sum that reads it, a map that reads both', () => {
    const [largest, sum] = [input(1, 'f32'), input(2, 'f32')];
    const shifted = exp(sub(x, largest));
    const [out, sums] = runKernel(
      {
        kind: 'rows',
        rank: 1,
        inputs: [dense()],
        reductions: [
          { combine: 'max', body: x },
          { combine: 'sum', body: shifted },
        ],
        outputs: [
          { dtype: 'float32', expression: div(shifted, sum), perRow: false },
          { dtype: 'float32', expression: largest, perRow: true },
        ],
        scalars: 0,
      },
      {
        sizes: [2, 2],
        outputs: 2,
        operands: [room('float32', 2, 2), room('float32', 2), { data: [1, 1, 1000, 0], sizes: [2, 2] }],
      },
    );
    expect(out).toEqual([0.5, 0.5, 1, 0]);
    expect(sums).toEqual([1, 1000]);
  });
});
