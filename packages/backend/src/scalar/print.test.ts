import { expect, it } from 'vitest';
import { add, and, bitcast, cast, div, exp, less, mul, neg, not, select, shiftLeft, sub } from './core.ts';
import { randomBits, tanh } from './derived/index.ts';
import { differentiate, expand } from './differentiate.ts';
import { constant, coordinate, type Expression, input, output, scalar } from './expression.ts';
import { print } from './print.ts';

const x = input(0, 'f32');
const y = input(1, 'f32');
const s = scalar(0, 'f32');

const table: readonly [Expression, string][] = [
  [add(mul(x, y), s), 'x0 * x1 + s0'],
  [mul(add(x, y), s), '(x0 + x1) * s0'],
  [sub(x, sub(y, s)), 'x0 - (x1 - s0)'],
  [sub(sub(x, y), s), 'x0 - x1 - s0'],
  [div(x, mul(y, s)), 'x0 / (x1 * s0)'],
  [neg(add(x, y)), '-(x0 + x1)'],
  [mul(neg(x), y), '-x0 * x1'],
  [exp(add(x, constant(-0, 'f32'))), 'exp(x0 + -0)'],
  [select(less(x, y), x, constant(0.5, 'f32')), 'select(x0 < x1, x0, 0.5)'],
  [and(less(x, y), not(less(y, x))), 'x0 < x1 & not(x1 < x0)'],
  [shiftLeft(cast(x, 'i32'), coordinate), 'i32(x0) << coordinate'],
  [bitcast(x, 'u32'), 'bits_u32(x0)'],
  [tanh(x), 'tanh(x0)'],
  [differentiate(exp(x), 0)!, 'gradient * output'],
  [output('f32'), 'output'],
];

it.each(table)('%#: $1', (expression, text) => {
  expect(print(expression)).toBe(text);
});

it('names what a long expression uses twice', () => {
  let root = x;
  for (let i = 0; i < 7; i++) root = mul(root, root);
  const lines = print(root).split('\n');
  expect(lines[0]).toBe('t0 = x0 * x0');
  expect(lines[1]).toBe('t1 = t0 * t0');
  expect(lines.at(-1)).toBe('t5 * t5');
  expect(lines).toHaveLength(7);
});

it('stays short where written-out sharing would be endless', () => {
  const bits = randomBits(scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32'), cast(coordinate, 'u32'));
  expect(print(expand(bits)).length).toBeLessThan(5000);
});
