/** The backends that a run can be made on, by name, each loaded only when it is asked for. */

import { setBackend } from '@nn/tensor';
import { UsageError } from '../usage-error.ts';

const EMBEDDED = 'reference';

/**
 * Makes a backend the default: `reference` is the embedded one, any other name the package `@nn/backend-<name>`, whose
 * export of that name creates it, on so many threads where it has any.
 */
export async function useBackend(name: string, threads?: number): Promise<void> {
  if (name === EMBEDDED) return;
  const specifier = `@nn/backend-${name}`;
  const create = (await importPackage(specifier))[name];
  if (typeof create !== 'function')
    throw new UsageError(`${specifier} does not export ${name}, which would create the backend`);
  try {
    setBackend(await create(threads === undefined ? {} : { threads }));
  } catch (error) {
    throw new UsageError(`the backend ${name} can't be used here: ${(error as Error).message}`);
  }
}

async function importPackage(specifier: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(specifier)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new UsageError(`there is no package ${specifier}; use --backend ${EMBEDDED}, or install it`);
  }
}
