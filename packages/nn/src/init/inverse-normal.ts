/**
 * The inverse of the standard normal distribution function, to about 1e-16: Wichura, "Algorithm AS 241: The percentage points of the normal distribution" (1988), routine PPND16. Of
 * +, -, ·, /, √ and the library's own logarithm, so that every engine has the same bits.
 */
import { logs } from '@nn/tensor/internal';

/** A quotient of two polynomials, the coefficient of 1 first. */
type Quotient = readonly [numerator: readonly number[], denominator: readonly number[]];

/** Within 0.425 of a half, in 0.180625 less the square of the distance. */
const middle: Quotient = [
  [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
    28729.085735721942674, 5226.495278852854561,
  ],
];

/** Further out, in the root of -log of the smaller tail, less 1.6; from 5 on less 5. */
const near: Quotient = [
  [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
  ],
  [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
    0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
];
const far: Quotient = [
  [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  [
    1, 0.59983220655588793769, 0.1369298809227358053, 0.0148753612908506148525, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
];

const polynomial = (coefficients: readonly number[], x: number): number => {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
};

const quotient = ([numerator, denominator]: Quotient, x: number): number =>
  polynomial(numerator, x) / polynomial(denominator, x);

/** Where the distribution function takes these values in [0, 1], in their place. */
export function inverseNormal(values: Float64Array): Float64Array {
  const tails = values.map((p) => Math.max(Math.min(p, 1 - p), Number.MIN_VALUE * 2 ** 52));
  logs(tails);
  for (let i = 0; i < values.length; i++) {
    const p = values[i]!;
    const q = p - 0.5;
    if (Math.abs(q) <= 0.425) values[i] = q * quotient(middle, 0.180625 - q * q);
    else if (p === 0 || p === 1) values[i] = q * Number.POSITIVE_INFINITY;
    else {
      const r = Math.sqrt(-tails[i]!);
      const size = r <= 5 ? quotient(near, r - 1.6) : quotient(far, r - 5);
      values[i] = q < 0 ? -size : size;
    }
  }
  return values;
}
