/** What the core rows do at their edges, by the reference backend's loops, which are their specification. */
import { describe, expect, it } from 'vitest';
import { applied, evaluate } from '../../test/evaluate.ts';
import type { ScalarType } from '../dtype.ts';
import * as core from './core.ts';
import { bitcast, cast, coreNames } from './core.ts';
import { constant, input } from './expression.ts';
import { rowOf } from './row.ts';
import { rows } from './rows.ts';

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
const least = -(2 ** 31);

const table: readonly [name: string, type: ScalarType, args: readonly number[], value: number][] = [
  ['add', 'i32', [2 ** 31 - 1, 1], least],
  ['add', 'u32', [2 ** 32 - 1, 2], 1],
  ['sub', 'u32', [1, 2], 2 ** 32 - 1],
  ['mul', 'i32', [65537, 65537], 131073],
  ['mul', 'u32', [0xdeadbeef, 0xdeadbeef], 0x216da321],
  ['div', 'i32', [-7, 2], -3],
  ['div', 'i32', [7, 0], 0],
  ['div', 'i32', [least, -1], least],
  ['div', 'u32', [2 ** 32 - 1, 2], 2 ** 31 - 1],
  ['div', 'f32', [1, 0], inf],
  ['rem', 'i32', [-7, 3], -1],
  ['rem', 'i32', [7, 0], 0],
  ['rem', 'f32', [-5.5, 2], -1.5],
  ['rem', 'f64', [1, inf], 1],
  ['rem', 'f64', [1, 0], nan],
  ['neg', 'f32', [0], -0],
  ['neg', 'i32', [least], least],
  ['abs', 'f32', [-0], 0],
  ['abs', 'i32', [least], least],
  ['max', 'f32', [nan, 1], nan],
  ['min', 'f32', [1, nan], nan],
  ['max', 'u32', [2 ** 31, 1], 2 ** 31],
  ['floor', 'f32', [-0.5], -1],
  ['ceil', 'f32', [-0.5], -0],
  ['trunc', 'f32', [-0.5], -0],
  ...([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, -0],
    [-1.5, -2],
    [-0.2, -0],
    [0.49999999999999994, 0],
    [4503599627370497, 4503599627370497],
    [-inf, -inf],
  ].map(([x, value]) => ['round', 'f64', [x], value]) as [string, ScalarType, number[], number][]),
  ['sqrt', 'f32', [-0], -0],
  ['sqrt', 'f32', [-1], nan],
  ['exp', 'f32', [89], inf],
  ['log', 'f32', [0], -inf],
  ['log', 'f32', [-1], nan],
  ['pow', 'f64', [1, nan], 1],
  ['pow', 'f64', [nan, 0], 1],
  ['pow', 'f64', [-1, inf], 1],
  ['pow', 'f64', [-8, 1 / 3], nan],
  ['pow', 'f64', [-0, -3], -inf],
  ['pow', 'i32', [3, 4], 81],
  ['pow', 'i32', [-2, 31], least],
  ['pow', 'i32', [2, -1], 0],
  ['pow', 'i32', [-1, -3], -1],
  ['pow', 'i32', [7, 0], 1],
  ['less', 'f32', [nan, 1], 0],
  ['less', 'u32', [1, 2 ** 31], 1],
  ['lessEqual', 'i32', [least, least], 1],
  ['equal', 'f32', [nan, nan], 0],
  ['equal', 'f32', [0, -0], 1],
  ['and', 'i32', [12, 10], 8],
  ['or', 'u32', [2 ** 31, 1], 2 ** 31 + 1],
  ['xor', 'bool', [1, 1], 0],
  ['not', 'bool', [0], 1],
  ['not', 'i32', [0], -1],
  ['not', 'u32', [0], 2 ** 32 - 1],
  ['shiftLeft', 'i32', [1, 31], least],
  ['shiftLeft', 'u32', [1, 33], 2],
  ['shiftRight', 'i32', [-8, 1], -4],
  ['shiftRight', 'u32', [2 ** 32 - 8, 1], 2 ** 31 - 4],
];

