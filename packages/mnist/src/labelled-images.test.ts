import { gzipSync } from 'node:zlib';
import { FormatError } from '@nn/backend';
import { expect, test } from 'vitest';
import { writeIdx } from './idx.ts';
import { readLabelledImages } from './labelled-images.ts';

const pixels = Uint8Array.from({ length: 3 * 784 }, (_, at) => at % 256);
const images = writeIdx({ shape: [3, 28, 28], data: pixels });
const labels = writeIdx({ shape: [3], data: Uint8Array.of(4, 9, 0) });
const read = (imageBytes: Uint8Array, labelBytes: Uint8Array): ReturnType<typeof readLabelledImages> =>
  readLabelledImages('mnist', { name: 'images', bytes: imageBytes }, { name: 'labels', bytes: labelBytes }, 10);

test('a pair, plain and gzip', async () => {
  const expected = { images: pixels, labels: Uint8Array.of(4, 9, 0), shape: [3, 28, 28] };
  expect(await read(images, labels)).toEqual(expected);
  expect(await read(gzipSync(images), gzipSync(labels))).toEqual(expected);
});

test.each([
  { what: 'files in each other’s place', pair: [labels, images], message: /images, byte 3: expected rank 3, found 1/ },
  {
    what: 'images of another size',
    pair: [writeIdx({ shape: [1, 28, 27], data: new Uint8Array(756) }), labels],
    message: /images, byte 12: expected a size of 28 .* found 27/,
  },
  {
    what: 'another element type',
    pair: [images, writeIdx({ shape: [3], data: Int8Array.of(1, 2, 3) })],
    message: /labels, byte 2: expected elements of type uint8, found int8/,
  },
  {
    what: 'labels of another set',
    pair: [images, writeIdx({ shape: [2], data: Uint8Array.of(1, 2) })],
    message: /images has 3 images and labels has 2 labels/,
  },
  {
    what: 'a label beyond the classes',
    pair: [images, writeIdx({ shape: [3], data: Uint8Array.of(9, 10, 11) })],
    message: /label 1 is 10, expected less than 10/,
  },
])('$what', async ({ pair: [first, second], message }) => {
  const error: unknown = await read(first!, second!).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FormatError);
  expect((error as FormatError).message).toMatch(message);
});
