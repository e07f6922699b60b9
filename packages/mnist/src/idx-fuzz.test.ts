import { gzipSync } from 'node:zlib';
import { FormatError } from '@nn/backend';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type IdxArray, readIdx, writeIdx } from './idx.ts';
import type { IdxElements } from './idx-header.ts';

const elements: fc.Arbitrary<IdxElements> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.int8Array({ maxLength: 200 }),
  fc.int16Array({ maxLength: 100 }),
  fc.int32Array({ maxLength: 50 }),
  fc.float32Array({ maxLength: 50, noNaN: true }),
  fc.float64Array({ maxLength: 25, noNaN: true }),
);

/** An array with its elements spread over up to three dimensions, and its file, plain and gzip. */
const written = fc.tuple(elements, fc.nat(2)).map(([data, extra]) => {
  const shape = [...Array<number>(extra).fill(1), data.length];
  const plain = writeIdx({ shape, data });
  return { data, shape, plain, packed: new Uint8Array(gzipSync(plain)) };
});

async function attempt(file: Uint8Array): Promise<IdxArray | FormatError> {
  try {
    return await readIdx(file);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

function expectAllAccounted({ shape, data }: IdxArray, file: Uint8Array): void {
  expect(4 + 4 * shape.length + data.byteLength).toBe(file.length);
  expect(shape.reduce((product, size) => product * size, 1)).toBe(data.length);
}

test('what is written is read', async () => {
  await fc.assert(
    fc.asyncProperty(written, async ({ data, shape, plain, packed }) => {
      for (const file of [plain, packed]) {
        const array = await readIdx(file);
        expect(array.shape).toEqual(shape);
        expect(array.data).toEqual(data);
      }
    }),
  );
});

test('a cut file is refused, wherever the cut', async () => {
  await fc.assert(
    fc.asyncProperty(written, fc.nat(), async ({ plain, packed }, cut) => {
      expect(await attempt(plain.subarray(0, cut % plain.length))).toBeInstanceOf(FormatError);
      expect(await attempt(packed.subarray(0, cut % packed.length))).toBeInstanceOf(FormatError);
    }),
  );
});

test('bytes before or after are refused', async () => {
  const garbage = fc.uint8Array({ minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(written, garbage, async ({ plain, packed }, extra) => {
      for (const file of [plain, packed]) {
        expect(await attempt(Uint8Array.of(...file, ...extra))).toBeInstanceOf(FormatError);
        // A prefix can happen to be a file of its own; then what follows is trailing.
        expect(await attempt(Uint8Array.of(...extra, ...file))).toBeInstanceOf(FormatError);
      }
    }),
  );
});

test('flipped bits in gzip are found, or harmless', async () => {
  await fc.assert(
    fc.asyncProperty(written, fc.nat(), fc.nat(7), async ({ data, shape, packed }, at, bit) => {
      const damaged = packed.slice();
      damaged[at % packed.length]! ^= 1 << bit;
      const result = await attempt(damaged);
      // Time stamp and system of the gzip header mean nothing here; now and then other codes stand for the same data.
      if (!(result instanceof FormatError)) expect([result.shape, result.data]).toEqual([shape, data]);
    }),
    { numRuns: 400 },
  );
});

test('flipped bits in a plain header give an error, or a file that is as honest', async () => {
  await fc.assert(
    fc.asyncProperty(written, fc.nat(), fc.nat(7), async ({ shape, plain }, at, bit) => {
      const damaged = plain.slice();
      damaged[at % (4 + 4 * shape.length)]! ^= 1 << bit;
      const result = await attempt(damaged);
      // Another type of the same width, say: still every byte is accounted for.
      if (!(result instanceof FormatError)) expectAllAccounted(result, damaged);
    }),
    { numRuns: 1000 },
  );
});

test('noise is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), fc.boolean(), async (noise, looksLikeGzip) => {
      const file = looksLikeGzip ? Uint8Array.of(0x1f, 0x8b, 8, 0, ...noise) : noise;
      const result = await attempt(file);
      // The few that are honest files by chance are read whole.
      if (!(result instanceof FormatError)) expectAllAccounted(result, file);
    }),
    { numRuns: 1000 },
  );
});
