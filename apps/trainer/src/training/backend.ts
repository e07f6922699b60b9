/** The backends that can be chosen by name, each loaded only when it is. */
import { type Backend, BackendError } from '@nn/backend';
import { Failure, oneLine } from '../failure.ts';
import type { TrainingOptions } from '../options/training-options.ts';

type Choice = Pick<TrainingOptions, 'backend' | 'threads' | 'vectors'>;

/** Makes a backend ready. Asked again, it opens another one. */
export type OpenBackend = (choice: Choice) => Promise<Backend>;

const bits = { '256': 256, '128': 128 } as const;

const openers: { readonly [Name in TrainingOptions['backend']]: OpenBackend } = {
  wasm: async ({ threads, vectors }) =>
    (await import('@nn/backend-wasm')).wasm({ vectors: bits[vectors], ...(threads !== null && { threads }) }),
  webgpu: openWebGPU,
  reference: async () => (await import('@nn/backend')).reference(),
};

/** Throws a `Failure` that says what to try where there is no such backend. */
export const openBackend: OpenBackend = (choice) => openers[choice.backend](choice);

/** Whether the device behind it can go away in the middle: a GPU that is reset or unplugged. */
export const canBeLost = (name: TrainingOptions['backend']): boolean => name === 'webgpu';

async function openWebGPU(): Promise<Backend> {
  const { webgpu } = await import('@nn/backend-webgpu');
  try {
    return await webgpu({ powerPreference: 'high-performance' });
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    throw new Failure(`--backend webgpu: ${oneLine(error)}, which is nn-train's --backend wasm`, { cause: error });
  }
}
