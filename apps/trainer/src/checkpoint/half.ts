/** float16 in files: IEEE 754's 16 bits of a number. In memory of the library its elements are float32 numbers that fit. Not every Node has Float16Array. */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** 2^-14, below which halves lie 2^-24 apart. */
const smallestNormal = 2 ** -14;
const step = 2 ** -24;

/** The bits of a number that fits, as all elements of a float16 tensor do. */
export function halfBits(x: number): number {
  float[0] = x;
  const sign = (word[0]! >>> 16) & 0x8000;
  const size = Math.abs(x);
  if (Number.isNaN(size)) return 0x7e00;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size < smallestNormal) return sign | (size / step);
  // The exponent is biased by 15 instead of 127; the mantissa's last 13 bits are 0.
  return sign | (((word[0]! & 0x7fffffff) >>> 13) - ((127 - 15) << 10));
}

/** The number that 16 bits are. */
export function halfValue(bits: number): number {
  const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >>> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * mantissa * step;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
