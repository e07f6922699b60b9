/**
 * log, sin and cos from +, -, ·, / on doubles alone. JavaScript leaves the last bits of Math.log and its kin to the engine; random numbers must be the same in all of them.
 * Errors stay within a few units in the last place.
 */

/** Which half of a double holds sign and exponent. */
const upper = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;

/**
 * Natural logarithms of normal numbers above 0, in their place; the bits are looked at all at once, since reading half of a double that was just written makes processors wait. With x = 2^e m
 * and s = (m - 1)/(m + 1): log m = 2 (s + s³/3 + s⁵/5 …), where |s| < 0.172, so eleven terms do.
 */
export function logs(values: Float64Array): void {
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const exponents = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const half = halves[2 * i + upper]!;
    exponents[i] = (half >>> 20) - 1023;
    halves[2 * i + upper] = (half & 0xfffff) | 0x3ff00000;
  }
  for (let i = 0; i < values.length; i++) {
    let m = values[i]!;
    let exponent = exponents[i]!;
    if (m > Math.SQRT2) {
      m /= 2;
      exponent++;
    }
    const s = (m - 1) / (m + 1);
    const square = s * s;
    let sum = 1 / 23;
    sum = sum * square + 1 / 21;
    sum = sum * square + 1 / 19;
    sum = sum * square + 1 / 17;
    sum = sum * square + 1 / 15;
    sum = sum * square + 1 / 13;
    sum = sum * square + 1 / 11;
    sum = sum * square + 1 / 9;
    sum = sum * square + 1 / 7;
    sum = sum * square + 1 / 5;
    sum = sum * square + 1 / 3;
    sum = sum * square + 1;
    values[i] = exponent * Math.LN2 + 2 * s * sum;
  }
}

/** [cos, sin] of 2π u, for u from 0 to 1: Taylor's series around the nearest quarter, at most π/4 away. */
export function circle(u: number): readonly [number, number] {
  const quarter = Math.floor(u * 4 + 0.5);
  const angle = (u - quarter / 4) * 6.283185307179586;
  const square = -angle * angle;
  // A term is to the one before as the square is to k (k - 1), of the sine to k (k + 1): k = 18, 16 … 2.
  let cosine = square * (1 / 306);
  let sine = square * (1 / 342);
  cosine = (1 + cosine) * (square * (1 / 240));
  sine = (1 + sine) * (square * (1 / 272));
  cosine = (1 + cosine) * (square * (1 / 182));
  sine = (1 + sine) * (square * (1 / 210));
  cosine = (1 + cosine) * (square * (1 / 132));
  sine = (1 + sine) * (square * (1 / 156));
  cosine = (1 + cosine) * (square * (1 / 90));
  sine = (1 + sine) * (square * (1 / 110));
  cosine = (1 + cosine) * (square * (1 / 56));
  sine = (1 + sine) * (square * (1 / 72));
  cosine = (1 + cosine) * (square * (1 / 30));
  sine = (1 + sine) * (square * (1 / 42));
  cosine = (1 + cosine) * (square * (1 / 12));
  sine = (1 + sine) * (square * (1 / 20));
  cosine = (1 + cosine) * (square * (1 / 2));
  sine = (1 + sine) * (square * (1 / 6));
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
