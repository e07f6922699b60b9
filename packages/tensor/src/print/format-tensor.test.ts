import { ShapeError } from '@nn/backend';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTensor, type PrintedTensor } from './format-tensor.ts';
import type { PrintOptions } from './print-options.ts';

const defaults: PrintOptions = { precision: 4, threshold: 1000, edgeItems: 3, lineWidth: 80, sciMode: null };
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

type Row = Omit<PrintedTensor, 'options'> & { name: string; options?: Partial<PrintOptions>; lines: readonly string[] };

const range = (length: number, value: (index: number) => number = (index) => index): number[] =>
  Array.from({ length }, (_, index) => value(index));

/** Texts made by PyTorch's own printing routines, run over NumPy arrays: what the golden family leaves out. */
const rows: readonly Row[] = [
  {
    name: 'negative zero is not measured and may stick out',
    data: [1.5, -0],
    shape: [2],
    dtype: 'float32',
    lines: ['tensor([1.5000, -0.0000])'],
  },
  {
    name: 'nothing finite and nonzero: sciMode is not looked at',
    data: [0, -0, nan],
    shape: [3],
    dtype: 'float32',
    options: { sciMode: true },
    lines: ['tensor([0., -0., nan])'],
  },
  {
    name: 'whole numbers beside infinities and nan',
    data: [1, -200, inf, -inf, nan],
    shape: [5],
    dtype: 'float32',
    lines: ['tensor([   1., -200.,   inf,  -inf,   nan])'],
  },
  {
    name: 'sciMode true over whole numbers keeps their width',
    data: [1, -20],
    shape: [2],
    dtype: 'float32',
    options: { sciMode: true },
    lines: ['tensor([1.0000e+00, -2.0000e+01])'],
  },
  {
    name: 'sciMode false over large whole numbers keeps the scientific width',
    data: [1, 1e9],
    shape: [2],
    dtype: 'float64',
    options: { sciMode: false },
    lines: ['tensor([        1., 1000000000.], dtype=torch.float64)'],
  },
  {
    name: 'a ratio of 1000 is still positional',
    data: [1000, 1],
    shape: [2],
    dtype: 'float32',
    lines: ['tensor([1000.,    1.])'],
  },
  {
    name: '1e8 is still positional',
    data: [1e8, 1e8],
    shape: [2],
    dtype: 'float32',
    lines: ['tensor([100000000., 100000000.])'],
  },
  {
    name: 'beyond 1e8 is scientific',
    data: [100000008, 1e8],
    shape: [2],
    dtype: 'float32',
    lines: ['tensor([1.0000e+08, 1.0000e+08])'],
  },
  {
    name: 'exponents of three digits widen the others',
    data: [1e-300, 1],
    shape: [2],
    dtype: 'float64',
    lines: ['tensor([1.0000e-300,  1.0000e+00], dtype=torch.float64)'],
  },
  {
    name: 'precision 0 rounds ties to even and drops the point',
    data: [0.5, 1.5, 2.5],
    shape: [3],
    dtype: 'float32',
    options: { precision: 0 },
    lines: ['tensor([0, 2, 2])'],
  },
  {
    name: 'precision 10 shows the float32 behind the literal',
    data: [Math.fround(0.1)],
    shape: [1],
    dtype: 'float32',
    options: { precision: 10 },
    lines: ['tensor([0.1000000015])'],
  },
  {
    name: 'uint8',
    data: [0, 7, 255],
    shape: [3],
    dtype: 'uint8',
    lines: ['tensor([  0,   7, 255], dtype=torch.uint8)'],
  },
  {
    name: 'only what is shown decides the notation',
    data: [...range(10, () => 1), ...range(1000, () => 1e-5), ...range(10, () => 2)],
    shape: [1020],
    dtype: 'float32',
    lines: ['tensor([1., 1., 1.,  ..., 2., 2., 2.])'],
  },
  {
    name: 'summary of booleans',
    data: range(1001, (index) => Number(index % 3 === 0)),
    shape: [1001],
    dtype: 'bool',
    lines: ['tensor([ True, False, False,  ..., False,  True, False])'],
  },
  {
    name: 'summary of the long dimension only',
    data: range(2002, (index) => (index % 7) - 3),
    shape: [1001, 2],
    dtype: 'float32',
    options: { edgeItems: 2 },
    lines: [
      'tensor([[-3., -2.],',
      '        [-1.,  0.],',
      '        ...,',
      '        [ 0.,  1.],',
      '        [ 2.,  3.]])',
    ],
  },
  {
    name: 'summary of four dimensions',
    data: range(625),
    shape: [5, 5, 5, 5],
    dtype: 'int32',
    options: { threshold: 100, edgeItems: 1 },
    lines: [
      'tensor([[[[  0,  ...,   4],',
      '          ...,',
      '          [ 20,  ...,  24]],',
      '',
      '         ...,',
      '',
      '         [[100,  ..., 104],',
      '          ...,',
      '          [120,  ..., 124]]],',
      '',
      '',
      '        ...,',
      '',
      '',
      '        [[[500,  ..., 504],',
      '          ...,',
      '          [520,  ..., 524]],',
      '',
      '         ...,',
      '',
      '         [[600,  ..., 604],',
      '          ...,',
      '          [620,  ..., 624]]]], dtype=torch.int32)',
    ],
  },
  {
    name: 'five dimensions',
    data: [1, 2],
    shape: [1, 2, 1, 1, 1],
    dtype: 'float32',
    lines: ['tensor([[[[[1.]]],', '', '', '         [[[2.]]]]])'],
  },
  {
    name: 'rows break at lineWidth',
    data: range(14, (index) => Number(index % 3 === 0)),
    shape: [14],
    dtype: 'bool',
    options: { lineWidth: 40 },
    lines: [
      'tensor([ True, False, False,  True,',
      '        False, False,  True, False,',
      '        False,  True, False, False,',
      '         True, False])',
    ],
  },
  {
    name: 'one item a line at least',
    data: [1.25, 2, 3],
    shape: [3],
    dtype: 'float32',
    options: { lineWidth: 1 },
    lines: ['tensor([1.2500,', '        2.0000,', '        3.0000])'],
  },
  {
    name: 'suffixes move to their own line together',
    data: range(9, (index) => index / 4),
    shape: [9],
    dtype: 'float64',
    suffixes: { gradFn: 'AddBackward0' },
    lines: [
      'tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000, 1.2500, 1.5000, 1.7500, 2.0000],',
      '       dtype=torch.float64, grad_fn=<AddBackward0>)',
    ],
  },
  {
    name: 'the last lineWidth at which a suffix stays',
    data: [0, 1, 2],
    shape: [3],
    dtype: 'int32',
    options: { lineWidth: 37 },
    lines: ['tensor([0, 1, 2], dtype=torch.int32)'],
  },
  {
    name: 'the first lineWidth at which a suffix moves',
    data: [0, 1, 2],
    shape: [3],
    dtype: 'int32',
    options: { lineWidth: 36 },
    lines: ['tensor([0, 1, 2],', '       dtype=torch.int32)'],
  },
  {
    name: 'empty: device, then size, then dtype',
    data: [],
    shape: [0, 3],
    dtype: 'bool',
    suffixes: { device: 'webgpu', requiresGrad: false },
    lines: ["tensor([], device='webgpu', size=(0, 3), dtype=torch.bool)"],
  },
  {
    name: 'a single number is never summarised; gradFn goes before requiresGrad',
    data: [3],
    shape: [],
    dtype: 'float32',
    options: { threshold: 0 },
    suffixes: { device: 'webgpu', gradFn: 'MeanBackward0', requiresGrad: true },
    lines: ["tensor(3., device='webgpu', grad_fn=<MeanBackward0>)"],
  },
];

