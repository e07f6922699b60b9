/**
 * Normal and exponential numbers as expressions of key, counter and coordinate. In double precision from +, -, ·, /, √ and exact conversions alone, in one order, so that every
 * backend with float64 draws the same bits, as the host does.
 */
import {
  add,
  and,
  bitcast,
  cast,
  div,
  equal,
  floor,
  less,
  mul,
  neg,
  or,
  select,
  shiftLeft,
  shiftRight,
  sqrt,
  sub,
} from '../core.ts';
import { constant, type Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { asWords, randomBits, randomBits2, uniformDouble } from './random.ts';

const double = (value: number): Expression => constant(value, 'f64');
const unsigned = (value: number): Expression => constant(value, 'u32');
const signed = (value: number): Expression => constant(value, 'i32');
const one = double(1);
const two = double(2);
const half = double(0.5);

/**
 * Natural logarithm of a double from 2^-100 to 2^100. With x = 2^e m and s = (m - 1)/(m + 1): log m = 2 (s + s³/3 + s⁵/5 …), where |s| < 0.172, so eleven terms do. Where float32 takes x for the
 * next power of two, e is one greater and m half of what they should be, as the step after it makes them anyway.
 */
function exactLog(x: Expression): Expression {
  const e = sub(cast(shiftRight(bitcast(cast(x, 'f32'), 'u32'), unsigned(23)), 'i32'), signed(127));
  const scale = bitcast(shiftLeft(cast(sub(signed(127), e), 'u32'), unsigned(23)), 'f32');
  const whole = mul(x, cast(scale, 'f64'));
  const isBig = less(double(Math.SQRT2), whole);
  const m = select(isBig, mul(whole, half), whole);
  const exponent = add(cast(e, 'f64'), cast(isBig, 'f64'));
  const s = div(sub(m, one), add(m, one));
  const square = mul(s, s);
  let sum = double(1 / 23);
  for (let n = 21; n > 0; n -= 2) sum = add(mul(sum, square), double(1 / n));
  return add(mul(exponent, double(Math.LN2)), mul(mul(two, s), sum));
}

/** [cos, sin] of 2π u, for u from 0 to 1: Taylor's series around the nearest quarter, at most π/4 away. */
function circle(u: Expression): readonly [Expression, Expression] {
  const quarter = floor(add(mul(u, double(4)), half));
  const angle = mul(sub(u, mul(quarter, double(0.25))), double(6.283185307179586));
  const square = mul(neg(angle), angle);
  const over = (k: number): Expression => mul(square, double(1 / k));
  // A term is to the one before as the square is to k (k - 1), of the sine to k (k + 1): k = 18, 16 … 2.
  let [cosine, sine] = [over(18 * 17), over(18 * 19)];
  for (let k = 16; k > 0; k -= 2) {
    cosine = mul(add(one, cosine), over(k * (k - 1)));
    sine = mul(add(one, sine), over(k * (k + 1)));
  }
  cosine = add(cosine, one);
  sine = mul(add(one, sine), angle);
  const number = cast(quarter, 'u32');
  const isOdd = equal(and(number, unsigned(1)), unsigned(1));
  const isBehind = equal(and(number, unsigned(2)), unsigned(2));
  const x = select(isOdd, sine, cosine);
  const y = select(isOdd, cosine, sine);
  return [select(equal(isOdd, isBehind), x, neg(x)), select(isBehind, neg(y), y)];
}

/** The two normal numbers of two uniform ones: Box & Muller, "A note on the generation of random normal deviates" (1958). */
function normalPair(first: Expression, second: Expression): readonly [Expression, Expression] {
  const radius = sqrt(mul(double(-2), exactLog(add(first, double(2 ** -53)))));
  const [x, y] = circle(second);
  return [mul(radius, x), mul(radius, y)];
}

const drawnDouble = (key0: Expression, key1: Expression, counter: Expression, place: Expression): Expression =>
  uniformDouble(randomBits(key0, key1, counter, place), randomBits2(key0, key1, counter, place));

const domain = Array.from({ length: 4 }, () => [0, 2 ** 31 - 1] as const);

/** A standard normal float64 of key, key, counter and coordinate: elements 2j and 2j + 1 are a pair of their uniform ones. */
export const standardNormal: Builder<4> = defineRow({
  name: 'standardNormal',
  arity: 4,
  accepts: 'bits',
  result: () => 'f64',
  meaning: (...args) => {
    const [key0, key1, counter, place] = asWords(args);
    const bit = unsigned(1);
    const first = drawnDouble(key0, key1, counter, sub(place, and(place, bit)));
    const [even, odd] = normalPair(first, drawnDouble(key0, key1, counter, or(place, bit)));
    return select(equal(and(place, bit), bit), odd, even);
  },
  domain,
});

/** A float64 of the exponential law of rate 1, of key, key, counter and coordinate: -log of a uniform number of 52 bits, the ends left out. */
export const standardExponential: Builder<4> = defineRow({
  name: 'standardExponential',
  arity: 4,
  accepts: 'bits',
  result: () => 'f64',
  meaning: (...args) => {
    const [key0, key1, counter, place] = asWords(args);
    const drawn = floor(mul(drawnDouble(key0, key1, counter, place), double(2 ** 52)));
    return neg(exactLog(mul(add(drawn, half), double(2 ** -52))));
  },
  domain,
});
