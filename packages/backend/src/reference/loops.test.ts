/** Core rows against values from the C standard, IEEE 754 and PyTorch's documentation. */
import { describe, expect, it } from 'vitest';
import type { ScalarType } from '../dtype.ts';
import { bitcast, cast, coreNames } from '../scalar/core.ts';
import { type Expression, input } from '../scalar/expression.ts';
import { accepts, apply, rowOf } from '../scalar/row.ts';
import { Evaluator } from './evaluator.ts';
import { loopOf } from './loops.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Value of an expression of one element. */
function value(expression: Expression, ...inputs: number[]): number {
  const evaluator = new Evaluator([expression]);
  for (const [i, x] of inputs.entries()) evaluator.inputs.get(i)?.fill(x, 0, 1);
  evaluator.prepare(1, []);
  evaluator.run(1, 0);
  return evaluator.outputs[0]![0]!;
}

const call = (name: string, type: ScalarType, ...inputs: number[]): number =>
  value(apply(name, ...inputs.map((_, i) => input(i, name === 'select' && i === 0 ? 'bool' : type))), ...inputs);

const floats: readonly [string, readonly number[], number][] = [
  // C11 F.10.4.4: pow.
  ['pow', [nan, 0], 1],
  ['pow', [1, nan], 1],
  ['pow', [-1, inf], 1],
  ['pow', [-1, -inf], 1],
  ['pow', [-0, -1], -inf],
  ['pow', [-0, -2], inf],
  ['pow', [-0, 3], -0],
  ['pow', [0.5, -inf], inf],
  ['pow', [2, -inf], 0],
  ['pow', [-inf, -3], -0],
  ['pow', [-inf, 3], -inf],
  ['pow', [-8, 1 / 3], nan],
  ['pow', [-2, 3], -8],
  // Halves to even.
  ['round', [0.5], 0],
  ['round', [1.5], 2],
  ['round', [2.5], 2],
  ['round', [-0.5], -0],
  ['round', [-1.5], -2],
  ['round', [-2.5], -2],
  ['round', [-0.3], -0],
  ['round', [-0], -0],
  ['round', [0.49999997], 0],
  ['round', [8388609], 8388609],
  ['round', [inf], inf],
  ['round', [nan], nan],
  ['floor', [-0.5], -1],
  ['ceil', [-0.5], -0],
  ['trunc', [-1.7], -1],
  // NaN goes through; both orders.
  ['max', [nan, 1], nan],
  ['max', [1, nan], nan],
  ['min', [nan, 1], nan],
  ['min', [-inf, inf], -inf],
  ['rem', [-7, 3], -1],
  ['rem', [7, -3], 1],
  ['rem', [5.5, inf], 5.5],
  ['rem', [1, 0], nan],
  ['rem', [-6, 3], -0],
  ['div', [1, -0], -inf],
  ['div', [0, 0], nan],
  ['neg', [0], -0],
  ['abs', [-0], 0],
  ['sqrt', [-0], -0],
  ['sqrt', [-1], nan],
  ['log', [0], -inf],
  ['log', [-1], nan],
  ['exp', [-inf], 0],
  ['sin', [inf], nan],
  ['less', [nan, 1], 0],
  ['less', [-0, 0], 0],
  ['lessEqual', [-0, 0], 1],
  ['equal', [-0, 0], 1],
  ['equal', [nan, nan], 0],
  ['select', [1, 2, 3], 2],
  ['select', [0, 2, nan], nan],
];

