/**
 * IDX, the format of the MNIST files: typed arrays of any rank, plain or in gzip, read and written. Sizes are held against
 * the bytes that are really there before memory is taken for them, so that no file, however broken, costs more than its
 * honest size. Knows nothing of images, labels or tensors.
 */
import { FormatError, ShapeError, ValueError } from '@nn/backend';
import { isGzip, openGzip } from './gzip.ts';
import {
  countBytes,
  hasHeader,
  type IdxElements,
  type IdxExpectations,
  type IdxHeader,
  type IdxType,
  idxTypes,
  parseHeader,
} from './idx-header.ts';

export type { IdxElements, IdxExpectations, IdxType } from './idx-header.ts';

/** An array from an IDX file. */
export interface IdxArray {
  /** Element type, as the file states it. */
  readonly type: IdxType;
  /** Sizes, first dimension outermost (row-major). */
  readonly shape: number[];
  /** The elements, in this machine's byte order. */
  readonly data: IdxElements;
}

/** Options of {@link readIdx}. */
export interface ReadIdxOptions extends IdxExpectations {
  /** What to call the bytes in errors, such as the file's name. Default `'IDX data'`. */
  name?: string;
}

const littleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Reads an IDX file from its bytes, plain or gzip (told by the first two bytes).
 *
 * Every byte is accounted for: magic, element type, rank, sizes, missing and trailing bytes, and with gzip its header,
 * checksum and length. Gzip is unpacked piece by piece and stopped as soon as it exceeds what the IDX header promises.
 * One-byte elements of a plain file are a view of `bytes`; anything else is new memory.
 *
 * PyTorch: `torchvision.datasets.mnist.read_sn3_pascalvincent_tensor`.
 *
 * @param bytes - the whole file
 * @param options - what to demand of the file, and what to call it in errors
 * @throws FormatError saying what is wrong and at which byte
 *
 * @example
 * ```ts
 * import { readIdx, writeIdx } from '@nn/mnist';
 *
 * const file = writeIdx({ shape: [2, 3], data: Int16Array.of(1, 2, 3, 4, 5, 6) });
 * const { type, shape, data } = await readIdx(file, { type: 'int16', shape: [null, 3] });
 * console.log(type, shape, data[5]); // int16 [ 2, 3 ] 6
 * ```
 */
export async function readIdx(bytes: Uint8Array, options: ReadIdxOptions = {}): Promise<IdxArray> {
  const { name = 'IDX data' } = options;
  return isGzip(bytes) ? readPacked(bytes, name, options) : readPlain(bytes, name, options);
}

function readPlain(bytes: Uint8Array, name: string, options: IdxExpectations): IdxArray {
  const header = parseHeader('readIdx', name, bytes, options, (at) => `byte ${at}`);
  checkEnd(name, header, bytes.length, 'byte');
  const payload = bytes.subarray(header.start);
  if (header.type === 'uint8') return arrayOf(header, payload);
  if (header.type === 'int8') {
    return arrayOf(header, new Int8Array(payload.buffer, payload.byteOffset, payload.length));
  }
  return arrayOf(header, nativeElements(header.type, new Uint8Array(payload)));
}

async function readPacked(bytes: Uint8Array, name: string, options: IdxExpectations): Promise<IdxArray> {
  const gzip = openGzip('readIdx', name, bytes);
  const place = (at: number): string => `unpacked byte ${at}`;
  let head: Uint8Array = new Uint8Array(0);
  let header: IdxHeader | undefined;
  let target: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let filled = 0;
  for await (const piece of gzip.pieces()) {
    let rest = piece;
    if (header === undefined) {
      head = joined(head, piece);
      if (!hasHeader(head)) continue;
      header = parseHeader('readIdx', name, head, options, place);
      checkPromise(name, header, bytes.length, gzip);
      target = new Uint8Array(header.end - header.start);
      rest = head.subarray(header.start);
    }
    if (filled + rest.length > target.length) throw trailing(name, header, 'unpacked byte', '');
    target.set(rest, filled);
    filled += rest.length;
  }
  header ??= parseHeader('readIdx', name, head, options, place); // throws: too short, or worse
  checkEnd(name, header, header.start + filled, 'unpacked byte');
  return arrayOf(header, nativeElements(header.type, target));
}

