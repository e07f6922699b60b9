/** Goals against what was measured: ratios within the rounds of one run. */
import type { Case, Goal } from './cases/case.ts';
import { nameOfLimit } from './limits/limits.ts';
import { besideOf } from './measure/rounds.ts';
import { ratioOf } from './measure/statistics.ts';
import { nameOfOurs, nameOfPeer } from './players/roster.ts';
import type { GoalRecord, LimitRecord } from './results.ts';

/** Goals are those of the fast backend. */
const whose = 'wasm';

type Samples = (name: string) => readonly number[] | undefined;

/** A goal with what was reached. `samples` are milliseconds of one call, by player or limit. */
export function judgeGoal(
  goal: Goal,
  { flops, bytes }: Pick<Case, 'flops' | 'bytes'>,
  samples: Samples,
  limits: readonly Pick<LimitRecord, 'name' | 'work' | 'unit'>[],
): GoalRecord {
  const { threads = 1, against, ratio } = goal;
  const player = nameOfOurs(whose, threads);
  const ours = samples(player);
  if ('peer' in against) {
    const name = nameOfPeer(against.peer, against.threads);
    const found = compare(ours, samples(name));
    return {
      player,
      against: name,
      kind: 'at most',
      wanted: ratio,
      reached: found?.median ?? null,
      noise: found?.noise ?? null,
    };
  }
  const name = nameOfLimit(against.limit);
  const limit = limits.find((each) => each.name === against.limit);
  const work = limit?.unit === 'GB/s' ? bytes : flops;
  // (work / ours) / (limit's work / limit), both in the same rounds, between our own calls where it was timed there.
  const beside = samples(besideOf(player)) ?? samples(name);
  const found = limit === undefined || work === undefined ? null : compare(beside, ours);
  const reached = found === null ? null : (found.median * work!) / limit!.work;
  return { player, against: name, kind: 'at least', wanted: ratio, reached, noise: found?.noise ?? null };
}

const compare = (
  above: readonly number[] | undefined,
  below: readonly number[] | undefined,
): { median: number; noise: number } | null =>
  above === undefined || below === undefined || above.length === 0 || below.length === 0 ? null : ratioOf(above, below);

/** Whether it was met; null where nobody can tell. */
export const isMet = ({ kind, wanted, reached }: GoalRecord): boolean | null =>
  reached === null ? null : kind === 'at most' ? reached <= wanted : reached >= wanted;
