import { gunzipSync, gzipSync } from 'node:zlib';
import { FormatError } from '@nn/backend';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packDigits, unpackDigits } from './digit-packing.ts';

const gzip = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));

/** Images between all paper and all ink, with runs of any length. */
const digits = fc
  .array(fc.record({ value: fc.oneof(fc.constant(0), fc.nat(255)), times: fc.nat(900) }), { maxLength: 12 })
  .chain((strokes) => {
    const drawn = strokes.flatMap(({ value, times }) => Array<number>(times).fill(value));
    const count = Math.ceil(drawn.length / 784);
    const images = new Uint8Array(count * 784);
    images.set(drawn);
    return fc.uint8Array({ minLength: count, maxLength: count }).map((labels) => ({ images, labels }));
  });

test('what is packed is unpacked', async () => {
  await fc.assert(
    fc.asyncProperty(digits, async ({ images, labels }) => {
      expect(await unpackDigits(packDigits(images, labels, gzip))).toEqual({ images, labels });
    }),
    { numRuns: 50 },
  );
});

test('noise in every pixel', async () => {
  const images = Uint8Array.from({ length: 3 * 784 }, (_, at) => (at * at * 31) >>> 3);
  const labels = Uint8Array.of(3, 1, 2);
  expect(await unpackDigits(packDigits(images, labels, gzip))).toEqual({ images, labels });
});

test('damage is an error', async () => {
  const packed = packDigits(new Uint8Array(784).fill(7, 100, 500), Uint8Array.of(1), gzip);
  for (const damaged of [packed.subarray(0, -1), packed.with(14, packed[14]! ^ 1), gunzipSync(packed)]) {
    await expect(unpackDigits(damaged)).rejects.toThrow(FormatError);
  }
});
