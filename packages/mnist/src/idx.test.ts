import { gzipSync } from 'node:zlib';
import { FormatError, ShapeError, ValueError } from '@nn/backend';
import { describe, expect, test } from 'vitest';
import { readIdx, writeIdx } from './idx.ts';
import { type IdxElements, type IdxExpectations, parseHeader } from './idx-header.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const zip = (plain: Uint8Array): Uint8Array => new Uint8Array(gzipSync(plain));
const image = writeIdx({ shape: [2, 2, 3], data: bytes(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) });

function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48271) % 0x7fffffff;
    return state;
  });
}

async function failure(file: Uint8Array, options?: IdxExpectations & { name?: string }): Promise<string> {
  const error: unknown = await readIdx(file, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FormatError);
  return (error as FormatError).message;
}

// Files written out by hand from the description of the format: magic, sizes, big-endian elements.
const files: { type: string; file: number[]; shape: number[]; data: IdxElements }[] = [
  { type: 'uint8', file: [0, 0, 8, 1, 0, 0, 0, 3, 0, 128, 255], shape: [3], data: Uint8Array.of(0, 128, 255) },
  { type: 'int8', file: [0, 0, 9, 1, 0, 0, 0, 3, 0, 128, 255], shape: [3], data: Int8Array.of(0, -128, -1) },
  {
    type: 'int16',
    file: [0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe],
    shape: [1, 2],
    data: Int16Array.of(0x0102, -2),
  },
  {
    type: 'int32',
    file: [0, 0, 0x0c, 1, 0, 0, 0, 2, 0x01, 0x02, 0x03, 0x04, 0x80, 0, 0, 0],
    shape: [2],
    data: Int32Array.of(0x01020304, -(2 ** 31)),
  },
  {
    type: 'float32',
    file: [0, 0, 0x0d, 1, 0, 0, 0, 2, 0x3f, 0xc0, 0, 0, 0xff, 0x80, 0, 0],
    shape: [2],
    data: Float32Array.of(1.5, Number.NEGATIVE_INFINITY),
  },
  {
    type: 'float64',
    file: [0, 0, 0x0e, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0],
    shape: [1, 1, 1],
    data: Float64Array.of(-1.5),
  },
  { type: 'uint8', file: [0, 0, 8, 2, 0, 0, 0, 0, 255, 255, 255, 255], shape: [0, 2 ** 32 - 1], data: bytes() },
];

describe('every element type', () => {
  test.each(files)('$type of shape $shape', async ({ type, file, shape, data }) => {
    const plain = bytes(...file);
    expect(await readIdx(plain)).toEqual({ type, shape, data });
    expect(await readIdx(zip(plain))).toEqual({ type, shape, data });
    expect(writeIdx({ shape, data })).toEqual(plain);
  });

  test('elements that stand at odd addresses', async () => {
    const shifted = bytes(9, ...files[4]!.file).subarray(1);
    expect((await readIdx(shifted)).data).toEqual(files[4]!.data);
  });

  test('bytes of a plain file are a view, everything else is new', async () => {
    expect((await readIdx(image)).data.buffer).toBe(image.buffer);
    const wide = writeIdx({ shape: [1], data: Int16Array.of(1) });
    await readIdx(wide);
    expect(wide.at(-1)).toBe(1);
  });

  test('rank 255', async () => {
    const shape = Array.from({ length: 255 }, (_, dimension) => (dimension === 200 ? 3 : 1));
    expect((await readIdx(zip(writeIdx({ shape, data: bytes(1, 2, 3) })))).shape).toEqual(shape);
  });
});

