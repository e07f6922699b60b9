import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { fashionMnistPublication, mnistPublication, type Publication } from './catalogue.ts';
import { downloadFiles } from './download.ts';

const contents: Record<string, Buffer> = {};
const published = (name: string, content: string): { name: string; bytes: number; sha256: string } => {
  contents[`/some/where/${name}`] = Buffer.from(content);
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
};
const publication: Publication = {
  name: 'small',
  classes: [],
  mirror: 'http://127.0.0.1:9/', // nobody there: the tests name their own
  files: {
    trainImages: published('ti.gz', 'training images'),
    trainLabels: published('tl.gz', 'training labels'),
    validImages: published('vi.gz', 'held out images'),
    validLabels: published('vl.gz', 'held out labels'),
  },
};

const server = createServer(({ url }, response) => {
  const content = contents[url!];
  response.writeHead(content ? 200 : 404).end(content);
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where`;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

test('four files into a folder of their own, with and without a slash after the mirror', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nn-download-'));
  for (const address of [mirror, `${mirror}/`]) {
    const files = await downloadFiles('mnist', publication, { mirror: address, cacheDir: join(folder, 'deep', 'er') });
    const texts = Object.entries(files).map(([part, { name, bytes }]) => [part, name, new TextDecoder().decode(bytes)]);
    expect(texts.sort()).toEqual([
      ['trainImages', 'ti.gz', 'training images'],
      ['trainLabels', 'tl.gz', 'training labels'],
      ['validImages', 'vi.gz', 'held out images'],
      ['validLabels', 'vl.gz', 'held out labels'],
    ]);
    expect((await readdir(join(folder, 'deep', 'er', 'small'))).sort()).toEqual(['ti.gz', 'tl.gz', 'vi.gz', 'vl.gz']);
    await rm(join(folder, 'deep'), { recursive: true });
  }
  await rm(folder, { recursive: true });
});

test('by default in the user’s cache folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nn-download-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
  await downloadFiles('mnist', publication, { mirror });
  expect((await readdir(join(folder, 'nn', 'small'))).length).toBe(4);
  // All there: neither mirror nor default mirror is asked.
  vi.stubGlobal('fetch', undefined);
  await downloadFiles('mnist', publication, {});
  await rm(folder, { recursive: true });
});

test('in a browser', async () => {
  vi.stubGlobal('process', undefined);
  await expect(downloadFiles('mnist', publication, { mirror, cacheDir: '/x' })).rejects.toThrow(
    /cacheDir needs a file/,
  );
  const kept = new Map<string, Response>();
  const cache = {
    match: async (key: string) => kept.get(key),
    put: async (key: string, response: Response) => void kept.set(key, response),
  };
  vi.stubGlobal('caches', { open: async () => cache });
  const { validLabels } = await downloadFiles('mnist', publication, { mirror });
  expect(new TextDecoder().decode(validLabels.bytes)).toBe('held out labels');
  expect([...kept.keys()].sort()).toEqual(['ti', 'tl', 'vi', 'vl'].map((name) => `${mirror}/${name}.gz`));
});

test('a signal that was given before anything began', async () => {
  const attempt = downloadFiles('mnist', publication, { mirror, signal: AbortSignal.abort(new Error('no')) });
  await expect(attempt).rejects.toThrow('no');
});

test.each([mnistPublication, fashionMnistPublication])('the catalogue of $name is well formed', ({ mirror, files }) => {
  expect(new URL(mirror).href).toBe(mirror);
  expect(mirror.endsWith('/')).toBe(true);
  const digests = Object.values(files).map(({ sha256 }) => sha256);
  expect(new Set(digests).size).toBe(4);
  for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
});
