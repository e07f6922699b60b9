/** First and second derivatives of every row, the core's too, against finite differences in float64 over its domain. */
import { describe, expect, it } from 'vitest';
import { applied, derivative, evaluate, points } from '../../../test/evaluate.ts';
import type { Expression } from '../expression.ts';
import { accepts, type Row } from '../row.ts';
import { rows } from '../rows.ts';
import './index.ts';

const count = 60;

/** Weights of f(x - 2h) … f(x + 2h) in the difference of fourth order (Fornberg 1988). */
const stencil = [
  [-2, 1 / 12],
  [-1, -8 / 12],
  [1, 8 / 12],
  [2, -1 / 12],
] as const;

/** Central difference of an expression in one of its inputs, at all points. */
function difference(root: Expression, columns: readonly number[][], index: number, step: number): number[] {
  const sum = columns[0]!.map(() => 0);
  for (const [offset, weight] of stencil) {
    const moved = columns.map((column, i) => (i === index ? column.map((x) => x + offset * step) : column));
    evaluate(root, moved, [], count).forEach((value, i) => {
      sum[i]! += (weight * value) / step;
    });
  }
  return sum;
}

/** A derivative is right where a difference with one of the steps comes near it: short steps round, long ones bend. */
function expectSlope(root: Expression, index: number, columns: readonly number[][], what: string): Expression | null {
  const slope = derivative(root, index);
  const actual = slope === null ? columns[0]!.map(() => 0) : evaluate(slope, columns, [], count);
  const differences = [1e-3, 1e-4, 1e-5, 1e-6].map((step) => difference(root, columns, index, step));
  actual.forEach((value, i) => {
    const error = Math.min(...differences.map((each) => Math.abs(each[i]! - value)));
    const at = columns.map((column) => column[i]).join(', ');
    if (!(error <= 2e-7 * Math.max(1, Math.abs(value))))
      expect.fail(`${what} at (${at}) is ${value}, differences are ${differences.map((each) => each[i])}`);
  });
  return slope;
}

/** Steps and comparisons, whose derivative is 0 where it exists. */
const flat = new Set(['floor', 'ceil', 'trunc', 'round', 'sign', 'floorDivide', 'truncDivide']);

const isFloatRow = (row: Row): boolean => accepts(row, 'f64') && applied(row.name, 'f64').type === 'f64';

/** Further pieces of domains: between poles, other quadrants, where another branch is taken. */
const pieces: Readonly<Record<string, readonly Row['domain'][]>> = {
  tan: [[[1.7, 4.5]]],
  atan2: [
    [
      [0.5, 10],
      [-10, -0.1],
    ],
    [
      [-10, -0.5],
      [-1, 1],
    ],
  ],
  lgamma: [[[-3.9, -3.1]], [[30, 300]]],
  digamma: [[[-3.9, -3.1]], [[30, 300]]],
  polygamma1: [[[-3.9, -3.1]], [[30, 300]]],
  erfc: [[[9, 20]]],
  ndtr: [[[-30, -10]]],
  asinh: [[[1e9, 1e10]]],
  acosh: [[[1e9, 1e10]]],
  mish: [[[15, 30]]],
  geluTanh: [[[-200, -90]]],
  pow: [
    [
      [1, 100],
      [-1, 1],
    ],
  ],
};

const cases = [...rows()]
  .filter(isFloatRow)
  .flatMap((row) => [row, ...(pieces[row.name] ?? []).map((domain) => ({ ...row, domain: domain! }))]);

describe('derivatives', () => {
  it.each(cases)('$name on $domain', (row) => {
    const columns = points(row, count);
    const root = applied(row.name, 'f64');
    let dependent = 0;
    for (let i = row.name === 'select' ? 1 : 0; i < row.arity; i++) {
      const slope = expectSlope(root, i, columns, `d ${row.name}/dx${i}`);
      if (slope === null) continue;
      dependent++;
      for (let j = row.name === 'select' ? 1 : 0; j < row.arity; j++)
        expectSlope(slope, j, columns, `d² ${row.name}/dx${i} dx${j}`);
    }
    expect(dependent === 0).toBe(flat.has(row.name));
  });

  it.each([...rows()].filter((row) => !isFloatRow(row)))('$name has none', (row) => {
    const type = accepts(row, 'f64') ? 'f64' : 'u32';
    for (let i = 0; i < row.arity; i++) expect(derivative(applied(row.name, type), i)).toBeNull();
  });
});