describe('formatTensor', () => {
  test.each(rows)('$name', ({ name: _, lines, options, ...tensor }) => {
    expect(formatTensor({ ...tensor, options: { ...defaults, ...options } })).toBe(lines.join('\n'));
  });

  test.each([
    [[5], 'tensor([...])'],
    [[5, 5], 'tensor([...])'],
    [[1, 5], 'tensor([...])'],
  ])('edgeItems 0 leaves %o nothing but dots', (shape, text) => {
    const data = range(shape.reduce((product, size) => product * size, 1));
    const options = { ...defaults, threshold: 1, edgeItems: 0 };
    expect(formatTensor({ data, shape, dtype: 'int64', options })).toBe(text);
  });

  test('summarises above the threshold, not at it', () => {
    const print = (length: number) =>
      formatTensor({ data: range(length), shape: [length], dtype: 'int64', options: { ...defaults, threshold: 10 } });
    expect(print(10)).toBe('tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])');
    expect(print(11)).toBe('tensor([ 0,  1,  2,  ...,  8,  9, 10])');
  });

  test('an infinite lineWidth never breaks a row', () => {
    const options = { ...defaults, lineWidth: inf };
    expect(formatTensor({ data: range(500), shape: [500], dtype: 'int64', options })).not.toContain('\n');
  });

  test('reads of a summarised tensor only what it shows', () => {
    let reads = 0;
    const shape = [1000, 1000, 1000];
    const data = new Proxy({ length: 1e9 } as ArrayLike<number>, {
      get: (target, key) => {
        if (key === 'length') return target.length;
        reads += 1;
        return Number(key) % 1000;
      },
    });
    const text = formatTensor({ data, shape, dtype: 'int64', options: defaults });
    expect(text.split('\n')[0]).toBe('tensor([[[  0,   1,   2,  ..., 997, 998, 999],');
    // 6 × 6 × 6 elements, once to measure and once to write.
    expect(reads).toBe(2 * 6 ** 3);
  });

  test('refuses data that does not fill the shape', () => {
    const attempt = () => formatTensor({ data: range(5), shape: [2, 3], dtype: 'float32' });
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow('[formatTensor] shape (2, 3) has 6 elements, data has 5');
  });

  test('prints every element once and in order, whatever the shape and the line width', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 120 }), (shape, lineWidth) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const options = { ...defaults, threshold: inf, lineWidth };
        const text = formatTensor({ data: range(count), shape, dtype: 'int64', options });
        const nested = JSON.parse(text.slice('tensor('.length, -1));
        expect(shape.length === 0 ? [nested] : nested.flat(shape.length - 1)).toEqual(range(count));
      }),
    );
  });
});
