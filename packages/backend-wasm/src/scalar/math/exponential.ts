/**
 * Exponentials of float32: x = n ln 2 + r with 0 <= r <= ln 2, so that 2^n is a float wherever the result is (W. J. Cody & W. Waite, *Software Manual for the
 * Elementary Functions*, 1980, ch. 6); minimax polynomials of our own. Results below the smallest normal number are 0: products that underflow are slow.
 */
import { type Code, f32x4, i32x4, type Local, multiplyAdd, pick, V128, v128 } from '../../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../../assembler/module.ts';
import { hostLanes } from './host-lanes.ts';
import { polynomial } from './polynomial.ts';

/** Adding it to a small float leaves the nearest integer in the low bits. */
const magic = 12582912;

/** Code for a row on one vector of float32, in place: constants stay outside the kernel's loop. The argument is in a variable. */
export type VectorCode = (f: FunctionBuilder, x: Local) => Code;

/** A row of one argument: its vector code, and the engine's function of that name for float64. */
export const inline =
  (name: string, code: VectorCode): FunctionCode =>
  (f, type, args) =>
    type === 'f32' ? [float32(code)(f, args[0]![0]!)] : hostLanes(f, name, type, args);

/** Vector code on any code for the argument. */
export const float32 =
  (code: VectorCode) =>
  (f: FunctionBuilder, value: Code): Code => {
    const x = f.local(V128);
    return [x.set(value), code(f, x)];
  };

/** exp(x + low) for x from -88 (that is 0 already) to 88.8 (infinite already), and |low| < 0.06. NaN stays. */
export function exponentialOf(f: FunctionBuilder, x: Code, low: Code | null = null): Code {
  const { features } = f.module;
  const [own, shifted, n, r] = f.locals(V128, 4) as [Local, Local, Local, Local];
  return [
    own.set(x),
    shifted.set(
      f32x4.add(multiplyAdd(features, own, f.lanes('f32', Math.LOG2E), f.lanes('f32', -0.5)), f.lanes('f32', magic)),
    ),
    n.set(f32x4.sub(shifted, f.lanes('f32', magic))),
    // n times the first part of ln 2 is exact.
    r.set(multiplyAdd(features, n, f.lanes('f32', -0.693359375), own)),
    r.set(multiplyAdd(features, n, f.lanes('f32', 2.1219444005469057e-4), r)),
    low === null ? [] : r.set(f32x4.add(r, low)),
    f32x4.mul(
      polynomial(f, r, [1.8607788e-3, 7.9694251e-3, 4.1784283e-2, 0.16665268, 0.50000018, 1, 1]),
      i32x4.shl(i32x4.add(shifted, f.lanes('i32', 127)), 23),
    ),
  ];
}

/** At most 1.6 ulp (1.9 without fused multiply-adds). */
const exponentialCode: VectorCode = (f, x) =>
  exponentialOf(f, f32x4.pmax(f32x4.pmin(x, f.lanes('f32', 88.8)), f.lanes('f32', -88)));

export const exponential: FunctionCode = inline('exp', exponentialCode);

export const signBits = (f: FunctionBuilder, x: Code): Code => v128.and(x, f.lanes('i32', -(2 ** 31)));

/** exp(x) - 1, at most 2.4 ulp (2.9 without fused multiply-adds): up to 1/2 as 2x/(x coth(x/2) - x), just as the row says it. */
export const exponentialMinusOne: VectorCode = (f, x) => {
  const z = f.local(V128);
  const two = f.lanes('f32', 2);
  const cotangent = [
    4.1099798564549345e-8, -1.653296640747349e-6, 6.613755343425129e-5, -0.002777777777381166, 0.1666666666666647,
  ];
  return [
    z.set(f32x4.mul(x, x)),
    pick(
      f.module.features,
      f32x4.lt(f32x4.abs(x), f.lanes('f32', 0.5)),
      f32x4.div(f32x4.add(x, x), f32x4.sub(multiplyAdd(f.module.features, z, polynomial(f, z, cotangent), two), x)),
      f32x4.sub(exponentialCode(f, x), f.lanes('f32', 1)),
    ),
  ];
};
