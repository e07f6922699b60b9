/** What a platform may lack is said in words: no WebAssembly, no leave to compile it, no workers, no shared memory. */
import { BackendError, OutOfMemoryError } from '@nn/backend';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wasm } from './index.ts';

afterEach(() => vi.unstubAllGlobals());

/** WebAssembly with parts of it replaced. */
const stub = (parts: Record<string, unknown>): void => {
  vi.stubGlobal('WebAssembly', Object.assign(Object.create(WebAssembly), parts));
};

describe('wasm() where', () => {
  it('there is no WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    await expect(wasm()).rejects.toThrow('[wasm] there is no WebAssembly here');
  });

  it('there are no vectors', async () => {
    stub({ validate: () => false });
    await expect(wasm()).rejects.toThrow('[wasm] this engine lacks WebAssembly SIMD');
  });

  it('a content security policy forbids compiling', async () => {
    const refusal = new Error('Refused to compile');
    stub({
      Module: class {
        constructor() {
          throw refusal;
        }
      },
    });
    const error = await wasm().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BackendError);
    expect(String(error)).toContain("must allow script-src 'wasm-unsafe-eval'");
    expect((error as Error).cause).toBe(refusal);
  });

  it('shared memory is refused: one thread, and the reason', async () => {
    const { Memory } = WebAssembly;
    stub({
      Memory: class {
        constructor(descriptor: WebAssembly.MemoryDescriptor) {
          if (descriptor.shared) throw new RangeError('could not allocate memory');
          // biome-ignore lint/correctness/noConstructorReturn: stands for the real one
          return new Memory(descriptor);
        }
      },
    });
    const backend = await wasm({ threads: 2 });
    expect(backend.info()).toMatchObject({
      threads: 1,
      reason: expect.stringContaining('threads could not be started'),
    });
    backend.dispose();
  });

  it('much shared memory is refused: threads, and less memory', async () => {
    const { Memory } = WebAssembly;
    const asked: (number | undefined)[] = [];
    stub({
      Memory: class {
        constructor(descriptor: WebAssembly.MemoryDescriptor) {
          asked.push(descriptor.maximum);
          if (descriptor.maximum! > 2 ** 14) throw new RangeError('could not allocate memory');
          // biome-ignore lint/correctness/noConstructorReturn: stands for the real one
          return new Memory(descriptor);
        }
      },
    });
    const backend = await wasm({ threads: 2 });
    expect(asked).toEqual([2 ** 16, 2 ** 15, 2 ** 14]);
    expect(backend.info()).toMatchObject({ threads: 2, reason: null });
    expect(() => backend.allocate(2 ** 30)).toThrow(OutOfMemoryError);
    backend.dispose();
  });

  it('nothing to share memory with: one thread, and the reason', async () => {
    // As a page in a WebView is: isolated, with workers, and without SharedArrayBuffer.
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    for (const [name, value] of [
      ['Worker', class {}],
      ['crossOriginIsolated', true],
      ['SharedArrayBuffer', undefined],
    ] as const)
      vi.stubGlobal(name, value);
    const backend = await wasm({ threads: 2 });
    expect(backend.info()).toMatchObject({ threads: 1, reason: 'this browser shares no memory between threads' });
    backend.dispose();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it('workers are refused: one thread, and the reason', async () => {
    const own = process.getBuiltinModule;
    const refusing = {
      Worker: class {
        constructor() {
          throw new Error('access denied');
        }
      },
    };
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
      name === 'node:worker_threads' ? refusing : own(name)) as typeof own);
    const backend = await wasm({ threads: 2 });
    expect(backend.info()).toMatchObject({ threads: 1, reason: 'threads could not be started: access denied' });
    backend.dispose();
    vi.restoreAllMocks();
  });
});
