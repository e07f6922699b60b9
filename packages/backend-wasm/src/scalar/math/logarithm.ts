/**
 * Logarithms of float32: x = 2^e m with √½ <= m < √2, and a minimax polynomial of our own for log m (error 8e-10). Denormal numbers and the edges
 * are rare and have code of their own that is skipped.
 */
import {
  type Code,
  f32x4,
  I32,
  i32x4,
  type Local,
  multiplyAdd,
  pick,
  V128,
  v128,
  when,
} from '../../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../../assembler/module.ts';
import { logarithm64 } from './double.ts';
import { inline, signBits, type VectorCode } from './exponential.ts';
import { polynomial } from './polynomial.ts';

const coefficients = [
  6.7466386e-2, -0.11675651, 0.11888163, -0.12405589, 0.14219552, -0.16667996, 0.20002119, -0.25000009, 0.33333313,
];

/** log x. `excess` is x - 1 where that is known more exactly; it counts where x is near 1. */
function logarithmOf(f: FunctionBuilder, x: Local, excess: Local | null): Code {
  const { features } = f.module;
  const [normal, power, exponent, t, z, y] = f.locals(V128, 6) as Local[];
  const rare = f.local(I32);
  // Branches would keep the engine from joining vectors.
  const rarely = (...code: Code[]): Code => (features.pairs ? code : when(rare, code));
  const zero = f.lanes('f32', 0);
  const infinity = f.lanes('f32', Number.POSITIVE_INFINITY);
  return [
    normal!.set(x),
    exponent!.set(zero),
    // Everything but positive normal numbers, by the bits.
    features.pairs
      ? []
      : rare.set(v128.anyTrue(i32x4.geU(i32x4.sub(x, f.lanes('i32', 0x00800000)), f.lanes('i32', 0x7f000000)))),
    rarely(
      t!.set(f32x4.lt(x, f.lanes('f32', 2 ** -126))),
      normal!.set(pick(features, t!, f32x4.mul(x, f.lanes('f32', 2 ** 23)), x)),
      exponent!.set(v128.and(t!, f.lanes('f32', 23))),
    ),
    // How far the bits are above those of √½.
    power!.set(i32x4.shrS(i32x4.sub(normal!, f.lanes('i32', 0x3f3504f3)), 23)),
    t!.set(f32x4.sub(i32x4.sub(normal!, i32x4.shl(power!, 23)), f.lanes('f32', 1))),
    excess === null ? [] : t!.set(pick(features, i32x4.eq(power!, zero), excess, t!)),
    exponent!.set(f32x4.sub(f32x4.convertI32x4S(power!), exponent!)),
    z!.set(f32x4.mul(t!, t!)),
    y!.set(f32x4.mul(polynomial(f, t!, coefficients), f32x4.mul(t!, z!))),
    y!.set(multiplyAdd(features, exponent!, f.lanes('f32', -2.1219444005469057e-4), y!)),
    y!.set(multiplyAdd(features, f32x4.mul(t!, f.lanes('f32', -0.5)), t!, y!)),
    y!.set(multiplyAdd(features, exponent!, f.lanes('f32', 0.693359375), f32x4.add(t!, y!))),
    rarely(
      y!.set(pick(features, f32x4.eq(x, zero), f.lanes('f32', Number.NEGATIVE_INFINITY), y!)),
      y!.set(pick(features, f32x4.lt(x, zero), f.lanes('f32', Number.NaN), y!)),
      // +inf and NaN are their own logarithms.
      y!.set(pick(features, v128.or(f32x4.eq(x, infinity), f32x4.ne(x, x)), x, y!)),
    ),
    y!,
  ];
}

/** At most 0.9 ulp. */
export const logarithm: FunctionCode = inline((f, x) => logarithmOf(f, x, null), logarithm64);

/** log(1 + x), at most 2.4 ulp (0.6 where x is near 0). */
export const logarithmOfOnePlus: VectorCode = (f, x) => {
  const sum = f.local(V128);
  return [sum.set(f32x4.add(x, f.lanes('f32', 1))), v128.or(logarithmOf(f, sum, x), signBits(f, x))];
};
