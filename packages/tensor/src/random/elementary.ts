/**
 * log, sin and cos from +, -, ·, / on doubles alone. JavaScript leaves the last bits of Math.log and its kin to the engine; random numbers must be the same in all of them.
 * Errors stay within a few units in the last place.
 */

const scratch = new Float64Array(1);
const halves = new Uint32Array(scratch.buffer);
/** Which half holds sign and exponent. */
const upper = ((): 0 | 1 => {
  scratch[0] = 1;
  return halves[0] === 0 ? 1 : 0;
})();

/** 1/23, 1/21 … 1. */
const oddReciprocals = Float64Array.from({ length: 12 }, (_, i) => 1 / (23 - 2 * i));
/** 1 / (k (k - 1)) for k = 18, 16 … 2, then 1 / (k (k + 1)) for the same: what a term of the cosine and of the sine is to the one before, but for the angle's square. */
const termRatios = Float64Array.from({ length: 18 }, (_, i) => {
  const k = 18 - 2 * (i % 9);
  return 1 / (k * (i < 9 ? k - 1 : k + 1));
});

/**
 * Natural logarithm of a normal number above 0. With x = 2^e m and s = (m - 1)/(m + 1): log m = 2 (s + s³/3 + s⁵/5 …), where |s| < 0.172, so eleven terms do.
 */
export function log(x: number): number {
  scratch[0] = x;
  let exponent = (halves[upper]! >>> 20) - 1023;
  halves[upper] = (halves[upper]! & 0xfffff) | 0x3ff00000;
  let m = scratch[0]!;
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum = 0;
  for (let i = 0; i < oddReciprocals.length; i++) sum = sum * square + oddReciprocals[i]!;
  return exponent * Math.LN2 + 2 * s * sum;
}

/** [cos, sin] of 2π u, for u from 0 to 1: Taylor's series around the nearest quarter, at most π/4 away. */
export function circle(u: number): readonly [number, number] {
  const quarter = Math.floor(u * 4 + 0.5);
  const angle = (u - quarter / 4) * 6.283185307179586;
  const square = -angle * angle;
  let cosine = 0;
  let sine = 0;
  for (let i = 0; i < 9; i++) {
    cosine = (1 + cosine) * (square * termRatios[i]!);
    sine = (1 + sine) * (square * termRatios[i + 9]!);
  }
  cosine += 1;
  sine = (1 + sine) * angle;
  switch (quarter % 4) {
    case 0:
      return [cosine, sine];
    case 1:
      return [-sine, cosine];
    case 2:
      return [-cosine, -sine];
    default:
      return [sine, -cosine];
  }
}
