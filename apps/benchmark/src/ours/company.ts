/** Our library on one backend, as a player. */
import type { NullBackend } from '@nn/backend';
import { setBackend } from '@nn/tensor';
import type { Company } from '../players/serve.ts';
import { hasThreads, isBackendName, openBackend } from './backends.ts';
import { checkerFor } from './check/check.ts';
import { countOf } from './count.ts';
import { deviceOf } from './device.ts';
import { repertoire } from './repertoire.ts';

const countOfThreads = (threads: number): string => `${threads} thread${threads === 1 ? '' : 's'}`;

/** Opens a backend as the default one; a sentence if it isn't there. */
export async function openOurs(name: string, threads: number): Promise<Company | string> {
  if (!isBackendName(name)) throw new Error(`there is no backend ${name}`);
  try {
    const backend = await openBackend(name, threads);
    setBackend(backend);
    const device = deviceOf(backend);
    const where = device !== null ? `, ${device.about}` : hasThreads(name) ? `, ${countOfThreads(threads)}` : '';
    return {
      ready: `@nn on ${name}${where}`,
      ...(device !== null && { device }),
      repertoire,
      check: checkerFor(backend),
      ...(name === 'null' && { count: (prepared) => countOf(backend as NullBackend, prepared) }),
    };
  } catch (error) {
    return `the ${name} backend can't be opened: ${(error as Error).message.split('\n')[0]}`;
  }
}
