/** How elements lie in buffers: float16 in two bytes, everything else in words of four. */
import { type DataArray, type DType, dtypes } from '@nn/backend';

export const bytesOf = (dtype: DType): number => (dtype === 'float16' ? 2 : 4);

/** Elements as they are stored. */
export function toStored(dtype: DType, data: DataArray): ArrayBufferView<ArrayBuffer> {
  if (dtype === 'float16') return Uint16Array.from(data, toHalf);
  if (dtype === 'bool') return Uint32Array.from(data, (x) => (x === 0 ? 0 : 1));
  if (dtype === 'uint8') return Uint32Array.from(data);
  return data as DataArray & ArrayBufferView<ArrayBuffer>;
}

/** `length` elements that lie in memory from byte `at`, as a copy. */
export function fromStored(dtype: DType, memory: ArrayBuffer, at: number, length: number): DataArray {
  if (dtype === 'float16') return Float32Array.from(new Uint16Array(memory, at, length), fromHalf);
  if (dtype === 'bool' || dtype === 'uint8') return Uint8Array.from(new Uint32Array(memory, at, length));
  const Elements = dtypes[dtype].array as Float32ArrayConstructor;
  return new Elements(memory, at, length).slice();
}

const word = new DataView(new ArrayBuffer(4));

/** Bits of the nearest float16, ties to even. */
export function toHalf(x: number): number {
  word.setFloat32(0, x);
  const bits = word.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00;
  if (size >= 0x477ff000) return sign | 0x7c00;
  // Multiplying is exact, and adding 2^52 rounds to whole numbers, ties to even.
  if (size < 0x38800000) return sign | (Math.abs(Math.fround(x)) * 2 ** 24 + 2 ** 52 - 2 ** 52);
  return sign | ((size + 0xfff + ((size >> 13) & 1) - 0x38000000) >> 13);
}

/** The value of a float16's bits. */
export function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
