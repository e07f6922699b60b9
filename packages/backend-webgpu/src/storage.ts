/** How elements lie in buffers: float16 in two bytes, everything else in words of four. */
import { type DataArray, type DType, dtypes } from '@nn/backend';

export const bytesOf = (dtype: DType): number => (dtype === 'float16' ? 2 : 4);

/** Elements as they are stored. */
export function toStored(dtype: DType, data: DataArray): ArrayBufferView<ArrayBuffer> {
  if (dtype === 'float16') return toHalves(data);
  if (dtype === 'bool') return toWordsOfBools(data);
  if (dtype === 'uint8') return new Uint32Array(data);
  return data as DataArray & ArrayBufferView<ArrayBuffer>;
}

/** `length` elements that lie in memory from byte `at`, as a copy. */
export function fromStored(dtype: DType, memory: ArrayBuffer, at: number, length: number): DataArray {
  if (dtype === 'float16') return fromHalves(new Uint16Array(memory, at, length));
  if (dtype === 'bool' || dtype === 'uint8') return new Uint8Array(new Uint32Array(memory, at, length));
  const Elements = dtypes[dtype].array as Float32ArrayConstructor;
  return new Elements(memory, at, length).slice();
}

// Loops, which are ten times as fast as an array's `from` with a function.

function toHalves(data: DataArray): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(data.length);
  for (let i = 0; i < halves.length; i++) halves[i] = toHalf(data[i]!);
  return halves;
}

function fromHalves(halves: Uint16Array): Float32Array {
  const data = new Float32Array(halves.length);
  for (let i = 0; i < data.length; i++) data[i] = fromHalf(halves[i]!);
  return data;
}

function toWordsOfBools(data: DataArray): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(data.length);
  for (let i = 0; i < words.length; i++) words[i] = data[i] === 0 ? 0 : 1;
  return words;
}

/** One number as a float32 and as its bits. */
const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** Bits of the nearest float16, ties to even. */
export function toHalf(x: number): number {
  float[0] = x;
  const bits = word[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return 0x7e00;
  if (size >= 0x477ff000) return sign | 0x7c00;
  // Multiplying is exact, and adding 2^52 rounds to whole numbers, ties to even.
  if (size < 0x38800000) return sign | (Math.abs(Math.fround(x)) * 2 ** 24 + 2 ** 52 - 2 ** 52);
  return sign | ((size + 0xfff + ((size >> 13) & 1) - 0x38000000) >> 13);
}

/** The value of a float16's bits. */
export function fromHalf(bits: number): number {
  const size = bits & 0x7fff;
  if (size < 0x400) return (bits === size ? size : -size) * 2 ** -24;
  word[0] = ((bits & 0x8000) << 16) | ((size << 13) + (size < 0x7c00 ? 0x38000000 : 0x70000000));
  return float[0]!;
}
