/** What float16 holds, by its definition: slow, and nothing shared with any backend. */

/** The float16 nearest to a float32, ties to even. */
export function asHalf(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  let unit = 2 ** -24;
  while (Math.abs(x) / unit >= 2048) unit *= 2;
  const whole = Math.floor(Math.abs(x) / unit);
  const rest = Math.abs(x) / unit - whole;
  const size = (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole) * unit;
  return Math.sign(x) * (size > 65504 ? Number.POSITIVE_INFINITY : size);
}

/** How far apart two results may lie whose float32s round to neighbouring halves. */
export const halfUnit = (x: number): number =>
  Number.isFinite(x) && x !== 0 ? 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -14) - 10) : 2 ** -24;