const integers: readonly [string, ScalarType, readonly number[], number][] = [
  ['add', 'i32', [2147483647, 1], -2147483648],
  ['add', 'u32', [4294967295, 2], 1],
  ['sub', 'u32', [0, 1], 4294967295],
  ['mul', 'i32', [46341, 46341], -2147479015],
  ['mul', 'u32', [0xd2511f53, 0xcd9e8d57], 0xf40c5c35],
  ['div', 'i32', [-7, 2], -3],
  ['div', 'i32', [-2147483648, -1], -2147483648],
  ['div', 'i32', [5, 0], 0],
  ['div', 'u32', [4294967295, 2], 2147483647],
  ['rem', 'i32', [-7, 2], -1],
  ['rem', 'i32', [7, 0], 0],
  ['rem', 'u32', [4294967295, 10], 5],
  ['neg', 'i32', [-2147483648], -2147483648],
  ['abs', 'i32', [-2147483648], -2147483648],
  ['pow', 'i32', [3, 19], 1162261467],
  ['pow', 'i32', [3, 20], -808182895],
  ['pow', 'i32', [0, 0], 1],
  ['pow', 'i32', [-1, -3], -1],
  ['pow', 'i32', [2, -1], 0],
  ['pow', 'u32', [2, 4294967295], 0],
  ['max', 'u32', [4294967295, 1], 4294967295],
  ['less', 'u32', [1, 4294967295], 1],
  ['less', 'i32', [1, -1], 0],
  ['and', 'i32', [-1, 12], 12],
  ['xor', 'u32', [0xffffffff, 0xf0f0f0f0], 0x0f0f0f0f],
  ['not', 'i32', [0], -1],
  ['not', 'u32', [0], 4294967295],
  ['not', 'bool', [1], 0],
  ['not', 'bool', [0], 1],
  ['xor', 'bool', [1, 1], 0],
  ['shiftLeft', 'i32', [1, 33], 2],
  ['shiftLeft', 'u32', [1, 31], 2147483648],
  ['shiftRight', 'i32', [-8, 1], -4],
  ['shiftRight', 'u32', [0xfffffff8, 1], 0x7ffffffc],
];

describe('core rows', () => {
  for (const [name, args, expected] of floats)
    it(`${name}(${args}) on floats is ${Object.is(expected, -0) ? '-0' : expected}`, () => {
      const own = args.map((x, i) => (name === 'select' && i === 0 ? x : Math.fround(x)));
      expect(call(name, 'f32', ...own)).toBe(expected);
      expect(call(name, 'f64', ...own)).toBe(expected);
    });

  for (const [name, type, args, expected] of integers)
    it(`${name}(${args}) on ${type} is ${expected}`, () => expect(call(name, type, ...args)).toBe(expected));

  it('each float32 step is rounded, float64 is not', () => {
    expect(call('add', 'f32', 1, 2 ** -25)).toBe(1);
    expect(call('add', 'f64', 1, 2 ** -25)).toBe(1 + 2 ** -25);
    expect(call('exp', 'f32', 1)).toBe(Math.fround(Math.E));
    expect(call('mul', 'f32', 2e38, 2)).toBe(inf);
  });

  it('all of them have a loop for every type that they take', () => {
    for (const name of coreNames)
      for (const type of ['f32', 'f64', 'i32', 'u32', 'bool'] as const)
        if (accepts(rowOf(name), type)) expect(loopOf(name, type), `${name} ${type}`).toBeTypeOf('function');
  });
});

describe('casts', () => {
  const casts: readonly [ScalarType, ScalarType, number, number][] = [
    ['f32', 'i32', 1.9, 1],
    ['f32', 'i32', -1.9, -1],
    ['f32', 'i32', 3e9, 2147483647],
    ['f32', 'i32', -3e9, -2147483648],
    ['f32', 'i32', nan, 0],
    ['f32', 'i32', inf, 2147483647],
    ['f64', 'u32', -1, 0],
    ['f64', 'u32', 4294967295.5, 4294967295],
    ['f64', 'u32', inf, 4294967295],
    ['f32', 'u32', nan, 0],
    ['i32', 'u32', -1, 4294967295],
    ['u32', 'i32', 4294967295, -1],
    ['i32', 'f32', 16777217, 16777216],
    ['u32', 'f32', 4294967295, 4294967296],
    ['f64', 'f32', 1e300, inf],
    ['f32', 'bool', nan, 1],
    ['f32', 'bool', -0, 0],
    ['i32', 'bool', 256, 1],
    ['bool', 'f32', 1, 1],
    ['bool', 'i32', 1, 1],
  ];
  for (const [from, to, x, expected] of casts)
    it(`${from} ${x} is ${expected} in ${to}`, () => expect(value(cast(input(0, from), to), x)).toBe(expected));

  it('bits stay', () => {
    expect(value(bitcast(input(0, 'f32'), 'u32'), -0)).toBe(0x80000000);
    expect(value(bitcast(input(0, 'f32'), 'i32'), 1)).toBe(0x3f800000);
    expect(value(bitcast(input(0, 'i32'), 'f32'), 0x40490fdb)).toBe(Math.fround(Math.PI));
    expect(value(bitcast(input(0, 'u32'), 'i32'), 4294967295)).toBe(-1);
  });
});
