/**
 * What each core row may give, said a second time and independently of the reference: with JavaScript's doubles for floats, with exact 32-bit
 * arithmetic for the rest.
 */
import type { CoreName, ScalarType } from '@nn/backend';
import {
  everything, type Float, flushable, hull, type Interval, isEmpty, isPoint, nothing, point, rounded, ulp, union, widen,
} from './interval.ts'; // biome-ignore format: one list
import { type Accuracy, exact, type Precision } from './precision.ts';

/** Bounds of a row's result on arguments of one type. */
export function rowBounds(name: CoreName, args: readonly Interval[], type: ScalarType, precision: Precision): Interval {
  if (name === 'select') return choose(args[0]!, args[1]!, args[2]!);
  if (name === 'less' || name === 'lessEqual' || name === 'equal')
    return args.some(isEmpty) ? answer(true, false) : comparisons[name](args[0]!, args[1]!);
  if (type === 'f32' || type === 'f64') {
    // A row that hands NaN on gives nothing else when an argument can be nothing else.
    if (name !== 'pow' && args.some(isEmpty)) return nothing;
    return floats[name](args, type, precision[name] ?? exact);
  }
  return type === 'bool' ? logic(name, args) : integers(name, args, type);
}

function choose(condition: Interval, x: Interval, y: Interval): Interval {
  if (isPoint(condition)) return condition.lo === 1 ? x : y;
  return union(x, y);
}

/** From the two answers that are possible. */
const answer = (canBeFalse: boolean, canBeTrue: boolean): Interval => ({
  lo: canBeFalse ? 0 : 1,
  hi: canBeTrue ? 1 : 0,
  nan: false,
});

const comparisons = {
  less: (x: Interval, y: Interval): Interval => answer(x.nan || y.nan || x.hi >= y.lo, x.lo < y.hi),
  lessEqual: (x: Interval, y: Interval): Interval => answer(x.nan || y.nan || x.hi > y.lo, x.lo <= y.hi),
  equal: (x: Interval, y: Interval): Interval =>
    answer(x.nan || y.nan || !(x.lo === y.hi && x.hi === y.lo), x.lo <= y.hi && y.lo <= x.hi),
};

type FloatRow = (args: readonly Interval[], type: Float, accuracy: Accuracy) => Interval;

/** All values of f at the ends of its arguments: its range, where it is monotone in each. */
const ends = (f: (...x: number[]) => number, args: readonly Interval[]): Interval => {
  const [x, y] = args as [Interval, Interval | undefined];
  const nan = args.some((arg) => arg.nan);
  if (y === undefined) return hull([f(x.lo), f(x.hi)], nan);
  return hull([f(x.lo, y.lo), f(x.lo, y.hi), f(x.hi, y.lo), f(x.hi, y.hi)], nan);
};

const isExact = ({ ulps, absolute = 0 }: Accuracy): boolean => ulps <= 0.5 && absolute === 0;

/** The range with the error that is allowed. */
const loosen = (range: Interval, type: Float, { ulps, absolute = 0 }: Accuracy): Interval =>
  widen(range, type, ulps, absolute * ulp(1, type));

/** The result of one correct rounding, known exactly where the arguments are. */
const correctly =
  (f: (...x: number[]) => number): FloatRow =>
  (args, type, accuracy) => {
    const range = ends(f, args);
    if (isPoint(range) && args.every(isPoint) && isExact(accuracy))
      return flushable(point(rounded(range.lo, type)), type);
    return loosen(range, type, accuracy);
  };

/** A step function, which nothing rounds. */
const step =
  (f: (x: number) => number): FloatRow =>
  (args) =>
    ends((x) => f(x!), args);

const monotone =
  (f: (x: number) => number): FloatRow =>
  (args, type, accuracy) =>
    loosen(ends(f, args), type, accuracy);

/** Numbers below `least` give NaN. */
const from = (least: number, x: Interval): Interval => ({
  lo: x.hi < least ? Number.POSITIVE_INFINITY : Math.max(x.lo, least),
  hi: x.hi < least ? Number.NEGATIVE_INFINITY : x.hi,
  nan: x.nan || x.lo < least,
});

const pick = (f: (x: number, y: number) => number): FloatRow => {
  return ([x, y]) => ({ lo: f(x!.lo, y!.lo), hi: f(x!.hi, y!.hi), nan: x!.nan || y!.nan });
};

const hasZero = ({ lo, hi }: Interval): boolean => lo <= 0 && hi >= 0;
const withZero = (lo: number, hi: number): { lo: number; hi: number } => ({ lo: Math.min(lo, 0), hi: Math.max(hi, 0) });
/** Whether it has a finite member. */
const hasNumber = ({ lo, hi }: Interval): boolean => lo < hi || Number.isFinite(lo);
const hasInfinity = ({ lo, hi }: Interval): boolean => !Number.isFinite(lo) || !Number.isFinite(hi);

