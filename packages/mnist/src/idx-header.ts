/**
 * The header of an IDX file: two zero bytes, element type, rank, then one big-endian 32-bit size per dimension.
 * Everything that can be wrong with it is said here, with the byte where it stands; nothing is allocated from its numbers.
 */
import { FormatError } from '@nn/backend';

/** Element types of the IDX format. */
export type IdxType = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

/** The typed arrays that hold IDX elements. */
export type IdxElements = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

interface TypeRow {
  /** Third byte of the file. */
  readonly code: number;
  readonly bytes: number;
  /** Name of the typed array class. */
  readonly array: string;
  create(buffer: ArrayBuffer): IdxElements;
}

/** One row for each element type. */
export const idxTypes: { readonly [type in IdxType]: TypeRow } = {
  uint8: { code: 0x08, bytes: 1, array: 'Uint8Array', create: (buffer) => new Uint8Array(buffer) },
  int8: { code: 0x09, bytes: 1, array: 'Int8Array', create: (buffer) => new Int8Array(buffer) },
  int16: { code: 0x0b, bytes: 2, array: 'Int16Array', create: (buffer) => new Int16Array(buffer) },
  int32: { code: 0x0c, bytes: 4, array: 'Int32Array', create: (buffer) => new Int32Array(buffer) },
  float32: { code: 0x0d, bytes: 4, array: 'Float32Array', create: (buffer) => new Float32Array(buffer) },
  float64: { code: 0x0e, bytes: 8, array: 'Float64Array', create: (buffer) => new Float64Array(buffer) },
};

/** What a caller demands of a file. */
export interface IdxExpectations {
  /** Element type. Default: any. */
  type?: IdxType;
  /** Sizes, `null` where any will do; its length is the rank. Default: any rank and sizes. */
  shape?: readonly (number | null)[];
  /** The most bytes that the elements may take. Default 2³⁰ (1 GiB). */
  maxBytes?: number;
}

/** A header that has been read. */
export interface IdxHeader {
  readonly type: IdxType;
  readonly shape: number[];
  /** Bytes of the header. */
  readonly start: number;
  /** Bytes of header and elements together. */
  readonly end: number;
}

/** Whether `bytes` is enough of the start of a file to read its header. */
export function hasHeader(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes.length >= 4 + 4 * bytes[3]!;
}

/**
 * Reads the header at the start of `bytes` and holds it against what is expected. `place` turns a byte position into words.
 *
 * @throws FormatError for anything that isn't right.
 */
export function parseHeader(
  op: string,
  name: string,
  bytes: Uint8Array,
  { type: expectedType, shape: expectedShape, maxBytes = 2 ** 30 }: IdxExpectations,
  place: (at: number) => string,
): IdxHeader {
  const fail = (at: number, what: string): FormatError => new FormatError(op, `${name}, ${place(at)}: ${what}`);
  if (bytes.length < 4) throw fail(bytes.length, 'the file ends inside the 4 bytes that every IDX file starts with');
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw fail(0, `expected 00 00 as in every IDX file, found ${byteText(bytes[0]!)} ${byteText(bytes[1]!)}`);
  }
  const type = typeOf(bytes[2]!);
  if (type === undefined) throw fail(2, `expected an element type (${typeList()}), found 0x${byteText(bytes[2]!)}`);
  if (expectedType !== undefined && type !== expectedType) {
    throw fail(2, `expected elements of type ${expectedType}, found ${type}`);
  }
  const rank = bytes[3]!;
  if (rank === 0) throw fail(3, 'expected a rank of 1 to 255, found 0');
  if (expectedShape !== undefined && rank !== expectedShape.length) {
    throw fail(3, `expected rank ${expectedShape.length}, found ${rank}`);
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw fail(bytes.length, `the file ends inside its header; rank ${rank} needs ${start} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const shape = Array.from({ length: rank }, (_, dimension) => view.getUint32(4 + 4 * dimension, false));
  shape.forEach((size, dimension) => {
    const expected = expectedShape?.[dimension];
    if (typeof expected === 'number' && size !== expected) {
      throw fail(4 + 4 * dimension, `expected a size of ${expected} in dimension ${dimension}, found ${size}`);
    }
  });
  const payload = countBytes(shape, idxTypes[type].bytes);
  if (payload > maxBytes) {
    throw fail(
      4,
      `sizes ${shape.join(' × ')} of ${type} need ${payload} bytes, more than the ${maxBytes} allowed (maxBytes)`,
    );
  }
  return { type, shape, start, end: start + payload };
}

/** Bytes of a shape. Beyond 2⁵³ the number is rounded, but no less than any limit it is held against. */
export function countBytes(shape: readonly number[], bytesEach: number): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, bytesEach);
}

function typeOf(code: number): IdxType | undefined {
  return (Object.keys(idxTypes) as IdxType[]).find((type) => idxTypes[type].code === code);
}

function typeList(): string {
  return (Object.keys(idxTypes) as IdxType[]).map((type) => `0x${byteText(idxTypes[type].code)} ${type}`).join(', ');
}

function byteText(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
