/** Kernels for vectors joined in pairs: the bits of those for single ones, and what decides which of the two a backend has. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wasm } from './index.ts';
import { joinsPairs, vectorsFlag } from './pairs.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('what is asked for', () => {
  it('is refused if it is no width', async () => {
    await expect(wasm({ vectors: 64 as never })).rejects.toThrow('[wasm] vectors is 64; give 128 or 256 bits');
  });
  it('is told to this Node where it can be', async () => {
    const backend = await wasm({ threads: 1, vectors: 256 });
    expect(backend.info().vectors).toBe(vectorsFlag() === null ? 128 : 256);
    expect((await wasm({ threads: 1, vectors: 128 })).info().vectors).toBe(128);
  });
  it('is 256 if this process was started so, else 128', async () => {
    const startedSo = process.execArgv.includes(vectorsFlag() ?? '');
    expect((await wasm({ threads: 1 })).info().vectors).toBe(startedSo ? 256 : 128);
  });
  it('follows from how Node was started, if nothing is', () => {
    const flags = (...list: string[]): void => {
      vi.spyOn(process, 'execArgv', 'get').mockReturnValue(list);
    };
    flags('--no-warnings');
    expect(joinsPairs(undefined)).toBe(false);
    flags('--experimental-wasm-revectorize');
    expect(joinsPairs(undefined)).toBe(true);
    expect(joinsPairs(128)).toBe(false);
    flags('--wasm-revectorize', '--no-wasm-revectorize');
    expect(joinsPairs(undefined)).toBe(false);
  });
});
