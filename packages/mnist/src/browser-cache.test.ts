import { createHash } from 'node:crypto';
import { FormatError } from '@nn/backend';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CacheHost, fetchThroughCache } from './browser-cache.ts';
import { DownloadError } from './transfer.ts';

const content = Uint8Array.from({ length: 5000 }, (_, at) => at * at);
const file = { name: 'x.gz', bytes: 5000, sha256: createHash('sha256').update(content).digest('hex') };
const url = 'https://example.org/x.gz';
const transfer = { op: 'mnist', url, file, signal: undefined, onProgress: undefined };

/** The browser's interface over a Map. */
function memory(): { host: CacheHost; kept: Map<string, Response> } {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (key: string) => kept.get(key)?.clone(),
    put: async (key: string, response: Response) => void kept.set(key, response),
    delete: async (key: string) => kept.delete(key),
  };
  return { kept, host: { open: async () => cache } };
}

const answer = vi.fn<() => Promise<Response>>();
beforeEach(() => {
  answer.mockReset();
  answer.mockImplementation(async () => new Response(content));
  vi.stubGlobal('fetch', answer);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('fetched once, then from the cache', async () => {
  const { host } = memory();
  expect(await fetchThroughCache(host, transfer)).toEqual(content);
  expect(await fetchThroughCache(host, transfer)).toEqual(content);
  expect(answer).toHaveBeenCalledTimes(1);
});

test('a damaged copy is replaced', async () => {
  const { host, kept } = memory();
  kept.set(url, new Response(content.with(9, 9)));
  expect(await fetchThroughCache(host, transfer)).toEqual(content);
  expect(new Uint8Array(await kept.get(url)!.arrayBuffer())).toEqual(content);
});

test('nothing wrong is kept', async () => {
  const { host, kept } = memory();
  answer.mockImplementation(async () => new Response(content.with(9, 9)));
  await expect(fetchThroughCache(host, transfer)).rejects.toThrow(FormatError);
  answer.mockImplementation(async () => new Response(content.subarray(1)));
  await expect(fetchThroughCache(host, transfer)).rejects.toThrow(/ended at byte 4999 of 5000/);
  answer.mockImplementation(async () => new Response('', { status: 403 }));
  await expect(fetchThroughCache(host, transfer)).rejects.toThrow(DownloadError);
  expect(kept.size).toBe(0);
});

test('without a cache, with one that refuses, and with a full one', async () => {
  const refuses: CacheHost = { open: () => Promise.reject(new DOMException('insecure', 'SecurityError')) };
  const { host } = memory();
  const full: CacheHost = {
    open: async (name) => ({
      ...(await host.open(name)),
      put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
    }),
  };
  for (const cacheHost of [undefined, refuses, full]) {
    expect(await fetchThroughCache(cacheHost, transfer)).toEqual(content);
  }
  expect(answer).toHaveBeenCalledTimes(3);
});