describe('what is wrong and where', () => {
  const sized = (type: number, ...sizes: number[]): Uint8Array =>
    bytes(
      0,
      0,
      type,
      sizes.length,
      ...sizes.flatMap((size) => [size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255]),
    );
  const cases: { what: string; file: Uint8Array; options?: IdxExpectations; message: RegExp }[] = [
    { what: 'an empty file', file: bytes(), message: /byte 0: the file ends inside the 4 bytes/ },
    { what: 'half a magic', file: bytes(0, 0, 8), message: /byte 3: the file ends/ },
    { what: 'another format', file: bytes(0x50, 0x4b, 3, 4), message: /byte 0: expected 00 00 .* found 50 4b/ },
    {
      what: 'an unknown type',
      file: sized(0x0a, 1),
      message: /byte 2: expected an element type .*0x08 uint8.* found 0x0a/,
    },
    {
      what: 'another type',
      file: sized(0x0d, 1),
      options: { type: 'uint8' },
      message: /byte 2: .* uint8, found float32/,
    },
    { what: 'rank 0', file: bytes(0, 0, 8, 0, 7), message: /byte 3: expected a rank of 1 to 255, found 0/ },
    { what: 'another rank', file: image, options: { shape: [null] }, message: /byte 3: expected rank 1, found 3/ },
    { what: 'half a header', file: image.subarray(0, 13), message: /byte 13: .* rank 3 needs 16 bytes/ },
    {
      what: 'another size',
      file: image,
      options: { shape: [null, 2, 2] },
      message: /byte 12: .* 2 in dimension 2, found 3/,
    },
    {
      what: 'a missing byte',
      file: image.subarray(0, -1),
      message: /byte 27: the file ends here; expected 2 × 2 × 3 of uint8, 28 bytes/,
    },
    {
      what: 'a byte too many',
      file: bytes(...image, 0),
      message: /byte 28: expected the end .* trailing bytes \(the file has 29/,
    },
    {
      what: 'more than allowed',
      file: image,
      options: { maxBytes: 11 },
      message: /byte 4: .* need 12 bytes, more than the 11/,
    },
    {
      what: 'sizes beyond any memory',
      file: sized(0x0e, ...Array(255).fill(2 ** 32 - 1)),
      message: /byte 4: .*more than/,
    },
  ];
  test.each(cases)('$what', async ({ file, options, message }) => {
    expect(await failure(file, options)).toMatch(message);
    // The same inside gzip, where positions are those of the unpacked data.
    expect(await failure(zip(file), options)).toMatch(/unpacked (byte|length)/);
  });

  test('the name of the file comes first', async () => {
    expect(await failure(bytes(), { name: 'labels' })).toMatch(/^\[readIdx\] labels, byte 0/);
  });

  test('exactly as much as allowed', async () => {
    expect((await readIdx(image, { maxBytes: 12 })).data.length).toBe(12);
  });
});

describe('gzip', () => {
  const good = zip(image);
  const changed = (at: number, value: number): Uint8Array => good.with(at, value);
  const long = zip(writeIdx({ shape: [300_000], data: Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251) }));
  const cases: { what: string; file: Uint8Array; message: RegExp }[] = [
    { what: 'too short', file: good.subarray(0, 19), message: /at least 20 bytes, this one ends at byte 19/ },
    { what: 'another method', file: changed(2, 7), message: /byte 2: expected compression method 8 .*found 7/ },
    { what: 'reserved flags', file: changed(3, 0x40), message: /byte 3: expected gzip flags .* found 0x40/ },
    { what: 'another checksum', file: changed(-8, good.at(-8)! ^ 1), message: /checksum are broken after/ },
    { what: 'another length', file: changed(-4, 29), message: /28, found 29|checksum are broken after/ },
    {
      what: 'another length of a long file',
      file: long.with(-4, 1),
      message: /length of 300008 as the .* promises, found/,
    },
    { what: 'a cut', file: good.subarray(0, -9), message: /broken after|expected an unpacked length/ },
    { what: 'zeros after it', file: bytes(...good, 0, 0), message: /broken after|expected an unpacked length/ },
    { what: 'a second member', file: bytes(...good, ...good), message: /broken after|trailing bytes/ },
    { what: 'gzip in gzip', file: zip(good), message: /unpacked byte 0: expected 00 00 .* found 1f 8b/ },
  ];
  test.each(cases)('$what', async ({ file, message }) => {
    expect(await failure(file)).toMatch(message);
  });

  test('optional header fields are skipped', async () => {
    const fields = [4, 0, 1, 2, 3, 4, ...new TextEncoder().encode('name\0comment\0')]; // FEXTRA, FNAME, FCOMMENT
    const file = bytes(...good.subarray(0, 3), 4 + 8 + 16, ...good.subarray(4, 10), ...fields, ...good.subarray(10));
    expect((await readIdx(file)).data).toEqual((await readIdx(image)).data);
  });
});

