/** Our backends by name, each loaded only when it is asked for. */
import type { Backend } from '@nn/backend';

export const backendNames = ['wasm', 'webgpu', 'reference'] as const;
/** The null backend computes nothing: with it only the library's own work remains. */
export type BackendName = (typeof backendNames)[number] | 'null';

const openers: { readonly [Name in BackendName]: (threads: number) => Promise<Backend> } = {
  wasm: async (threads) => (await import('@nn/backend-wasm')).wasm({ threads }),
  webgpu: async () => (await import('@nn/backend-webgpu')).webgpu({ powerPreference: 'high-performance' }),
  reference: async () => (await import('@nn/backend')).reference(),
  null: async () => (await import('@nn/backend')).nullBackend(),
};

/** Whether more threads than one mean anything to it. */
export const hasThreads = (name: BackendName): boolean => name === 'wasm';

export const isBackendName = (name: string): name is BackendName => name in openers;

export const openBackend = (name: BackendName, threads: number): Promise<Backend> => openers[name](threads);
