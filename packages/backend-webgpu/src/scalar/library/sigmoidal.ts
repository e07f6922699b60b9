/**
 * Odd functions that saturate, and tails of the normal law. Minimax polynomials of our own; the splits are those of the derived rows that these replace, so that
 * they are as exact.
 */
import type { Helper } from '../../shader.ts';
import { polynomial } from './polynomial.ts';

const tangent = [-5.7049873e-3, 2.0639088e-2, -5.3739715e-2, 0.13331442, -0.3333328];
const centralError = [4.717998e-3, -2.6757188e-2, 0.11282823, -0.37612608, 0.12837917];
/** -log(1 - erf), nearly a parabola. */
const logarithmOfTail = [
  6.7673267e-7, -1.2075679e-5, 7.3455686e-5, 1.0174806e-5, -2.9760285e-3, 2.2942573e-2, -0.10572933, -0.6351946,
  -1.1287649, 4.4540691e-5,
];

/** exp(y²) erfc(y)/t for t = 1/(1 + slope y); error 3.4e-8. */
const slope = 0.48;
const scaledTail = [
  -5.1412161e-2, 0.27619338, -0.54384577, 0.4048771, -8.9231506e-2, 0.23080903, 0.23008589, 0.27175254, 0.2707715,
];

/** `scale` · erfc(a √(width/2)) for a >= 0: with scale 1/2 and width 1 the upper tail of the normal law. The square in the exponent is exact and a small rest. */
const tail = (name: string, width: 1 | 2, scale: 0.5 | 1): Helper => ({
  needs: ['exponentialOfSum', 'leading'],
  text: `fn ${name}(size: f32) -> f32 {
  let a = min(size, ${Math.fround(Math.sqrt(175.4 / width))}f);
  let coarse = leading(a);
  let t = 1f / fma(a, ${Math.fround(slope * Math.sqrt(width / 2))}f, 1f);
  let high = ${-width / 2}f * (coarse * coarse);
  return ${polynomial(
    't',
    scaledTail.map((c) => c * scale),
  )} * t * exponentialOfSum(high, ${-width / 2}f * ((a - coarse) * (a + coarse)));
}`,
});

export const sigmoidals: Readonly<Record<string, Helper>> = {
  /** Hyperbolic tangent, at most 1.2 ulp: beyond 0.625 as 1 - 2/(exp(2|x|) + 1), from 9 on 1. */
  hyperbolicTangent: {
    needs: ['exponentialOfSum', 'withSign', 'isNumber'],
    text: `fn hyperbolicTangent(x: f32) -> f32 {
  if (!isNumber(x)) { return x; }
  let a = abs(x);
  let z = a * a;
  let near = fma(${polynomial('z', tangent)} * z, a, a);
  let far = 1f - 2f / (exponentialOfSum(min(a + a, 18.2f), 0f) + 1f);
  return withSign(select(far, near, a < 0.625f), x);
}`,
  },
  /** Error function, at most 1.9 ulp: beyond 1/2 as 1 - exp(-p(|x|)). Where what is added to x could be lost as a denormal number, it is multiplied. */
  errorFunction: {
    needs: ['exponentialOfSum', 'withSign', 'isNumber'],
    text: `fn errorFunction(x: f32) -> f32 {
  if (!isNumber(x)) { return x; }
  let a = abs(x);
  let z = a * a;
  let near = select(fma(${polynomial('z', centralError)}, a, a), a * 1.12837917f, a < 1e-30f);
  let y = min(a, 3.93f);
  let far = 1f - exponentialOfSum(${polynomial('y', logarithmOfTail)}, 0f);
  return withSign(select(far, near, a < 0.5f), x);
}`,
  },
  errorTail: tail('errorTail', 2, 1),
  normalTail: tail('normalTail', 1, 0.5),
  /** 1 - erf(x), at most 6 ulp. */
  errorFunctionComplement: {
    needs: ['errorTail', 'isNumber'],
    text: `fn errorFunctionComplement(x: f32) -> f32 {
  let tail = errorTail(abs(x));
  return select(x, select(tail, 2f - tail, x < 0f), isNumber(x));
}`,
  },
  /** Distribution function of the standard normal law, at most 6 ulp (in the far tail). */
  normalDistribution: {
    needs: ['normalTail', 'isNumber'],
    text: `fn normalDistribution(x: f32) -> f32 {
  let tail = normalTail(abs(x));
  return select(x, select(1f - tail, tail, x < 0f), isNumber(x));
}`,
  },
};
