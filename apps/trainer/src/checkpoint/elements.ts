/** Stored tensors to arrays of numbers and back, for the element types that tensors of the library have. The bytes in files are little-endian. */
import { type DataArray, type DType, dtypes, FormatError } from '@nn/backend';
import type { ElementType } from './element-types.ts';
import { halfBits, halfValue } from './half.ts';
import type { StoredTensor } from './safetensors.ts';

/** A tensor's values as the library takes and gives them. */
export interface Values {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: DataArray;
}

const typeOf: { readonly [D in DType]: ElementType } = {
  float16: 'F16',
  float32: 'F32',
  float64: 'F64',
  int32: 'I32',
  int64: 'I64',
  uint8: 'U8',
  bool: 'BOOL',
};

/** Bytes of elements that are others in memory. */
const widths: { readonly [T in ElementType]?: number } = { I64: 8, F16: 2 };

const littleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Values as a file stores them. int64 lies in memory as 32-bit integers, float16 as float32. */
export function storeValues({ dtype, shape, data }: Values): StoredTensor {
  const asFile =
    dtype === 'int64'
      ? BigInt64Array.from(data, BigInt)
      : dtype === 'float16'
        ? Uint16Array.from(data, halfBits)
        : data;
  const bytes = new Uint8Array(new Uint8Array(asFile.buffer, asFile.byteOffset, asFile.byteLength));
  return { type: typeOf[dtype], shape, bytes: inFileOrder(bytes, asFile.BYTES_PER_ELEMENT) };
}

/**
 * The values of a stored tensor, in memory of their own.
 *
 * @throws FormatError for an element type that the library doesn't compute with, or int64 values beyond 32 bits
 */
export function loadValues(name: string, { type, shape, bytes }: StoredTensor): Values {
  const dtype = (Object.keys(typeOf) as DType[]).find((each) => typeOf[each] === type);
  if (dtype === undefined) {
    throw new FormatError(
      'safetensors',
      `${name} holds ${type}, which can't be computed with; convert it to one of ${Object.values(typeOf).join(', ')}`,
    );
  }
  const width = widths[type] ?? dtypes[dtype].bytes;
  // A copy, which `slice` would not be for the Buffers that files come in.
  const { buffer } = inFileOrder(new Uint8Array(bytes), width);
  if (dtype === 'float16') return { dtype, shape, data: Float32Array.from(new Uint16Array(buffer), halfValue) };
  if (dtype !== 'int64') return { dtype, shape, data: arrayOver(dtype, buffer) };
  const wide = new BigInt64Array(buffer);
  const large = wide.find((value) => BigInt.asIntN(32, value) !== value);
  if (large !== undefined)
    throw new FormatError('safetensors', `${name} holds ${large}; integers beyond 32 bits can't be computed with`);
  return { dtype, shape, data: Int32Array.from(wide, Number) };
}

function arrayOver(dtype: Exclude<DType, 'int64' | 'float16'>, buffer: ArrayBuffer): DataArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

/** Turns elements between this machine's byte order and that of files, in place. */
function inFileOrder(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  if (!littleEndian) for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}
