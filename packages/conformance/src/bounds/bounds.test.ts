/** Bounds by hand: values that must be inside, values that must not be. And that they are narrow where nothing is doubtful. */
import {
  abs, accepts, add, apply, bitcast, cast, constant, cos, div, type Expression, exp, floor, input, less, log, max, mul, pow, rem, rows,
  select, sin, sqrt, sub,
} from '@nn/backend'; // biome-ignore format: one list
import { describe, expect, it } from 'vitest';
import { samplesOf } from '../suites/samples.ts';
import { boundsOf } from './evaluate.ts';
import { contains, type Interval } from './interval.ts';
import { precision } from './precision.ts';

const [x, y] = [input(0, 'f32'), input(1, 'f32')];
const [d, e] = [input(0, 'f64'), input(1, 'f64')];
const one = constant(1, 'f32');
const bounds = (expression: Expression, ...inputs: number[]): Interval => boundsOf(expression, precision)(inputs, 0);
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const ulp = 2 ** -23;
const third = Math.fround(1 / 3);

describe('what is inside and what is not', () => {
  const cases: readonly [string, Interval, readonly number[], readonly number[]][] = [
    ['a sum is rounded once', bounds(add(x, y), 1, 2 ** -25), [1], [1 + ulp, 1 - ulp / 2, nan]],
    ['a sum that overflows', bounds(add(x, y), 3.4e38, 3.4e38), [infinity], [3.4028234663852886e38]],
    ['infinities of two signs', bounds(add(x, y), infinity, -infinity), [nan], [0, infinity]],
    ['a quotient', bounds(div(x, y), 1, 3), [third], [third + ulp / 4, third - ulp / 4]],
    ['a quotient by zero', bounds(div(x, y), -1, 0), [-infinity], [infinity, nan]],
    ['a quotient by minus zero', bounds(div(x, y), -1, -0), [infinity], [-infinity, nan]],
    ['a quotient of zeros', bounds(div(x, y), 0, 0), [nan], [0, 1]],
    ['a product that is added to something may be fused', bounds(add(mul(x, x), y), 1 + ulp, -1), [2 * ulp, Math.fround((1 + ulp) ** 2 - 1)], [3 * ulp, ulp]],
    ['a root', bounds(sqrt(x), 2), [Math.fround(Math.SQRT2)], [Math.fround(Math.SQRT2) + ulp]],
    ['a root of less than nothing', bounds(sqrt(x), -1), [nan], [0, 1]],
    ['exp', bounds(exp(x), 1), [Math.fround(Math.E), Math.fround(Math.E) + 2 * ulp], [Math.fround(Math.E) + 12 * ulp]],
    ['exp of nothing is exact', bounds(exp(x), 0), [1, 1 + 2 * ulp], [1 + 3 * ulp]],
    ['exp that overflows', bounds(exp(x), 89), [infinity], [3.4e38]],
    ['exp that underflows', bounds(exp(x), -110), [0], [2 ** -120]],
    ['log of zero', bounds(log(x), 0), [-infinity], [-88, nan]],
    ['log of one is exact', bounds(log(x), 1), [0], [2 ** -30]],
    ['log of a negative number', bounds(log(x), -1), [nan], [0]],
    ['log of a denormal number, which may be zero', bounds(log(x), 2 ** -140), [Math.log(2 ** -140), -infinity], [-80, nan]],
    ['sin of many turns', bounds(sin(x), 1e30), [-1, 0, 1], [1.1, nan]],
    ['sin of infinity', bounds(sin(x), infinity), [nan], [0]],
    ['cos around its top', bounds(cos(add(x, div(x, constant(3, 'f32')))), 0), [1], [0.9, 1.1]],
    ['max takes NaN', bounds(max(x, y), nan, 1), [nan], [1]],
    ['pow of zero', bounds(pow(x, y), nan, 0), [1], [nan]],
    ['pow of one', bounds(pow(x, y), 1, nan), [1], [nan]],
    ['pow of minus one', bounds(pow(x, y), -1, -infinity), [1], [nan, -1]],
    ['pow of a negative base', bounds(pow(x, y), -2, 3), [-8], [8, nan]],
    ['pow without a real value', bounds(pow(x, y), -2, 0.5), [nan], [Math.SQRT2]],
    ['pow of minus zero', bounds(pow(x, y), -0, -1), [-infinity], [infinity]],
    ['rem', bounds(rem(x, y), -7, 3), [-1], [2, 1]],
    ['rem where the quotient is nearly whole', bounds(rem(x, y), Math.fround(0.3), Math.fround(0.1)), [Math.fround(0.3) % Math.fround(0.1), 0], [0.2, -0.01]],
    ['rem that is exact', bounds(rem(x, y), 6, 3), [0], [3]],
    ['rem by zero', bounds(rem(x, y), 1, 0), [nan], [0, 1]],
    ['a step at a doubtful place', bounds(floor(mul(x, y)), Math.fround(0.1), 10), [0, 1], [2, -1]],
    ['a comparison that is sure', bounds(select(less(x, y), one, x), 2, 3), [1], [2]],
    ['a comparison that may go either way', bounds(select(less(mul(x, y), one), one, constant(5, 'f32')), third, 3), [1, 5], [6, nan]],
    ['a doubtful value against itself', bounds(cast(less(exp(x), exp(x)), 'f32'), 1), [0], [2]],
    ['half to even', bounds(apply('round', x), 2.5), [2], [3, 2.5]],
    ['half to even below zero', bounds(apply('round', x), -1.5), [-2], [-1]],
    ['NaN to an integer', bounds(cast(x, 'i32'), nan), [0], [1]],
    ['too large for an integer', bounds(cast(x, 'i32'), 3e9), [2147483647], [2147483646]],
    ['negative to unsigned', bounds(cast(x, 'u32'), -3.5), [0], [-3]],
    ['bits of a float', bounds(bitcast(x, 'i32'), 1), [0x3f800000], [1]],
    ['a double', bounds(div(d, e), 1, 3), [1 / 3], [1 / 3 + 2 ** -53]],
    ['a double that overflows', bounds(mul(d, e), 1e200, 1e200), [infinity], [Number.MAX_VALUE]],
    ['cancelled digits', bounds(sub(exp(x), exp(y)), 1, 1), [0, ulp], [16 * ulp, nan]],
    ['a value that is its own bound', bounds(abs(x), -3), [3], [-3, 3 + 2 * ulp]],
  ]; // biome-ignore format: a table
  for (const [name, interval, inside, outside] of cases)
    it(name, () => {
      for (const value of inside)
        expect(contains(interval, value), `${value} in [${interval.lo}, ${interval.hi}]`).toBe(true);
      for (const value of outside)
        expect(contains(interval, value), `${value} not in [${interval.lo}, ${interval.hi}]`).toBe(false);
    });

  const integer = (name: string, p: number, q: number, type: 'i32' | 'u32'): number =>
    bounds(apply(name, input(0, type), input(1, type)), p, q).lo;
  it('integers wrap, divide towards zero and shift by five bits', () => {
    expect(integer('add', 2147483647, 1, 'i32')).toBe(-2147483648);
    expect(integer('mul', 65536, 65537, 'u32')).toBe(65536);
    expect(integer('mul', 46341, 46341, 'i32')).toBe(-2147479015);
    expect(integer('div', -7, 2, 'i32')).toBe(-3);
    expect(integer('div', -2147483648, -1, 'i32')).toBe(-2147483648);
    expect(integer('div', 7, 0, 'i32')).toBe(0);
    expect(integer('div', 4294967295, 2, 'u32')).toBe(2147483647);
    expect(integer('rem', -7, 2, 'i32')).toBe(-1);
    expect(integer('rem', 7, 0, 'i32')).toBe(0);
    expect(integer('pow', 3, 20, 'i32')).toBe(-808182895);
    expect(integer('pow', 2, -1, 'i32')).toBe(0);
    expect(integer('pow', -1, -3, 'i32')).toBe(-1);
    expect(integer('shiftLeft', 1, 33, 'i32')).toBe(2);
    expect(integer('shiftRight', -8, 1, 'i32')).toBe(-4);
    expect(integer('shiftRight', 4294967288, 1, 'u32')).toBe(2147483644);
  });
});

/** Where a row's own formula loses digits inside its domain, a tenth of the samples may be less sure. */
describe('bounds are narrow over a row’s domain', () => {
  for (const row of rows())
    for (const type of ['f32', 'f64'] as const) {
      if (!accepts(row, type) || row.name === 'select') continue;
      it(`${row.name} ${type}`, () => {
        const types = Array.from({ length: row.arity }, () => type);
        const samples = samplesOf(row, types);
        const drawn = samples.map((own) => own.slice(-192));
        const of = boundsOf(cast(apply(row.name, ...types.map((own, i) => input(i, own))), type), precision);
        const limit = type === 'f32' ? 2e-5 : 1e-13;
        const wide = drawn[0]!.filter((_, i) => {
          const {
            lo,
            hi,
            nan: unsure,
          } = of(
            drawn.map((own) => own[i]!),
            i,
          );
          return lo <= hi && (unsure || hi - lo > limit * Math.max(1, Math.abs(lo), Math.abs(hi)));
        });
        expect(wide.length, `at ${wide.slice(0, 5)}`).toBeLessThan(20);
      });
    }
});
