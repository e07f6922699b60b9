/**
 * The core of the scalar language: the rows that every code generator implements, with their derivatives, and one builder
 * function a row. Builders simplify only where no bit of any result can change.
 */
import { type DType, dtypes, isFloatScalar, type ScalarType } from '../dtype.ts';
import { constant, type Expression, intern } from './expression.ts';
import { apply, defineRow, type Row } from './row.ts';

/** Names of the core rows; a code generator's table is `Record<CoreName, …>`, so that an omission doesn't compile. */
export type CoreName = (typeof coreNames)[number];

export const coreNames = [
  'add', 'sub', 'mul', 'div', 'rem', 'neg', 'abs', 'max', 'min', 'floor', 'ceil', 'trunc', 'round', 'sqrt', 'exp', 'log',
  'sin', 'cos', 'pow', 'less', 'lessEqual', 'equal', 'and', 'or', 'xor', 'not', 'shiftLeft', 'shiftRight', 'select',
] as const; // biome-ignore format: one glance

/** A constant of the same type as `like`. */
export const same = (value: number, like: Expression): Expression => constant(value, like.type);

const isConstant = (x: Expression, value: number): boolean => x.op === 'constant' && Object.is(x.value, value);

export const add = (x: Expression, y: Expression): Expression => apply('add', x, y);
export const sub = (x: Expression, y: Expression): Expression => apply('sub', x, y);
export const mul = (x: Expression, y: Expression): Expression =>
  isConstant(x, 1) && x.type === y.type ? y : isConstant(y, 1) && x.type === y.type ? x : apply('mul', x, y);
/** Quotient; of integers the one rounded towards zero (0 where the divisor is 0). */
export const div = (x: Expression, y: Expression): Expression => (isConstant(y, 1) ? x : apply('div', x, y));
/** Remainder with the sign of the dividend (C's fmod and %). */
export const rem = (x: Expression, y: Expression): Expression => apply('rem', x, y);
export const neg = (x: Expression): Expression => (x.op === 'neg' ? x.args[0]! : apply('neg', x));
export const abs = (x: Expression): Expression => apply('abs', x);
/** The larger; NaN if either is NaN. */
export const max = (x: Expression, y: Expression): Expression => apply('max', x, y);
/** The smaller; NaN if either is NaN. */
export const min = (x: Expression, y: Expression): Expression => apply('min', x, y);
export const floor = (x: Expression): Expression => apply('floor', x);
export const ceil = (x: Expression): Expression => apply('ceil', x);
export const trunc = (x: Expression): Expression => apply('trunc', x);
/** To the nearest integer, halves to the even one. */
export const round = (x: Expression): Expression => apply('round', x);
export const sqrt = (x: Expression): Expression => apply('sqrt', x);
export const exp = (x: Expression): Expression => apply('exp', x);
export const log = (x: Expression): Expression => apply('log', x);
export const sin = (x: Expression): Expression => apply('sin', x);
export const cos = (x: Expression): Expression => apply('cos', x);
/** Power with C's edges: pow(x, 0) = 1, pow(1, y) = 1, negative bases with integral exponents. */
export const pow = (x: Expression, y: Expression): Expression => apply('pow', x, y);
export const less = (x: Expression, y: Expression): Expression => apply('less', x, y);
export const lessEqual = (x: Expression, y: Expression): Expression => apply('lessEqual', x, y);
export const equal = (x: Expression, y: Expression): Expression => apply('equal', x, y);
/** Bitwise on integers, logical on bools; the next three too. */
export const and = (x: Expression, y: Expression): Expression => apply('and', x, y);
export const or = (x: Expression, y: Expression): Expression => apply('or', x, y);
export const xor = (x: Expression, y: Expression): Expression => apply('xor', x, y);
export const not = (x: Expression): Expression => apply('not', x);
/** Shifts by the low five bits of `y`. */
export const shiftLeft = (x: Expression, y: Expression): Expression => apply('shiftLeft', x, y);
/** Arithmetic for i32, logical for u32. */
export const shiftRight = (x: Expression, y: Expression): Expression => apply('shiftRight', x, y);
/** `condition ? x : y`; both are computed. */
export const select = (condition: Expression, x: Expression, y: Expression): Expression =>
  x === y ? x : apply('select', condition, x, y);

/**
 * The value in another type. Float to integer truncates, saturates and takes NaN to 0; anything to bool asks whether it
 * differs from 0; between i32 and u32 the bits stay.
 */
export const cast = (x: Expression, type: ScalarType): Expression => (x.type === type ? x : intern('cast', type, [x]));

/** The same 32 bits read as another type: f32, i32 or u32. */
export const bitcast = (x: Expression, type: 'f32' | 'i32' | 'u32'): Expression =>
  x.type === type ? x : intern('bitcast', type, [x]);

export const castTo = (x: Expression, dtype: DType): Expression => cast(x, dtypes[dtype].scalar);