/** What gzip can know of the length before it is unpacked: no allocation for a promise that can't be kept. */
function checkPromise(
  name: string,
  { end }: IdxHeader,
  packed: number,
  gzip: { length: number; mostBytes: number },
): void {
  if (end > gzip.mostBytes) {
    throw new FormatError(
      'readIdx',
      `${name}, unpacked byte 4: the sizes promise ${end} bytes; ${packed} bytes of gzip hold at most ${gzip.mostBytes}`,
    );
  }
  if (end % 2 ** 32 !== gzip.length) {
    throw new FormatError(
      'readIdx',
      `${name}, byte ${packed - 4}: expected an unpacked length of ${end} as the IDX header promises, found ${gzip.length}`,
    );
  }
}

function checkEnd(name: string, header: IdxHeader, length: number, unit: string): void {
  if (length > header.end) throw trailing(name, header, unit, ` (the file has ${length} bytes)`);
  if (length < header.end) {
    throw new FormatError(
      'readIdx',
      `${name}, ${unit} ${length}: the file ends here; expected ${sizes(header)}, ${header.end} bytes in all (truncated?)`,
    );
  }
}

function trailing(name: string, header: IdxHeader, unit: string, found: string): FormatError {
  return new FormatError(
    'readIdx',
    `${name}, ${unit} ${header.end}: expected the end after ${sizes(header)}, found trailing bytes${found}`,
  );
}

function sizes({ shape, type }: IdxHeader): string {
  return `${shape.join(' × ')} of ${type}`;
}

function arrayOf({ type, shape }: IdxHeader, data: IdxElements): IdxArray {
  return { type, shape, data };
}

/** Elements over the memory of `bytes`, which hold them big-endian and are turned to this machine's order in place. */
function nativeElements(type: IdxType, bytes: Uint8Array<ArrayBuffer>): IdxElements {
  swapToNative(bytes, idxTypes[type].bytes);
  return idxTypes[type].create(bytes.buffer);
}

/** Big-endian to native order or back. */
function swapToNative(bytes: Uint8Array, width: number): void {
  if (!littleEndian || width === 1) return;
  for (let at = 0; at < bytes.length; at += width) {
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/**
 * Writes an IDX file: the bytes of a plain one, ready for {@link readIdx} or any other reader of the format.
 *
 * @param array - sizes (rank 1 to 255, each below 2³²) and elements in row-major order; the kind of typed array decides
 * the element type
 * @throws ShapeError when sizes and number of elements differ or the format can't hold them
 * @throws ValueError for a kind of array that the format doesn't know
 *
 * @example
 * ```ts
 * import { writeIdx } from '@nn/mnist';
 *
 * const labels = writeIdx({ shape: [3], data: Uint8Array.of(7, 2, 1) });
 * console.log(labels.join(' ')); // 0 0 8 1 0 0 0 3 7 2 1
 * ```
 */
export function writeIdx({ shape, data }: { shape: readonly number[]; data: IdxElements }): Uint8Array {
  const type = (Object.keys(idxTypes) as IdxType[]).find((one) => idxTypes[one].array === data[Symbol.toStringTag]);
  if (type === undefined) {
    throw new ValueError(
      'writeIdx',
      `no IDX type holds a ${data[Symbol.toStringTag]}; use one of ${Object.keys(idxTypes).join(', ')}`,
    );
  }
  const { code, bytes: width } = idxTypes[type];
  if (shape.length < 1 || shape.length > 255) {
    throw new ShapeError('writeIdx', `IDX holds ranks 1 to 255, not ${shape.length}; a single number has shape [1]`);
  }
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0 || size >= 2 ** 32) {
      throw new ShapeError(
        'writeIdx',
        `IDX sizes are integers from 0 to 2³² − 1, not ${size} in (${shape.join(', ')})`,
      );
    }
  }
  if (countBytes(shape, 1) !== data.length) {
    throw new ShapeError(
      'writeIdx',
      `shape (${shape.join(', ')}) holds ${countBytes(shape, 1)} elements, data has ${data.length}`,
    );
  }
  const start = 4 + 4 * shape.length;
  const file = new Uint8Array(start + data.byteLength);
  file.set([0, 0, code, shape.length]);
  const view = new DataView(file.buffer);
  shape.forEach((size, dimension) => {
    view.setUint32(4 + 4 * dimension, size, false);
  });
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  swapToNative(file.subarray(start), width);
  return file;
}
