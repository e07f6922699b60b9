import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FormatError, ValueError } from '@nn/backend';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeIdx } from './idx.ts';
import { loadFashionMnist, loadMnist, type SourceOptions } from './load.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nn-mnist-'));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(dir, { recursive: true });
});

const trainImages = writeIdx({ shape: [3, 28, 28], data: new Uint8Array(3 * 784).fill(7) });
const trainLabels = writeIdx({ shape: [3], data: Uint8Array.of(1, 2, 3) });
const validImages = writeIdx({ shape: [2, 28, 28], data: new Uint8Array(2 * 784).fill(9) });
const validLabels = writeIdx({ shape: [2], data: Uint8Array.of(9, 0) });

async function put(files: Record<string, Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
}

describe('from a folder', () => {
  test('under a mixture of the usual names', async () => {
    await put({
      'train-images-idx3-ubyte': trainImages,
      'train-labels.idx1-ubyte': trainLabels,
      't10k-images-idx3-ubyte.gz': gzipSync(validImages),
      't10k-labels.idx1-ubyte.gz': gzipSync(validLabels),
    });
    for (const load of [loadMnist, loadFashionMnist]) {
      const { train, valid, classes } = await load({ dir });
      expect(train.shape).toEqual([3, 28, 28]);
      expect(train.images.every((pixel) => pixel === 7)).toBe(true);
      expect([...train.labels]).toEqual([1, 2, 3]);
      expect(valid.shape).toEqual([2, 28, 28]);
      expect([...valid.labels]).toEqual([9, 0]);
      expect(classes[9]).toBe(load === loadMnist ? '9' : 'Ankle boot');
    }
  });

  test('what is missing is named, all of it', async () => {
    await put({ 'train-images-idx3-ubyte': trainImages, 't10k-labels-idx1-ubyte.gz': validLabels });
    const attempt = loadMnist({ dir });
    await expect(attempt).rejects.toThrow(ValueError);
    await expect(attempt).rejects.toThrow(/lacks train-labels-idx1-ubyte, t10k-images-idx3-ubyte \(looked for/);
  });

  test('no such folder', async () => {
    await expect(loadMnist({ dir: join(dir, 'none') })).rejects.toThrow(/can't read the folder .*none given as dir/);
  });

  test('a damaged file is named', async () => {
    await put({
      'train-images-idx3-ubyte': trainImages,
      'train-labels-idx1-ubyte': trainLabels,
      't10k-images-idx3-ubyte': validImages.subarray(0, -1),
      't10k-labels-idx1-ubyte': validLabels,
    });
    await expect(loadMnist({ dir })).rejects.toThrow(/t10k-images-idx3-ubyte, byte 1583: the file ends here/);
  });

  test('a file of more than a gigabyte is not read', async () => {
    await put({ 'train-images-idx3-ubyte': trainImages, 'train-labels-idx1-ubyte': trainLabels });
    await put({ 't10k-images-idx3-ubyte': validImages, 't10k-labels-idx1-ubyte': validLabels });
    await truncate(join(dir, 'train-images-idx3-ubyte'), 2 ** 30 + 1); // sparse
    const attempt = loadMnist({ dir });
    await expect(attempt).rejects.toThrow(FormatError);
    await expect(attempt).rejects.toThrow(/expected at most 1073741824 bytes, found 1073741825/);
  });

  test('a folder by the name of a file', async () => {
    await put({ 'train-images-idx3-ubyte': trainImages, 'train-labels-idx1-ubyte': trainLabels });
    await put({ 't10k-images-idx3-ubyte': validImages });
    await mkdir(join(dir, 't10k-labels-idx1-ubyte'));
    await expect(loadMnist({ dir })).rejects.toThrow(/EISDIR/);
  });

  test('where there is no file system', async () => {
    vi.stubGlobal('process', undefined);
    await expect(loadMnist({ dir: '/data' })).rejects.toThrow(/dir needs a file system/);
  });
});

describe('options', () => {
  test.each<{ options: SourceOptions; message: RegExp }>([
    { options: { dir: 'x', download: true }, message: /dir and download: true exclude each other/ },
    { options: { mirror: 'https://x.org' }, message: /mirror is for downloads; add download: true/ },
    { options: { dir: 'x', cacheDir: 'y' }, message: /cacheDir is for downloads/ },
    {
      options: { download: true, mirror: 'ftp://x.org' },
      message: /mirror must be an http or https address, got "ftp/,
    },
    { options: { download: true, mirror: 'https://' }, message: /mirror must be/ },
  ])('$options', async ({ options, message }) => {
    for (const load of [loadMnist, loadFashionMnist]) {
      const attempt = load(options);
      await expect(attempt).rejects.toThrow(ValueError);
      await expect(attempt).rejects.toThrow(message);
    }
  });

  test('no Fashion-MNIST comes with the package', async () => {
    await expect(loadFashionMnist({})).rejects.toThrow(/\[fashionMnist\] no images .* pass dir/);
  });
});

test('without options: the built-in digits, without file system or network', async () => {
  vi.stubGlobal('process', undefined);
  vi.stubGlobal('fetch', undefined);
  const { train, valid, classes } = await loadMnist();
  expect([train.shape, valid.shape, classes.length]).toEqual([[9000, 28, 28], [1000, 28, 28], 10]);
});
