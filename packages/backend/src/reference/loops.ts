/**
 * What each core row does, as one plain loop over registers. This table is the specification of the scalar language: registers
 * of type f32 are Float32Arrays, so every step is rounded to float32 by being stored, as on every other backend.
 */
import type { ScalarType } from '../dtype.ts';
import type { CoreName } from '../scalar/core.ts';

export type Register = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Writes n results into `out`; `z` only for `select`. */
export type Loop = (n: number, out: Register, x: Register, y: Register, z: Register) => void;

const unary =
  (f: (x: number) => number): Loop =>
  (n, out, x) => {
    for (let i = 0; i < n; i++) out[i] = f(x[i]!);
  };

const binary =
  (f: (x: number, y: number) => number): Loop =>
  (n, out, x, y) => {
    for (let i = 0; i < n; i++) out[i] = f(x[i]!, y[i]!);
  };

/** One loop for floats, one for the rest, where they differ. */
interface Pair {
  readonly float: Loop;
  readonly other: Loop;
}

const both = (loop: Loop): Pair => ({ float: loop, other: loop });

const add: Loop = (n, out, x, y) => {
  for (let i = 0; i < n; i++) out[i] = x[i]! + y[i]!;
};
const sub: Loop = (n, out, x, y) => {
  for (let i = 0; i < n; i++) out[i] = x[i]! - y[i]!;
};
const mul: Loop = (n, out, x, y) => {
  for (let i = 0; i < n; i++) out[i] = x[i]! * y[i]!;
};
const select: Loop = (n, out, condition, x, y) => {
  for (let i = 0; i < n; i++) out[i] = condition[i] !== 0 ? x[i]! : y[i]!;
};

const table: { readonly [N in CoreName]: Pair } = {
  add: both(add),
  sub: both(sub),
  mul: { float: mul, other: binary(Math.imul) },
  div: { float: binary((x, y) => x / y), other: binary((x, y) => (y === 0 ? 0 : Math.trunc(x / y))) },
  rem: { float: binary((x, y) => x % y), other: binary((x, y) => (y === 0 ? 0 : x % y)) },
  neg: both(unary((x) => -x)),
  abs: both(unary(Math.abs)),
  max: both(binary(Math.max)),
  min: both(binary(Math.min)),
  floor: both(unary(Math.floor)),
  ceil: both(unary(Math.ceil)),
  trunc: both(unary(Math.trunc)),
  round: both(unary(roundHalfEven)),
  sqrt: both(unary(Math.sqrt)),
  exp: both(unary(Math.exp)),
  log: both(unary(Math.log)),
  sin: both(unary(Math.sin)),
  cos: both(unary(Math.cos)),
  pow: { float: binary(power), other: binary(integerPower) },
  less: both(binary((x, y) => Number(x < y))),
  lessEqual: both(binary((x, y) => Number(x <= y))),
  equal: both(binary((x, y) => Number(x === y))),
  and: both(binary((x, y) => x & y)),
  or: both(binary((x, y) => x | y)),
  xor: both(binary((x, y) => x ^ y)),
  not: both(unary((x) => ~x)),
  shiftLeft: both(binary((x, y) => x << y)),
  shiftRight: both(binary((x, y) => x >> y)),
  select: both(select),
};

const logicalNot: Loop = unary((x) => x ^ 1);
const unsignedShift: Loop = binary((x, y) => x >>> y);
const unsignedQuotient: Loop = binary((x, y) => (y === 0 ? 0 : Math.floor(x / y)));

/** The loop of a core row for arguments of this type. */
export function loopOf(name: CoreName, type: ScalarType): Loop {
  if (name === 'not' && type === 'bool') return logicalNot;
  if (type === 'u32' && name === 'shiftRight') return unsignedShift;
  if (type === 'u32' && name === 'div') return unsignedQuotient;
  return table[name][type === 'f32' || type === 'f64' ? 'float' : 'other'];
}

const toInteger: Loop = unary((x) => (x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : Math.trunc(x)));
const toUnsigned: Loop = unary((x) => (x >= 4294967295 ? 4294967295 : x <= 0 ? 0 : Math.trunc(x)));
const toBool: Loop = unary((x) => Number(x !== 0));
const copy: Loop = unary((x) => x);

/** The loop that converts between two types. NaN becomes 0 when it is stored in an integer register. */
export function castLoop(from: ScalarType, to: ScalarType): Loop {
  if (to === 'bool') return toBool;
  const fromFloat = from === 'f32' || from === 'f64';
  if (fromFloat && to === 'i32') return toInteger;
  if (fromFloat && to === 'u32') return toUnsigned;
  return copy;
}

/** Reads the bits of one register as another type. */
export const bitcastLoop: Loop = (n, out, x) => {
  new Uint8Array(out.buffer, out.byteOffset, 4 * n).set(new Uint8Array(x.buffer, x.byteOffset, 4 * n));
};

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below === 0 && x < 0 ? -0 : below;
  if (rest > 0.5) return x < 0 && below === -1 ? -0 : below + 1;
  return below % 2 === 0 ? below : x < 0 && below === -1 ? -0 : below + 1;
}

/** C's pow: unlike JavaScript's, 1 to any power and (-1)^±inf are 1. */
function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}

function integerPower(x: number, y: number): number {
  if (y < 0) return x === 1 ? 1 : x === -1 ? (y % 2 === 0 ? 1 : -1) : 0;
  let result = 1;
  for (let base = x, n = y; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}
