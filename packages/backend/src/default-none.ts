/** In a browser a program chooses its backend, and carries no other: `exports` gives this file wherever the condition `node` doesn't hold. */
import type { Backend } from './backend.ts';
import { BackendError } from './errors.ts';

export const defaultBackend = (): Backend => {
  throw new BackendError(
    'setBackend',
    'no backend was chosen; call setBackend(await wasm()) of @nn/backend-wasm, or setBackend(reference()) of @nn/backend',
  );
};