describe('no memory for empty promises', () => {
  const promise = bytes(0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff);

  test.each([
    { what: 'plain', file: promise },
    { what: 'gzip', file: zip(promise) },
    // The length at the end agrees, and there is enough for a first piece to come before the end is seen.
    {
      what: 'gzip with a matching length',
      file: bytes(...zip(bytes(...promise, ...noise(100_000))).subarray(0, -4), 7, 0, 0, 0),
    },
  ])('4 GB promised by a few bytes, $what', async ({ file }) => {
    const before = process.memoryUsage().arrayBuffers;
    await failure(file, { maxBytes: Number.POSITIVE_INFINITY });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  test('a file that goes on after its end is not unpacked to its end', async () => {
    const content = noise(2_000_000); // so that the packed file is as long
    content.set([0, 0, 8, 1, 0, 0, 0, 5]);
    let furthest = 0;
    class Watched extends Uint8Array {
      override subarray(start = 0, end = this.length): Uint8Array<ArrayBuffer> {
        furthest = Math.max(furthest, end);
        return new Uint8Array(this).subarray(start, end);
      }
    }
    const file = new Watched(zip(content));
    file.set([13, 0, 0, 0], file.length - 4); // the length at the end agrees with the header
    expect(await failure(file)).toMatch(/unpacked byte 13: expected the end after 5 of uint8, found trailing bytes/);
    expect(furthest).toBeGreaterThan(0);
    expect(furthest).toBeLessThan(file.length / 2);
  });

  test('sizes are multiplied without overflow', () => {
    // 2^32 elements of 2^32: 2^64 wraps to 0 in 64-bit arithmetic, which would fit any file.
    const head = writeIdx({ shape: [0, 0], data: bytes() });
    head.set([0, 1, 0, 0], 4);
    head.set([0, 1, 0, 0], 8);
    const four = bytes(0, 0, 8, 4, ...Array(4).fill([0, 1, 0, 0]).flat());
    for (const file of [head, four]) {
      expect(() => parseHeader('readIdx', 'x', file, {}, String)).toThrow(
        /need (4294967296|18446744073709552000) bytes/,
      );
    }
  });
});

describe('writeIdx', () => {
  test.each([
    { shape: [], data: bytes(1), error: ShapeError, message: /ranks 1 to 255, not 0/ },
    { shape: Array(256).fill(1), data: bytes(1), error: ShapeError, message: /not 256/ },
    { shape: [2], data: bytes(1), error: ShapeError, message: /\(2\) holds 2 elements, data has 1/ },
    { shape: [1.5], data: bytes(1), error: ShapeError, message: /not 1.5/ },
    { shape: [-1, -1], data: bytes(1), error: ShapeError, message: /not -1/ },
    { shape: [0, 2 ** 32], data: bytes(), error: ShapeError, message: /not 4294967296/ },
    { shape: [1], data: Uint16Array.of(1) as unknown as IdxElements, error: ValueError, message: /Uint16Array/ },
  ])('refuses shape $shape', ({ shape, data, error, message }) => {
    expect(() => writeIdx({ shape, data })).toThrow(error);
    expect(() => writeIdx({ shape, data })).toThrow(message);
  });

  test("takes Node's Buffer and leaves the data alone", () => {
    expect(writeIdx({ shape: [2], data: Buffer.of(1, 2) }).subarray(8)).toEqual(bytes(1, 2));
    const data = Int32Array.of(1, 2);
    writeIdx({ shape: [2], data });
    expect(data).toEqual(Int32Array.of(1, 2));
  });
});
