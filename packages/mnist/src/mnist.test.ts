import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValueError } from '@nn/backend';
import { DataLoader } from '@nn/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeIdx } from './idx.ts';
import { loadMnist } from './load.ts';
import { fashionMnist, mnist } from './mnist.ts';
import { normalize, pixelStatistics } from './normalize.ts';

const images = (count: number): Uint8Array => Uint8Array.from({ length: count * 784 }, (_, i) => (i * 7) % 256);
const sameBytes = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nn-mnist-'));
  const put = (name: string, shape: number[], data: Uint8Array): Promise<void> =>
    writeFile(join(dir, name), writeIdx({ shape, data }));
  await put('train-images-idx3-ubyte', [3, 28, 28], images(3));
  await put('train-labels-idx1-ubyte', [3], Uint8Array.of(9, 0, 4));
  await put('t10k-images-idx3-ubyte', [2, 28, 28], images(2));
  await put('t10k-labels-idx1-ubyte', [2], Uint8Array.of(1, 2));
});
afterAll(() => rm(dir, { recursive: true }));

test('the built-in digits, as tensors of the numbers that the bytes give', async () => {
  const { train, valid, classes, mean, std } = await mnist();
  const bytes = await loadMnist();
  expect(classes).toEqual(bytes.classes);
  expect({ mean, std }).toEqual(pixelStatistics(bytes.train.images));
  for (const [set, { images, labels, shape }] of [
    [train, bytes.train],
    [valid, bytes.valid],
  ] as const) {
    const [x, y] = set.tensors;
    expect([x.shape, x.dtype, y.shape, y.dtype]).toEqual([[shape[0], 784], 'float32', [shape[0]], 'int64']);
    expect(sameBytes(await x.data(), normalize(images, { mean, std }))).toBe(true);
    expect(sameBytes(await y.data(), Int32Array.from(labels))).toBe(true);
  }
});

test('a loader makes batches of them', async () => {
  const { train } = await mnist({ dir });
  const shapes: (readonly number[])[] = [];
  for await (const [x, y] of new DataLoader(train, { batchSize: 2 })) shapes.push(x.shape, y.shape);
  expect(shapes).toEqual([[2, 784], [2], [1, 784], [1]]);
});

test.each([
  { options: { flatten: false, normalize: false }, shape: [1, 28, 28], dtype: 'float32', first: 7 / 255 },
  { options: { dtype: 'uint8' }, shape: [784], dtype: 'uint8', first: 7 },
  { options: { dtype: 'float64', normalize: { mean: 0, std: 0.5 } }, shape: [784], dtype: 'float64', first: 14 / 255 },
] as const)('$options', async ({ options, shape, dtype, first }) => {
  for (const load of [mnist, fashionMnist]) {
    const { train } = await load({ dir, ...options });
    const [image, label] = train.get(0);
    expect([image.shape, image.dtype, await label.item()]).toEqual([shape, dtype, 9]);
    expect((await image.data())[1]).toBeCloseTo(first, 7);
  }
});

test('names of the classes', async () => {
  expect((await mnist({ dir })).classes[9]).toBe('9');
  expect((await fashionMnist({ dir })).classes[9]).toBe('Ankle boot');
});

test('what the sources refuse is refused', async () => {
  await expect(fashionMnist({})).rejects.toThrow(ValueError);
  await expect(mnist({ dir, download: true })).rejects.toThrow(/dir and download: true exclude each other/);
  await expect(mnist({ dtype: 'uint8', normalize: true })).rejects.toThrow(ValueError);
});