export const greater = (x: Expression, y: Expression): Expression => less(y, x);
export const greaterEqual = (x: Expression, y: Expression): Expression => lessEqual(y, x);
export const notEqual = (x: Expression, y: Expression): Expression => not(equal(x, y));
/** True for NaN alone. */
export const isNotANumber = (x: Expression): Expression => notEqual(x, x);

const bool = (): ScalarType => 'bool';
const none = [null, null] as const;
const zero = (g: Expression): Expression => same(0, g);

const gradients: { readonly [N in CoreName]: NonNullable<Row['gradient']> } = {
  add: (g) => [g, g],
  sub: (g) => [g, neg(g)],
  mul: (g, _, x, y) => [mul(g, y!), mul(g, x!)],
  div: (g, _, x, y) => [div(g, y!), neg(div(mul(g, div(x!, y!)), y!))],
  rem: (g, _, x, y) => [g, neg(mul(g, trunc(div(x!, y!))))],
  neg: (g) => [neg(g)],
  abs: (g, _, x) => [mul(g, sub(cast(less(zero(x!), x!), g.type), cast(less(x!, zero(x!)), g.type)))],
  // Ties give half to each, as torch.maximum does.
  max: (g, _, x, y) => shares(g, less(x!, y!), less(y!, x!), equal(x!, y!)),
  min: (g, _, x, y) => shares(g, less(y!, x!), less(x!, y!), equal(x!, y!)),
  floor: () => none,
  ceil: () => none,
  trunc: () => none,
  round: () => none,
  sqrt: (g, out) => [div(g, mul(same(2, out), out))],
  exp: (g, out) => [mul(g, out)],
  log: (g, _, x) => [div(g, x!)],
  sin: (g, _, x) => [mul(g, cos(x!))],
  cos: (g, _, x) => [neg(mul(g, sin(x!)))],
  // Where the result doesn't vary, other arguments keep derivatives of the other branch finite.
  pow: (g, out, x, y) => {
    const level = equal(y!, zero(y!));
    const flat = and(equal(x!, zero(x!)), lessEqual(zero(y!), y!));
    const lower = sub(select(level, same(2, y!), y!), same(1, y!));
    return [
      select(level, zero(g), mul(g, mul(y!, pow(x!, lower)))),
      select(flat, zero(g), mul(g, mul(out, log(select(flat, same(1, x!), x!))))),
    ];
  },
  less: () => none,
  lessEqual: () => none,
  equal: () => none,
  and: () => none,
  or: () => none,
  xor: () => none,
  not: () => none,
  shiftLeft: () => none,
  shiftRight: () => none,
  select: (g, _, condition) => [null, select(condition!, g, zero(g)), select(condition!, zero(g), g)],
};

/** Nothing where an argument loses, half where they tie, all where it wins or can't be compared. */
function shares(g: Expression, xLoses: Expression, yLoses: Expression, tie: Expression): (Expression | null)[] {
  const shared = select(tie, mul(g, same(0.5, g)), g);
  return [select(xLoses, zero(g), shared), select(yLoses, zero(g), shared)];
}

const wide: readonly [number, number] = [-10, 10];
const positive: readonly [number, number] = [1e-3, 10];

/** What isn't the default of a row: arity 2, numbers, the type of its arguments, [-10, 10]. */
const facts: { readonly [N in CoreName]?: Partial<Row> } = {
  neg: { arity: 1 },
  abs: { arity: 1 },
  floor: { arity: 1, accepts: 'float' },
  ceil: { arity: 1, accepts: 'float' },
  trunc: { arity: 1, accepts: 'float' },
  round: { arity: 1, accepts: 'float' },
  sqrt: { arity: 1, accepts: 'float', domain: [positive] },
  exp: { arity: 1, accepts: 'float' },
  log: { arity: 1, accepts: 'float', domain: [positive] },
  sin: { arity: 1, accepts: 'float' },
  cos: { arity: 1, accepts: 'float' },
  pow: { accepts: 'number', domain: [positive, [-3, 3]] },
  less: { accepts: 'any', result: bool },
  lessEqual: { accepts: 'any', result: bool },
  equal: { accepts: 'any', result: bool },
  and: { accepts: 'bits' },
  or: { accepts: 'bits' },
  xor: { accepts: 'bits' },
  not: { arity: 1, accepts: 'bits' },
  shiftLeft: { accepts: 'integer' },
  shiftRight: { accepts: 'integer' },
  select: { arity: 3, accepts: 'any', result: (types) => types[1]! },
};

for (const name of coreNames) {
  const row = { name, arity: 2, accepts: 'number' as const, gradient: gradients[name], ...facts[name] };
  defineRow({ domain: Array.from({ length: row.arity }, () => wide), ...row });
}

/** Gradient through a cast: floats pass it on, everything else stops it. */
export const castGradient = (g: Expression, x: Expression): Expression | null =>
  isFloatScalar(x.type) ? cast(g, x.type) : null;