/** Of doubles: products of a power of two, or of small whole numbers, are seen to be exact; others may be without it. */
function productIsExact(x: number, y: number, type: Float): boolean {
  const product = x * y;
  if (type === 'f32') return Math.fround(product) === product;
  if (!Number.isFinite(product) || Math.abs(product) < 2 ** -1000) return product === 0 && (x === 0 || y === 0);
  const isPower = (v: number): boolean =>
    Number.isInteger(Math.log2(Math.abs(v))) && 2 ** Math.log2(Math.abs(v)) === Math.abs(v);
  return (
    isPower(x) || isPower(y) || (Number.isSafeInteger(x) && Number.isSafeInteger(y) && Number.isSafeInteger(product))
  );
}

const comparing: FloatRow = () => everything;

const floats: { readonly [N in CoreName]: FloatRow } = {
  add: correctly((x, y) => x! + y!),
  sub: correctly((x, y) => x! - y!),
  // A product may be added to something before it is rounded (fused multiply-add).
  mul: (args, type, accuracy) => {
    const [x, y] = args as [Interval, Interval];
    const { lo, hi, nan } = ends((a, b) => a! * b!, args);
    const unknown = nan || (hasZero(x) && hasInfinity(y)) || (hasZero(y) && hasInfinity(x));
    const known = isPoint(x) && isPoint(y) && productIsExact(x.lo, y.lo, type) && isExact(accuracy);
    // Where ends are 0 · ∞, what lies between them is 0 times a number.
    const range =
      unknown && (hasNumber(x) || hasNumber(y)) && !(isPoint(x) && isPoint(y)) ? withZero(lo, hi) : { lo, hi };
    return known ? flushable({ ...range, nan: unknown }, type) : loosen({ ...range, nan: unknown }, type, accuracy);
  },
  div: (args, type, accuracy) => {
    const [x, y] = args as [Interval, Interval];
    if (y.lo < 0 && y.hi > 0) return everything;
    const { lo, hi, nan } = correctly((a, b) => a! / b!)(args, type, accuracy);
    const range = hasInfinity(y) && hasNumber(x) ? withZero(lo, hi) : { lo, hi };
    return { ...range, nan: nan || (hasZero(x) && hasZero(y)) || (hasInfinity(x) && hasInfinity(y)) };
  },
  rem: ([x, y], type, { growth = 0 }) => {
    if (!isPoint(x!) || !isPoint(y!)) return everything;
    const result = x!.lo % y!.lo;
    if (Number.isNaN(result)) return nothing;
    if (!Number.isFinite(y!.lo)) return point(result);
    const quotient = (x!.lo - result) / y!.lo;
    const sure = result === 0 && Math.abs(quotient) < 2 ** 23 && quotient * y!.lo === x!.lo;
    if (sure) return flushable(point(result), type);
    const error = growth * ulp(x!.lo, type);
    const near = widen(point(result), type, 0, error);
    const size = Math.abs(y!.lo);
    const sign = x!.lo < 0 ? -1 : 1;
    // So near to a multiple of y the quotient may have been rounded to the next number.
    const wraps = Math.abs(result) <= error || size - Math.abs(result) <= error;
    return wraps ? union(near, hull([0, sign * size])) : near;
  },
  neg: ([x]) => ({ lo: -x!.hi, hi: -x!.lo, nan: x!.nan }),
  abs: ([x]) => ({
    lo: x!.lo <= 0 && x!.hi >= 0 ? 0 : Math.min(Math.abs(x!.lo), Math.abs(x!.hi)),
    hi: Math.max(Math.abs(x!.lo), Math.abs(x!.hi)),
    nan: x!.nan,
  }),
  max: pick(Math.max),
  min: pick(Math.min),
  floor: step(Math.floor),
  ceil: step(Math.ceil),
  trunc: step(Math.trunc),
  round: step(nearestEven),
  sqrt: ([x], type, accuracy) => correctly((v) => Math.sqrt(v!))([from(-0, x!)], type, accuracy),
  exp: monotone(Math.exp),
  log: ([x], type, accuracy) => {
    const within = from(-0, x!);
    return isEmpty(within)
      ? nothing
      : loosen(hull([logarithm(within.lo), logarithm(within.hi)], within.nan), type, accuracy);
  },
  sin: wave(Math.sin),
  cos: wave(Math.cos),
  pow: ([x, y], type, { ulps, growth = 0 }) => {
    // pow(NaN, 0) = 1 = pow(1, NaN); a doubtful NaN leaves everything open.
    const [a, b] = [x!, y!].map((arg) => (isEmpty(arg) ? Number.NaN : arg.lo)) as [number, number];
    const known = [x!, y!].every((arg) => isEmpty(arg) || isPoint(arg));
    if (!known && (x!.lo <= 0 || x!.nan || y!.nan)) return everything;
    const range = known ? point(cPower(a, b)) : ends((p, q) => cPower(p!, q!), [x!, y!]);
    const exponent = [range.lo, range.hi].map((v) => Math.abs(Math.log(Math.abs(v)))).filter(Number.isFinite);
    return widen(range, type, ulps + growth * Math.max(0, ...exponent));
  },
  less: comparing,
  lessEqual: comparing,
  equal: comparing,
  select: comparing,
  and: comparing,
  or: comparing,
  xor: comparing,
  not: comparing,
  shiftLeft: comparing,
  shiftRight: comparing,
};

