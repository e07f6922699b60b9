/** Axes and their tables: that transposes are exact, and that tables which are kept stay whole, few and nobody's to dispose of. */
import { nullBackend, reference } from '@nn/backend';
import { memory, scope } from '@nn/tensor';
import { deviceOf } from '@nn/tensor/internal';
import { describe, expect, it } from 'vitest';
import { type Axis, transposed } from './axis.ts';
import { type AxisMode, type Resizing, resized } from './axis-modes.ts';
import { tablesOf } from './axis-tables.ts';

const resizing = (mode: AxisMode, from: number, to: number): Resizing => ({
  mode,
  from,
  to,
  alignCorners: false,
  factor: null,
});

/** The axis as a matrix (to, from). */
function matrix({ from, to, taps, places, weights }: Axis): number[][] {
  const rows = Array.from({ length: to }, () => new Array<number>(from).fill(0));
  for (let i = 0; i < to; i++)
    for (let t = 0; t < taps; t++) {
      const weight = weights === null ? 1 : weights[t * to + i]!;
      if (!Number.isNaN(weight)) rows[i]![places[t * to + i]!]! += weight;
    }
  return rows;
}

const modes: readonly AxisMode[] = ['nearest', 'nearest-exact', 'linear', 'cubic', 'smooth-linear', 'smooth-cubic'];

describe('an axis', () => {
  it.each(
    modes.flatMap(
      (mode) =>
        [
          [mode, 4, 9],
          [mode, 9, 4],
          [mode, 3, 6],
          [mode, 1, 5],
          [mode, 6, 1],
        ] as const,
    ),
  )('%s from %i to %i: weights add up to 1, the transpose is one, and its transpose the axis', (mode, from, to) => {
    const axis = resized(resizing(mode, from, to), true);
    const rows = matrix(axis);
    for (const row of rows) expect(row.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 12);
    const other = transposed(axis);
    expect(matrix(other)).toEqual(Array.from({ length: from }, (_, j) => rows.map((row) => row[j])));
    expect([other.from, other.to]).toEqual([to, from]);
    expect(transposed(other)).toBe(axis);
  });

  it('is the same object when asked for again, and repeats where it can', () => {
    expect(resized(resizing('linear', 4, 8), false)).toBe(resized(resizing('linear', 4, 8), false));
    expect(resized(resizing('linear', 4, 8), true)).not.toBe(resized(resizing('linear', 4, 8), false));
    expect(modes.map((mode) => resized(resizing(mode, 3, 6), false).repeats)).toEqual([2, 2, null, null, null, null]);
    expect(resized(resizing('nearest', 3, 7), false).repeats).toBe(null);
    expect(transposed(resized(resizing('nearest', 5, 1), false)).repeats).toBe(null);
  });
});

describe('tables that a device keeps', () => {
  it('hold the axis, and can be disposed of', () => {
    const device = deviceOf(reference());
    const axis = transposed(resized(resizing('linear', 5, 3), false));
    for (let k = 0; k < 2; k++) {
      const { places, weights } = tablesOf(device, axis, 'float32');
      expect(Array.from(places.dataSync(), Number)).toEqual(Array.from(axis.places));
      expect(Array.from(weights!.dataSync())).toEqual(Array.from(axis.weights!, Math.fround));
      places.dispose();
      weights!.dispose();
    }
  });

  it('outlive scopes and every handle, are written once, and are bounded', () => {
    const backend = nullBackend();
    const device = deviceOf(backend);
    const taken = (): number => memory(backend).live - memory(backend).free;
    const ask = (from: number, to: number): void => {
      const tables = scope(() => tablesOf(device, resized(resizing('linear', from, to), false), 'float32'));
      tables.places.dispose();
      tables.weights!.dispose();
    };
    ask(10, 100);
    const before = taken();
    backend.reset();
    for (let k = 0; k < 10; k++) ask(10, 100);
    expect([taken(), backend.counts.written]).toEqual([before, 0]);
    const many = (from: number): void => {
      for (let k = 0; k < 60; k++) ask(from, 101 + k);
    };
    many(10);
    const full = taken();
    many(20);
    many(10);
    expect(taken()).toBeLessThanOrEqual(full);
    for (let k = 0; k < 5; k++) ask(10, 40000);
    expect(taken()).toBeLessThanOrEqual(full);
  });
});
