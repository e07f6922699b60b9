/** Waiting for a backend, and reading what players compare. */
import { type Tensor, zeros } from '@nn/tensor';
import { probes } from '../cases/spec.ts';

/**
 * Waits until all launches so far are done, as a read does; it also gives the library the turn of the event loop that it takes when memory is due, so that the
 * cost of taking memory back is part of what is measured.
 */
export function settler(): () => Promise<void> {
  const mark = zeros([1]);
  return async () => {
    await mark.item();
  };
}

/** The numbers of a result that players compare. */
export async function probed(result: Tensor): Promise<number[]> {
  const data = await result.data();
  return probes(data.length).map((i) => data[i]!);
}
