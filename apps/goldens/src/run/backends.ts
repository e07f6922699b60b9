/** The backends that a run can be made on, by name, each loaded only when it is asked for. */

import { setBackend } from '@nn/tensor';

/** A name that is no installed backend. */
export class UnknownBackendError extends Error {
  override readonly name: string = 'UnknownBackendError';
}

const EMBEDDED = 'reference';

/**
 * Makes a backend the default: `reference` is the embedded one, any other name the package `@nn/backend-<name>`, whose
 * export of that name creates it.
 */
export async function useBackend(name: string): Promise<void> {
  if (name === EMBEDDED) return;
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await import(`@nn/backend-${name}`)) as Readonly<Record<string, unknown>>;
  } catch {
    throw new UnknownBackendError(`there is no backend ${name}; use ${EMBEDDED}, or install @nn/backend-${name}`);
  }
  const create = exports[name] as () => Promise<Parameters<typeof setBackend>[0]>;
  setBackend(await create());
}
