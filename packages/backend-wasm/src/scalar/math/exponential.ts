/**
 * Exponentials of float32: x = n ln 2 + r with 0 <= r <= ln 2, so that 2^n is a float wherever the result is (W. J. Cody & W. Waite, *Software Manual for the
 * Elementary Functions*, 1980, ch. 6); minimax polynomials of our own. Results below the smallest normal number are 0: products that underflow are slow.
 */
import { type Code, f32x4, i32x4, type Local, multiplyAdd, pick, V128, v128 } from '../../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../../assembler/module.ts';
import { exponential64 } from './double.ts';
import { polynomial } from './polynomial.ts';

/** Adding it to a small float leaves the nearest integer in the low bits, as 2 to its power has it in its exponent. */
export const toExponent: number = 12582912 + 127;

/** Code for a row on one vector, in place: constants stay outside the kernel's loop. The argument is in a variable. */
export type VectorCode = (f: FunctionBuilder, x: Local) => Code;

/** A row of one argument: its code for float32 and that for float64. */
export const inline =
  (single: VectorCode, double: VectorCode): FunctionCode =>
  (f, type, args) =>
    args[0]!.map((part) => onVariable(type === 'f32' ? single : double)(f, part));

/** Vector code on any code for the argument. */
const onVariable =
  (code: VectorCode) =>
  (f: FunctionBuilder, value: Code): Code => {
    const x = f.local(V128);
    return [x.set(value), code(f, x)];
  };

/** exp(x) for x from -88 (that is 0 already) to 88.8 (infinite already). NaN stays. */
export function exponentialOf(f: FunctionBuilder, x: Code): Code {
  const { features } = f.module;
  const [own, shifted, n, r] = f.locals(V128, 4) as [Local, Local, Local, Local];
  return [
    own.set(x),
    shifted.set(
      f32x4.add(
        multiplyAdd(features, own, f.lanes('f32', Math.LOG2E), f.lanes('f32', -0.5)),
        f.lanes('f32', toExponent),
      ),
    ),
    n.set(f32x4.sub(shifted, f.lanes('f32', toExponent))),
    // n times the first part of ln 2 is exact.
    r.set(multiplyAdd(features, n, f.lanes('f32', -0.693359375), own)),
    r.set(multiplyAdd(features, n, f.lanes('f32', 2.1219444005469057e-4), r)),
    f32x4.mul(
      polynomial(f, r, [1.8607788e-3, 7.9694251e-3, 4.1784283e-2, 0.16665268, 0.50000018, 1, 1]),
      i32x4.shl(shifted, 23),
    ),
  ];
}

/** At most 1.6 ulp (1.9 without fused multiply-adds). */
const exponentialCode: VectorCode = (f, x) =>
  exponentialOf(f, f32x4.pmax(f32x4.pmin(x, f.lanes('f32', 88.8)), f.lanes('f32', -88)));

export const exponential: FunctionCode = inline(exponentialCode, exponential64);

/** 2 to the power x, at most 1.3 ulp (1.6 without fused multiply-adds), whole powers exactly: x = n + r, where n is below 128 for all x below. */
export const powerOfTwo: VectorCode = (f, x) => {
  const [own, shifted, r] = f.locals(V128, 3) as [Local, Local, Local];
  return [
    own.set(f32x4.pmax(f32x4.pmin(x, f.lanes('f32', 128)), f.lanes('f32', -127))),
    // A little over -1/2, so that r is 0 for whole x up to 128.
    shifted.set(f32x4.add(f32x4.add(own, f.lanes('f32', 1.5 * 2 ** -18 - 0.5)), f.lanes('f32', toExponent))),
    r.set(f32x4.sub(own, f32x4.sub(shifted, f.lanes('f32', toExponent)))),
    f32x4.mul(
      polynomial(f, r, [2.1565972e-4, 1.248229e-3, 9.6737752e-3, 5.5486184e-2, 0.24022909, 0.69314706, 1]),
      i32x4.shl(shifted, 23),
    ),
  ];
};

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
