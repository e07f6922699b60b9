/** Rows whose elements lie apart: the same bits as those of dense rows, however many there are and however they lie. */
import {
  abs, add, type DType, div, dtypes, equal, exp, input, mul, type Operand, type RowsKernel, same, scalar, select, sqrt, sub, 
} from '@nn/backend'; // biome-ignore format: one list
import { describe, expect, it } from 'vitest';
import { WasmModule } from '../assembler/index.ts';
import { hostFunctions } from '../host.ts';
import { BlockLayout, scalarAt } from './kind.ts';
import { rowsKind } from './rows.ts';
import { acrossRows } from './rows-across.ts';

const strided = (dtype: DType): Operand => ({ dtype, access: 'strided' });
const x = input(0, 'f32');
const [number, float] = [scalar(0, 'f32'), strided('float32')];

/** Largest, sum of exponentials; their quotients, logarithms' shift and a value a row. */
const softmax: RowsKernel = {
  kind: 'rows', rank: 1, inputs: [float], scalars: 1,
  reductions: [{ combine: 'max', body: x }, { combine: 'sum', body: exp(sub(x, input(1, 'f32'))) }],
  outputs: [
    { dtype: 'float32', expression: div(exp(sub(x, input(1, 'f32'))), input(2, 'f32')), perRow: false },
    { dtype: 'float32', expression: mul(add(input(2, 'f32'), number), input(1, 'f32')), perRow: true },
    { dtype: 'float32', expression: sub(mul(x, number), input(1, 'f32')), perRow: false },
  ],
}; // biome-ignore format: facts

/** Moments in double precision over elements of several dtypes; a weight along the row and a number for each row. */
const moments: RowsKernel = {
  kind: 'rows', rank: 1, inputs: [float, strided('int32'), strided('float64'), float], scalars: 1,
  reductions: [
    { combine: 'sum', body: mul(input(2, 'f64'), scalar(0, 'f64')) },
    { combine: 'sum', body: mul(sub(input(2, 'f64'), input(4, 'f64')), sub(input(2, 'f64'), input(4, 'f64'))) },
    { combine: 'min', body: input(1, 'i32') },
    { combine: 'min', body: mul(x, input(3, 'f32')) },
    { combine: 'product', body: add(select(equal(input(1, 'i32'), input(6, 'i32')), same(1, x), same(1.001, x)), mul(x, same(1e-6, x))) },
  ],
  outputs: [
    { dtype: 'float64', expression: sqrt(abs(input(5, 'f64'))), perRow: true },
    { dtype: 'int32', expression: add(input(1, 'i32'), input(6, 'i32')), perRow: false },
    { dtype: 'bool', expression: equal(input(7, 'f32'), same(0, x)), perRow: true },
    { dtype: 'float32', expression: mul(add(x, input(3, 'f32')), input(8, 'f32')), perRow: false },
  ],
}; // biome-ignore format: facts

type Place = (row: number, element: number) => number;

interface Layout {
  readonly sizes: readonly number[];
  /** Of each input. */
  readonly strides: readonly (readonly number[])[];
}

