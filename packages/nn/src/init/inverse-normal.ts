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
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
];

/** Further out, in the root of -log of the smaller tail, less 1.6; from 5 on less 5. */
const near: Quotient = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const far: Quotient = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
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
