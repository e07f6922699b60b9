/** The backends that can be chosen by name, each loaded only when it is. */
import type { Backend } from '@nn/backend';
import type { TrainingOptions } from '../options/training-options.ts';

type Choice = Pick<TrainingOptions, 'backend' | 'threads'>;

const backends: { readonly [Name in TrainingOptions['backend']]: (choice: Choice) => Promise<Backend> } = {
  wasm: async ({ threads }) => (await import('@nn/backend-wasm')).wasm(threads === null ? {} : { threads }),
  reference: async () => (await import('@nn/backend')).reference(),
};

export const openBackend = (choice: Choice): Promise<Backend> => backends[choice.backend](choice);