/** Bytes of all outputs of a kernel over inputs that lie as the layout says; `across`: whether that is the variant it should get. */
function run(kernel: RowsKernel, { sizes, strides }: Layout, values: readonly Place[], across: boolean, most = 2 ** 30): Uint8Array[] {
  const features = { relaxed: false, shared: false };
  const rank = sizes.length - 1;
  const [rows, size] = [sizes.slice(0, rank).reduce((n, m) => n * m, 1), sizes[rank]!];
  const geometry = { sizes, strides: [...kernel.outputs.map(() => sizes.map(() => 0)), ...strides], extents: [] };
  const own = { ...kernel, rank };
  const variant = acrossRows(own, geometry) ?? rowsKind(own, geometry, features);
  expect(variant.key.startsWith('across')).toBe(across);
  const module = new WasmModule(features);
  variant.emit(module);
  const memory = new WebAssembly.Memory({ initial: 60 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { e: hostFunctions(memory) });
  const layout = new BlockLayout(1, kernel.outputs.length + kernel.inputs.length);
  const words = new Int32Array(memory.buffer);
  new Float64Array(memory.buffer)[scalarAt(0) / 8] = 0.75;
  words.set(variant.constants, layout.constant(0) / 4);
  let next = 16384;
  const place = (i: number, bytes: number): number => {
    const at = next;
    next += Math.ceil(bytes / 64) * 64 + 128;
    words[layout.operand(i) / 4] = at;
    return at;
  };
  const found = kernel.outputs.map(({ dtype, perRow }, i) => {
    const bytes = rows * (perRow ? 1 : size) * dtypes[dtype].bytes;
    const at = place(i, bytes);
    // What lies around it must stay.
    new Uint8Array(memory.buffer, at - 64, bytes + 128).fill(99);
    return new Uint8Array(memory.buffer, at - 64, bytes + 128);
  });
  kernel.inputs.forEach(({ dtype }, i) => {
    const by = strides[i]!;
    const extent = 1 + by.reduce((sum, stride, d) => sum + stride * (sizes[d]! - 1), 0);
    const at = place(kernel.outputs.length + i, extent * dtypes[dtype].bytes);
    const data = new (dtypes[dtype].array as Float32ArrayConstructor)(memory.buffer, at, extent);
    for (let row = 0; row < rows; row++) {
      let [rest, start] = [row, 0];
      for (let d = rank - 1; d >= 0; d--) {
        start += (rest % sizes[d]!) * by[d]!;
        rest = Math.floor(rest / sizes[d]!);
      }
      for (let j = 0; j < size; j++)
        data[start + j * by[rank]!] = values[i]!(by.slice(0, rank).every((stride) => stride === 0) ? 0 : row, by[rank] === 0 ? 0 : j);
    }
  });
  const scratch = next;
  expect(scratch + variant.scratch).toBeLessThan(memory.buffer.byteLength);
  new Uint8Array(memory.buffer, scratch + variant.scratch, 64).fill(77);
  for (let first = 0; first < variant.units; first += most)
    (instance.exports['run'] as (...numbers: number[]) => void)(0, first, Math.min(variant.units, first + most), scratch);
  expect(new Uint8Array(memory.buffer, scratch + variant.scratch, 64).every((byte) => byte === 77)).toBe(true);
  return found.map((bytes) => bytes.slice());
} // biome-ignore format: long lines

const noise: Place = (row, j) => Math.sin(row * 613 + j * 12.9898 + row * j) * 10 ** ((row + 3 * j) % 3);
/** Zeros of both signs among the largest, now and then what is no number or infinite. */
const odd: Place = (row, j) => {
  const kind = (row * 7 + j * 13 + row * j) % 41;
  if (row % 5 === 1) return kind === 3 ? Number.NaN : kind === 4 ? Number.POSITIVE_INFINITY : noise(row, j);
  if (row % 5 === 2) return kind % 3 === 0 ? -0 : kind % 3 === 1 ? 0 : -1 - kind;
  if (row % 5 === 3) return Number.NEGATIVE_INFINITY;
  return row % 5 === 4 && kind % 2 === 0 ? Number.NEGATIVE_INFINITY : -Math.abs(noise(row, j));
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** A matrix whose rows, or else columns, are dense. */
const matrix = (rows: number, size: number, across: boolean, pad = 0): readonly number[] =>
  across ? [1, rows + pad] : [size + pad, 1];

describe('rows side by side have the bits of dense rows', () => {
  for (const value of [noise, odd])
    it.each([...range(1, 70), 500, 1030])(`softmax of ${value.name} along %i elements`, (size) => {
      for (const rows of size > 16 && size !== 37 ? [4, 23, 40] : range(4, 40)) {
        const of = (across: boolean, most?: number): Uint8Array[] =>
          run(softmax, { sizes: [rows, size], strides: [matrix(rows, size, across, 3)] }, [value], across && size > 1, most);
        const dense = of(false);
        expect(of(true)).toEqual(dense);
        if (rows % 4 === 3) expect(of(true, 2)).toEqual(dense);
      }
    }); // biome-ignore format: long lines

  it.each([1, 2, 3])('%i rows go one by one', (rows) => {
    const of = (across: boolean): Uint8Array[] =>
      run(softmax, { sizes: [rows, 21], strides: [matrix(rows, 21, across, 3)] }, [noise], false);
    expect(of(true)).toEqual(of(false));
  });

  it.each([2, 3, 7, 8, 15, 16, 17, 31, 64, 100])('moments, extremes and products of %i elements of several dtypes', (size) => {
    const small: Place = (row, j) => Math.trunc(noise(row, j)) % 9;
    for (const rows of [4, 6, 16, 17, 32, 35]) {
      const of = (across: boolean): Uint8Array[] => {
        const own = matrix(rows, size, across);
        // The fourth input is a weight along the row, or one number for each row.
        const strides = [own, own, own, rows % 2 === 0 ? [0, 1] : [1, 0]];
        return run(moments, { sizes: [rows, size], strides }, [noise, small, noise, noise], across && size > 1 && own[1]! > 1);
      };
      if (rows % 2 === 0) expect(of(true)).toEqual(of(false));
      else {
        // One number for each row is dense across rows; dense rows beside it are not.
        const dense = matrix(rows, size, false);
        expect(of(true)).toEqual(
          run(moments, { sizes: [rows, size], strides: [dense, dense, dense, [1, 0]] }, [noise, small, noise, noise], false),
        );
      }
    }
  }); // biome-ignore format: long lines

  it.each([[3, 10, 28], [2, 21, 19], [1, 5, 4], [4, 17, 36]] as const)('channels of %i images with %i of them and %i columns', (n, c, w) => {
    const h = 5;
    const volume = c * h * w;
    const dense = run(softmax, { sizes: [n * w * h, c], strides: [[c, 1]] }, [odd], false);
    const dense2 = run(softmax, { sizes: [n, w, h, c], strides: [[w * h * c, h * c, c, 1]] }, [odd], false);
    expect(dense2).toEqual(dense);
    for (const most of [1, 3, 2 ** 30]) {
      // Columns before lines (a swap of dimensions), lines before columns, and pixels as one dimension.
      expect(run(softmax, { sizes: [n, w, h, c], strides: [[volume, 1, w, h * w]] }, [odd], true, most)).toEqual(dense);
      expect(run(softmax, { sizes: [n, h, w, c], strides: [[volume, w, 1, h * w]] }, [odd], true, most)).toEqual(dense);
      expect(run(softmax, { sizes: [n, h * w, c], strides: [[volume, 1, h * w]] }, [odd], true, most)).toEqual(dense);
    }
  }); // biome-ignore format: long lines

  it('a row too long for scratch memory goes the old way', () => {
    const size = 2 ** 15;
    const of = (across: boolean): Uint8Array[] =>
      run(softmax, { sizes: [4, size], strides: [matrix(4, size, across)] }, [noise], false);
    expect(of(true)).toEqual(of(false));
  });
});