it.each(table)('%s on %s: %j gives %d', (name, type, args, value) => {
  const [actual] = evaluate(
    applied(name, type),
    args.map((x) => [x]),
  );
  expect(actual).toBe(value);
});

it('rounds to float32 after every operation', () => {
  const x = input(0, 'f32');
  expect(evaluate(core.sub(core.add(x, constant(1, 'f32')), constant(1, 'f32')), [[1e-8]])).toEqual([0]);
  expect(evaluate(core.mul(x, x), [[1e30]])).toEqual([inf]);
});

it('selects by a bool', () => {
  expect(
    evaluate(applied('select', 'f32'), [
      [1, 0],
      [5, 5],
      [nan, 7],
    ]),
  ).toEqual([5, 7]);
});

const casts: readonly [from: ScalarType, to: ScalarType, value: number, result: number][] = [
  ['f32', 'i32', 2.9, 2],
  ['f32', 'i32', -2.9, -2],
  ['f32', 'i32', 1e20, 2 ** 31 - 1],
  ['f32', 'i32', -inf, least],
  ['f32', 'i32', nan, 0],
  ['f64', 'u32', -3, 0],
  ['f64', 'u32', 5e9, 2 ** 32 - 1],
  ['f64', 'u32', nan, 0],
  ['f64', 'f32', 0.1, Math.fround(0.1)],
  ['f32', 'f64', 0.1, Math.fround(0.1)],
  ['i32', 'u32', -1, 2 ** 32 - 1],
  ['u32', 'i32', 2 ** 32 - 1, -1],
  ['i32', 'f32', 2 ** 24 + 1, 2 ** 24],
  ['f32', 'bool', nan, 1],
  ['f32', 'bool', -0, 0],
  ['f64', 'bool', 1e-300, 1],
  ['i32', 'bool', 256, 1],
  ['bool', 'f32', 1, 1],
];

it.each(casts)('a cast from %s to %s takes %d to %d', (from, to, value, result) => {
  expect(evaluate(cast(input(0, from), to), [[value]])).toEqual([result]);
});

it('a bitcast keeps the bits', () => {
  expect(evaluate(bitcast(input(0, 'f32'), 'u32'), [[1, -0]])).toEqual([0x3f800000, 0x80000000]);
  expect(evaluate(bitcast(input(0, 'i32'), 'f32'), [[0x7f800000]])).toEqual([inf]);
});

describe('the table', () => {
  it('has each name as a row without a meaning, and a builder', () => {
    expect([...rows()].filter((row) => row.meaning === undefined).map((row) => row.name)).toEqual([...coreNames]);
    expect(Object.keys(core)).toEqual(expect.arrayContaining([...coreNames]));
  });

  it('states every derivative', () => {
    for (const name of coreNames) expect(rowOf(name).gradient, name).toBeDefined();
  });
});

describe('builders', () => {
  const x = input(0, 'f32');
  const one = constant(1, 'f32');
  it('drop what changes no bit', () => {
    expect(core.mul(x, one)).toBe(x);
    expect(core.mul(one, x)).toBe(x);
    expect(core.div(x, one)).toBe(x);
    expect(core.neg(core.neg(x))).toBe(x);
    expect(core.cast(x, 'f32')).toBe(x);
    expect(core.select(core.less(x, one), x, x)).toBe(x);
  });

  it('keep what could', () => {
    expect(core.add(x, constant(0, 'f32')).op).toBe('add');
    expect(core.mul(x, constant(0, 'f32')).op).toBe('mul');
    expect(core.sub(x, x).op).toBe('sub');
  });

  it('derive the other comparisons', () => {
    const y = input(1, 'f32');
    const columns = [
      [1, 2, 2, nan],
      [2, 1, 2, 1],
    ];
    expect(evaluate(core.greater(x, y), columns)).toEqual([0, 1, 0, 0]);
    expect(evaluate(core.greaterEqual(x, y), columns)).toEqual([0, 1, 1, 0]);
    expect(evaluate(core.notEqual(x, y), columns)).toEqual([1, 1, 0, 1]);
    expect(evaluate(core.castTo(x, 'int64'), [[2.5]])).toEqual([2]);
  });
});
