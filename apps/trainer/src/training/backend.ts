/** The backends that can be chosen by name, each loaded only when it is. */
import type { Backend } from '@nn/backend';
import type { TrainingOptions } from '../options/training-options.ts';

const backends: { readonly [Name in TrainingOptions['backend']]: () => Promise<Backend> } = {
  reference: async () => (await import('@nn/backend')).reference(),
};

export const openBackend = (name: TrainingOptions['backend']): Promise<Backend> => backends[name]();