const logarithm = (x: number): number => (x === 0 ? Number.NEGATIVE_INFINITY : Math.log(x));

function wave(f: (x: number) => number): FloatRow {
  return ([x], type, { ulps, absolute = 0, growth = 0, reach = Number.POSITIVE_INFINITY }) => {
    const infinite = !Number.isFinite(x!.lo) || !Number.isFinite(x!.hi);
    if (infinite) return isPoint(x!) ? nothing : { lo: -1, hi: 1, nan: true };
    const far = Math.max(Math.abs(x!.lo), Math.abs(x!.hi));
    const moved = far > reach ? growth * ulp(far, type) : 0;
    const [lo, hi] = [x!.lo - moved, x!.hi + moved];
    if (hi - lo > 3) return { lo: -1, hi: 1, nan: x!.nan };
    // Between the ends there may be one extreme: a sample on either side of the middle shows whether it is near.
    const values = [f(lo), f(hi), f((lo + hi) / 2)];
    const slack = ((hi - lo) * (hi - lo)) / 2;
    const range = widen(hull(values, x!.nan), type, ulps, Math.min(1, absolute * ulp(1, type) + slack));
    return { lo: Math.max(range.lo, -1 - ulp(1, type)), hi: Math.min(range.hi, 1 + ulp(1, type)), nan: range.nan };
  };
}

/** Ties to even, by the rule's words. */
function nearestEven(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const away = Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
  const tie = Math.abs(x - Math.trunc(x)) === 0.5;
  return tie && away % 2 !== 0 ? away - Math.sign(x) : Math.abs(x) < 0.5 ? 0 : away;
}

/** The C standard's pow (annex F): where it differs from JavaScript's. */
const cPower = (x: number, y: number): number =>
  x === 1 || y === 0 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) ? 1 : x ** y;

function logic(name: CoreName, args: readonly Interval[]): Interval {
  const results: number[] = [];
  const [x, y = x] = args as [Interval, Interval | undefined];
  for (const a of [0, 1])
    for (const b of [0, 1])
      if (a >= x.lo && a <= x.hi && b >= y!.lo && b <= y!.hi) results.push(logicOf(name, a === 1, b === 1) ? 1 : 0);
  return hull(results);
}

function logicOf(name: CoreName, x: boolean, y: boolean): boolean {
  if (name === 'and') return x && y;
  if (name === 'or') return x || y;
  if (name === 'xor') return x !== y;
  if (name === 'not') return !x;
  throw new RangeError(`${name} takes no bools`);
}

function integers(name: CoreName, args: readonly Interval[], type: ScalarType): Interval {
  const [least, most] = type === 'u32' ? [0n, 2n ** 32n - 1n] : [-(2n ** 31n), 2n ** 31n - 1n];
  if (!args.every(isPoint)) return hull([Number(least), Number(most)]);
  const [x, y = 0n] = args.map(({ lo }) => BigInt(lo)) as [bigint, bigint | undefined];
  const result = integerOf(name, x, y, type);
  return point(Number(type === 'u32' ? BigInt.asUintN(32, result) : BigInt.asIntN(32, result)));
}

/** With unbounded integers; the caller wraps. */
function integerOf(name: CoreName, x: bigint, y: bigint, type: ScalarType): bigint {
  switch (name) {
    case 'add':
      return x + y;
    case 'sub':
      return x - y;
    case 'mul':
      return x * y;
    case 'div':
      return y === 0n ? 0n : x / y;
    case 'rem':
      return y === 0n ? 0n : x % y;
    case 'neg':
      return -x;
    case 'abs':
      return x < 0n ? -x : x;
    case 'max':
      return x > y ? x : y;
    case 'min':
      return x < y ? x : y;
    case 'pow':
      return power(x, y);
    case 'and':
      return x & y;
    case 'or':
      return x | y;
    case 'xor':
      return x ^ y;
    case 'not':
      return ~x;
    case 'shiftLeft':
      return x << (y & 31n);
    case 'shiftRight':
      return (type === 'u32' ? BigInt.asUintN(32, x) : x) >> (y & 31n);
    default:
      throw new RangeError(`${name} takes no integers`);
  }
}

/** Negative powers are truncated: only those of ±1 are not 0. */
function power(x: bigint, y: bigint): bigint {
  if (y < 0n) return x === 1n ? 1n : x === -1n ? (y % 2n === 0n ? 1n : -1n) : 0n;
  let [result, base] = [1n, x];
  for (let n = y; n > 0n; n >>= 1n) {
    if (n & 1n) result = BigInt.asIntN(64, result * base);
    base = BigInt.asIntN(64, base * base);
  }
  return result;
}
