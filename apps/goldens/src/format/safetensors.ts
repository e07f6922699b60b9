/**
 * Reads the safetensors files that belong to training runs: 8 bytes of little-endian header length, a JSON
 * header, raw little-endian data. Everything is checked against the size of the file before it is used.
 */

import { countElements, type TensorValues, ValueFormatError } from './tensor-values.ts';

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

interface ElementType {
  readonly dtype: string;
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F64', { dtype: 'float64', bytes: 8, read: (view, offset) => view.getFloat64(offset, true) }],
  ['F32', { dtype: 'float32', bytes: 4, read: (view, offset) => view.getFloat32(offset, true) }],
  ['I64', { dtype: 'int64', bytes: 8, read: (view, offset) => Number(view.getBigInt64(offset, true)) }],
  ['I32', { dtype: 'int32', bytes: 4, read: (view, offset) => view.getInt32(offset, true) }],
  ['U8', { dtype: 'uint8', bytes: 1, read: (view, offset) => view.getUint8(offset) }],
  ['BOOL', { dtype: 'bool', bytes: 1, read: (view, offset) => view.getUint8(offset) }],
]);

const LENGTH_BYTES = 8;

/** The tensors of a safetensors file by name, in the order of its header. */
export function readSafetensors(bytes: Uint8Array): Map<string, TensorValues> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < LENGTH_BYTES)
    throw new ValueFormatError('safetensors: the file is shorter than its header length');
  const headerLength = Number(view.getBigUint64(0, true));
  const start = LENGTH_BYTES + headerLength;
  if (start > bytes.byteLength) {
    throw new ValueFormatError(
      `safetensors: a header of ${headerLength} bytes does not fit in ${bytes.byteLength} bytes`,
    );
  }
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start)));
  const data = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, entry]) => [name, readEntry(name, entry, data)]),
  );
}

function parseHeader(text: string): Record<string, Entry> {
  try {
    return JSON.parse(text) as Record<string, Entry>;
  } catch (error) {
    throw new ValueFormatError(`safetensors: the header is not JSON (${(error as Error).message})`);
  }
}

function readEntry(name: string, entry: Entry, data: DataView): TensorValues {
  const type = ELEMENT_TYPES.get(entry.dtype);
  if (!type) throw new ValueFormatError(`safetensors: ${name} has the unknown dtype ${entry.dtype}`);
  const [begin, end] = entry.data_offsets;
  const count = countElements(entry.shape);
  if (begin < 0 || end > data.byteLength || end - begin !== count * type.bytes) {
    throw new ValueFormatError(
      `safetensors: ${name} takes bytes ${begin} to ${end} of ${data.byteLength}, its shape needs ${count * type.bytes}`,
    );
  }
  const values = Array.from({ length: count }, (_, i) => type.read(data, begin + i * type.bytes));
  return { dtype: type.dtype, shape: entry.shape, values };
}
