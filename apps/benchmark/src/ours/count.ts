/** What one call launches and holds, counted by the null backend. */
import type { NullBackend } from '@nn/backend';
import { memory } from '@nn/tensor';
import type { Prepared } from '../players/performer.ts';
import type { Counts } from '../players/protocol.ts';

/** Calls until plans exist and memory is reused; then counts one call. */
const before = 3;

export async function countOf(backend: NullBackend, prepared: Prepared): Promise<Counts> {
  for (let i = 0; i < before; i++) {
    await prepared.repeat(1);
    await prepared.settle();
  }
  backend.reset();
  await prepared.repeat(1);
  const { launches, total, programs, allocated } = backend.counts;
  await prepared.settle();
  return { launches, total, programs, allocated, live: memory(backend).live };
}
