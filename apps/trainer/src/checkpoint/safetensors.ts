/**
 * The safetensors format (https://github.com/huggingface/safetensors): 8 bytes of little-endian header length, a JSON header, then the tensors' bytes without
 * a gap. Pure functions over bytes: nothing here knows files, tensors of the library, or what the names mean. Reading allocates nothing from the numbers in the
 * file: tensors are views of the bytes that are really there.
 */
import { FormatError, ShapeError, ValueError } from '@nn/backend';
import { duplicateKey } from './duplicate-keys.ts';
import { bytesOf, type ElementType, elementTypes, isElementType } from './element-types.ts';

/** A tensor as a file holds it: row-major, little-endian. */
export interface StoredTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const lengthBytes = 8;
/** The limit of the format's own library. */
const longestHeader = 100_000_000;
const metadataKey = '__metadata__';

/**
 * Reads a file from its bytes. The tensors are views of `bytes`.
 *
 * @param name - what to call the bytes in errors
 * @throws FormatError for anything that the format doesn't allow: header length, JSON, repeated names, unknown types, sizes that contradict each other, overlaps,
 * gaps, trailing bytes
 */
export function readSafetensors(bytes: Uint8Array, name = 'safetensors data'): Safetensors {
  const fail: Fail = (what, options) => new FormatError('safetensors', `${name}: ${what}`, options);
  const header = parseHeader(bytes, fail);
  const { [metadataKey]: metadata = {}, ...entries } = header.fields;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    throw fail(`${metadataKey} must be an object of strings, found ${show(metadata)}`);
  const data = bytes.subarray(header.end);
  const read = Object.entries(entries).map(([key, entry]) => ({ key, ...parseEntry(key, entry, data.length, fail) }));
  checkCoverage(read, data.length, fail);
  const tensors = new Map(
    read.map(({ key, type, shape, begin, end }) => [key, { type, shape, bytes: data.subarray(begin, end) }]),
  );
  return { tensors, metadata: metadata as Record<string, string> };
}

type Fail = (what: string, options?: ErrorOptions) => FormatError;

function parseHeader(bytes: Uint8Array, fail: Fail): { fields: Record<string, unknown>; end: number } {
  if (bytes.length < lengthBytes)
    throw fail(`the file has ${bytes.length} bytes, less than the ${lengthBytes} that hold the length of its header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > longestHeader)
    throw fail(
      `a header of ${length} bytes is longer than the ${longestHeader} that are allowed; is this a safetensors file?`,
    );
  const end = lengthBytes + length;
  if (end > bytes.length)
    throw fail(`a header of ${length} bytes doesn't fit in a file of ${bytes.length} (truncated?)`);
  let text: string;
  let fields: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(lengthBytes, end));
    fields = JSON.parse(text);
  } catch (cause) {
    throw fail(`the header is no JSON (${shortened((cause as Error).message)})`, { cause });
  }
  if (text[0] !== '{' || !isRecord(fields)) throw fail('the header is no JSON object that starts at byte 8');
  const repeated = duplicateKey(text);
  if (repeated !== undefined) throw fail(`the header has the name ${show(repeated)} twice`);
  return { fields, end };
}

interface Entry {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function parseEntry(key: string, entry: unknown, available: number, fail: Fail): Entry {
  const at = show(key);
  if (!isRecord(entry)) throw fail(`${at} is ${show(entry)}, no object with dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isElementType(dtype))
    throw fail(`${at} has the unknown dtype ${show(dtype)}; known are ${elementTypes.join(', ')}`);
  if (!isSizes(shape)) throw fail(`${at} has the shape ${show(shape)}, which is no list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2)
    throw fail(`${at} has the data_offsets ${show(offsets)}, which are no pair of positions`);
  const [begin, end] = offsets as [number, number];
  const needed = bytesOf(dtype, shape);
  if (needed === undefined)
    throw fail(`${at}: a shape of ${show(shape)} takes no possible number of bytes as ${dtype}`);
  if (begin > end || end > available) throw fail(`${at} lies at bytes ${begin} to ${end} of ${available} (truncated?)`);
  if (end - begin !== needed)
    throw fail(
      `${at}: a shape of (${shape.join(', ')}) needs ${needed} bytes as ${dtype}, its data_offsets hold ${end - begin}`,
    );
  return { type: dtype, shape, begin, end };
}

/** Every byte belongs to exactly one tensor. */
function checkCoverage(entries: readonly (Entry & { readonly key: string })[], length: number, fail: Fail): void {
  let covered = 0;
  for (const { key, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      throw fail(
        `${show(key)} starts at byte ${begin} of the data, ${begin < covered ? 'inside the tensor before it' : 'after a gap'}; expected ${covered}`,
      );
    }
    covered = end;
  }
  if (covered !== length) throw fail(`${length - covered} bytes after the last tensor belong to nothing`);
}

/**
 * The bytes of a file, the same for the same content: tensors ordered by element type (the widest first, so that all are aligned) and then by name, as the format's
 * own library does, the header padded to a multiple of 8.
 *
 * @throws ValueError for a tensor named `__metadata__`, ShapeError for bytes that don't fill a shape
 */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const rank = (type: ElementType): number => elementTypes.indexOf(type);
  const ordered = [...tensors].sort(
    ([a, { type: p }], [b, { type: q }]) => rank(q) - rank(p) || (a < b ? -1 : Number(a > b)),
  );
  let at = 0;
  const entries = ordered.map(([key, { type, shape, bytes }]): [string, unknown] => {
    if (key === metadataKey)
      throw new ValueError('safetensors', `no tensor can be called ${metadataKey}; choose another name`);
    if (bytesOf(type, shape) !== bytes.length)
      throw new ShapeError(
        'safetensors',
        `${key}: a shape of (${shape.join(', ')}) needs ${bytesOf(type, shape)} bytes as ${type}, there are ${bytes.length}`,
      );
    const begin = at;
    at += bytes.length;
    return [key, { dtype: type, shape, data_offsets: [begin, at] }];
  });
  // Written entry by entry: an object would put names that look like numbers first.
  const withMetadata = Object.keys(metadata).length > 0 ? [[metadataKey, metadata] as const, ...entries] : entries;
  const json = `{${withMetadata.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
  const header = new TextEncoder().encode(json);
  const padded = Math.ceil(header.length / lengthBytes) * lengthBytes;
  const file = new Uint8Array(lengthBytes + padded + at).fill(0x20, lengthBytes, lengthBytes + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(header, lengthBytes);
  let position = lengthBytes + padded;
  for (const [, { bytes }] of ordered) {
    file.set(bytes, position);
    position += bytes.length;
  }
  return file;
}

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** A value from a header, for errors: short, however long it is. */
const show = (value: unknown): string => shortened(JSON.stringify(value) ?? 'nothing');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
