/** Quotients and remainders of the coordinate in rows, where they can be counted up along a row and where they can't. */
import {
  add,
  coordinate,
  div,
  type Expression,
  type Geometry,
  mul,
  type RowsKernel,
  rem,
  same,
  scalar,
} from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { WasmModule } from '../assembler/index.ts';
import { hostFunctions } from '../host.ts';
import { BlockLayout, scalarAt } from './kind.ts';
import { rowsKind } from './rows.ts';

const [columns, rows] = [scalar(0, 'i32'), scalar(1, 'i32')];
const row = rem(div(coordinate, columns), rows);
const expression: Expression = add(mul(row, same(1000, row)), rem(coordinate, columns));
const kernel: RowsKernel = {
  kind: 'rows',
  rank: 1,
  inputs: [],
  reductions: [{ combine: 'sum', body: expression }],
  outputs: [
    { dtype: 'int32', expression, perRow: false },
    { dtype: 'int32', expression: add(expression, coordinate), perRow: true },
  ],
  scalars: 2,
};

const quotient = (x: number, y: number): number => (y === 0 ? 0 : Math.trunc(x / y));
const remainder = (x: number, y: number): number => (y === 0 ? 0 : x % y);
const valueAt = (at: number, across: number, down: number): number =>
  1000 * remainder(quotient(at, across), down) + remainder(at, across);

describe('the row and the column that a coordinate stands for', () => {
  for (const [count, size, across, down] of [
    [9, 5, 5, 3],
    [6, 8, 8, 4],
    [7, 64, 64, 7],
    [7, 12, 24, 2],
    [7, 12, 20, 3],
    [5, 13, 4, 1],
    [3, 1, 1, 2],
    [4, 1, 3, 5],
    [3, 9, -9, 2],
    [3, 9, 0, 2],
    [3, 9, 9, 0],
  ] as const)
    it(`${count} rows of ${size}: matrices of ${down} by ${across}`, () => {
      const geometry: Geometry = {
        sizes: [count, size],
        strides: [
          [size, 1],
          [1, 0],
        ],
        extents: [],
      };
      const variant = rowsKind(kernel, geometry, { relaxed: false, shared: false });
      const module = new WasmModule({ relaxed: false, shared: false });
      variant.emit(module);
      const memory = new WebAssembly.Memory({ initial: 1 });
      const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { e: hostFunctions(memory) });
      const layout = new BlockLayout(2, 2);
      const [words, doubles] = [new Int32Array(memory.buffer), new Float64Array(memory.buffer)];
      doubles.set([across, down], scalarAt(0) / 8);
      const [elements, totals] = [8192, 16384];
      words.set([elements, totals, ...variant.constants], layout.operand(0) / 4);
      (instance.exports['run'] as (...numbers: number[]) => void)(0, 0, variant.units, 32768);
      const expected = Array.from({ length: count * size }, (_, at) => valueAt(at, across, down));
      expect([...words.subarray(elements / 4, elements / 4 + count * size)]).toEqual(expected);
      const each = Array.from({ length: count }, (_, at) => valueAt(at, across, down) + at);
      expect([...words.subarray(totals / 4, totals / 4 + count)]).toEqual(each);
    });
});
