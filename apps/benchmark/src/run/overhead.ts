/** The library's own work: cases on the backend that computes nothing, timed and counted. */
import type { Case } from '../cases/case.ts';
import { measure, type Plan, type RoundsOptions } from '../measure/rounds.ts';
import { isRefusal, type Player } from '../players/player.ts';
import type { OverheadRecord } from '../results.ts';

/** Where the library's own work is what one asks about. */
export const hasOverhead = ({ group }: Case): boolean => group === 'eager' || group === 'training';

/** null if the case can't be counted. */
export async function runOverhead(
  { id, title, spec }: Case,
  counter: Player,
  plan: Plan,
  options: RoundsOptions,
): Promise<OverheadRecord | null> {
  const preparation = await counter.prepare(spec);
  if (isRefusal(preparation)) return null;
  const counts = await counter.count();
  if (options.isStopped?.() === true) return null;
  const samples = await measure([counter], plan, options);
  await counter.release();
  return isRefusal(counts) ? null : { id, title, counts, samples: samples.get(counter.name) ?? [] };
}
