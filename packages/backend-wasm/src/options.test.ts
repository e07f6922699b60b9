/** What is asked of the backend is checked before anything is made. */
import { ValueError } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { wasm } from './index.ts';

describe('options', () => {
  it.each([0, -1, 1.5, 65, Number.NaN])('threads %s are refused', async (threads) => {
    await expect(wasm({ threads })).rejects.toThrow(ValueError);
    await expect(wasm({ threads })).rejects.toThrow(`threads is ${threads}; give a whole number from 1 to 64`);
  });

  it.each([0, 1024, 2 ** 33, Number.NaN])('a limit of %s bytes is refused', async (memoryLimit) => {
    await expect(wasm({ memoryLimit })).rejects.toThrow(ValueError);
  });

  it('threads, instructions and memory are told', async () => {
    const backend = await wasm({ threads: 2, relaxed: false });
    expect(backend.info()).toMatchObject({ threads: 2, reason: null, relaxed: false });
    const block = backend.allocate(1 << 20);
    expect(backend.info().memory.used).toBeGreaterThanOrEqual(1 << 20);
    expect(backend.info().memory.taken).toBeGreaterThanOrEqual(backend.info().memory.used);
    backend.free(block);
    backend.dispose();
    expect(() => backend.allocate(1)).toThrow('[allocate] the wasm backend was disposed; make a new one');
    backend.dispose();
  });

  it('one thread needs no reason', async () => {
    const backend = await wasm({ threads: 1 });
    expect(backend.info()).toMatchObject({ threads: 1, reason: null });
    backend.dispose();
  });

  it('a limit is an error that says what is in use', async () => {
    const backend = await wasm({ threads: 1, memoryLimit: 2 ** 22 });
    expect(() => backend.allocate(2 ** 23)).toThrow('raise memoryLimit');
    backend.dispose();
  });
});
