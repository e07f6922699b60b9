/** One case: everybody prepares, ours are judged, numbers are compared, rounds are timed, goals are looked at. */
import { disagreement } from '../agreement.ts';
import type { Case, LimitName } from '../cases/case.ts';
import { judgeGoal } from '../goals.ts';
import { nameOfLimit, type TimedLimit } from '../limits/limits.ts';
import { besideOf, measure, type Plan, type RoundsOptions, type Timed } from '../measure/rounds.ts';
import { isRefusal, type Player, type Preparation, Withdrawal } from '../players/player.ts';
import type { Entrant } from '../players/roster.ts';
import type { CaseRecord, Outcome } from '../results.ts';

/** The limit that is timed beside every case: the pace of the machine. Every engine with SIMD has it. */
export const pace: LimitName = 'mul-add';

export interface Context extends RoundsOptions {
  readonly entrants: readonly Entrant[];
  readonly limits: ReadonlyMap<LimitName, TimedLimit>;
  readonly plan: Plan;
  /** Seconds that a call may be expected to take before a player is left out. */
  readonly patience: number;
  readonly say: (text: string) => void;
}

/** What plain loops do at most, and a GPU that the processor plays, in operations a second, by experience: only for leaving out what nobody would wait for. */
const slowSpeed = 5e8;
/** Seconds that such a GPU takes to be asked for one operation. */
const slowOperation = 2e-4;

/** Why a player needn't even try. */
function hopeless(player: Player, { flops = 0, operations = 0 }: Case, patience: number): Outcome | null {
  const asked = player.device === 'software' ? operations * slowOperation : 0;
  const seconds = Math.max(flops / slowSpeed, asked);
  const isSlow = player.name === 'reference' || player.device === 'software';
  if (!isSlow || seconds <= patience) return null;
  return { status: 'skipped', reason: `would take about ${Math.round(seconds)} s a call` };
}

interface Ready {
  readonly entrant: Entrant;
  readonly preparation: Preparation;
}

async function prepareAll(
  one: Case,
  { entrants, patience, say, isStopped = () => false }: Context,
  outcomes: Record<string, Outcome>,
): Promise<Ready[]> {
  const ready: Ready[] = [];
  for (const entrant of entrants) {
    const { player, judge } = entrant;
    if (isStopped()) break;
    if (one.isForGpus === true && player.device !== 'gpu') {
      if (player.role === 'ours')
        outcomes[player.name] = { status: 'skipped', reason: 'so large that only GPUs are asked' };
      continue;
    }
    const left = hopeless(player, one, patience);
    if (left !== null) {
      outcomes[player.name] = left;
      continue;
    }
    say(`${player.name} prepares`);
    const preparation = await player.prepare(one.spec);
    // Players that were ended by who stopped the run have nothing to say.
    if (isStopped()) break;
    if (isRefusal(preparation)) {
      outcomes[player.name] = preparation;
      continue;
    }
    if (judge !== null) {
      say(`${player.name} is checked`);
      const reason = await judge.check(one.spec);
      if (isStopped()) break;
      if (reason !== null) {
        outcomes[player.name] = { status: 'wrong', reason };
        await player.release();
        continue;
      }
    }
    ready.push({ entrant, preparation });
  }
  return ready;
}

/** Takes out those whose numbers aren't everybody's: a peer that differs from ours, or ours when it differs from all peers. */
async function agree(ready: readonly Ready[], outcomes: Record<string, Outcome>): Promise<Ready[]> {
  const isOurs = ({ entrant }: Ready): boolean => entrant.player.role === 'ours';
  const peers = ready.filter((each) => !isOurs(each));
  const from = (one: Ready, other: Ready): string | null =>
    disagreement(one.preparation.values, other.preparation.values);
  const base = ready.find(
    (each) => isOurs(each) && (peers.length < 2 || peers.some((peer) => from(peer, each) === null)),
  );
  const judge = base ?? peers[0];
  const kept: Ready[] = [];
  for (const each of ready) {
    const reason = judge === undefined || judge === each ? null : from(each, judge);
    if (reason === null) {
      kept.push(each);
      continue;
    }
    outcomes[each.entrant.player.name] = { status: 'wrong', reason };
    await each.entrant.player.release();
  }
  return kept;
}

/** Measures a case; what fails on the way is an outcome, never the end of the run. */
export async function runCase(one: Case, context: Context): Promise<CaseRecord> {
  const { limits, plan, isStopped = () => false } = context;
  const outcomes: Record<string, Outcome> = {};
  const ready = await agree(await prepareAll(one, context, outcomes), outcomes);
  // Without fused multiply-add the other kind is the limit.
  const limit = one.limit !== undefined && !limits.has(one.limit) ? pace : one.limit;
  const beside = [...new Set([pace, ...(limit === undefined ? [] : [limit])])].map((name) => limits.get(name)!);

  // What touches registers only leaves a player's caches as they are: it is timed between the player's own calls.
  const between = limit !== undefined && limits.get(limit)!.unit === 'GFLOP/s' ? limit : null;
  const asTimed = ({ entrant: { player } }: Ready): Timed =>
    between !== null && player.role === 'ours' && player.device === null ? player.besideLimit(between) : player;
  let timed: Timed[] = [...ready.map(asTimed), ...beside];
  let samples = new Map<string, number[]>();
  while (ready.length > 0 && !isStopped()) {
    try {
      samples = await measure(timed, plan, context);
      break;
    } catch (error) {
      if (!(error instanceof Withdrawal)) throw error;
      if (isStopped()) break;
      // Everybody begins anew without the one that fell.
      const name = error.message.split(':')[0]!;
      outcomes[name] = { status: 'failed', reason: error.message.slice(name.length + 2) };
      timed = timed.filter((each) => each.name !== name);
    }
  }
  for (const { entrant, preparation } of ready) {
    const { player } = entrant;
    const found = samples.get(player.name);
    if (found !== undefined && found.length > 0) {
      const { note } = preparation;
      const limitBeside = samples.get(besideOf(player.name));
      const device = player.device === null || isStopped() ? null : await player.countDevice();
      outcomes[player.name] = {
        ...{ status: 'measured', samples: found },
        ...(limitBeside !== undefined && { limit: limitBeside }),
        ...(note !== undefined && { note }),
        ...(device !== null && !isRefusal(device) && { device }),
      };
    }
    await player.release();
  }
  return record(one, limit, outcomes, samples, context);
}

function record(
  one: Case,
  limit: LimitName | undefined,
  outcomes: Record<string, Outcome>,
  samples: ReadonlyMap<string, readonly number[]>,
  { entrants, limits }: Context,
): CaseRecord {
  const { id, title, group, flops, bytes, per, goals } = one;
  const handicapped = new Set(entrants.filter(({ player }) => player.isHandicapped).map(({ player }) => player.name));
  const known = [...limits.values()].map(({ limit: name, work, unit }) => ({ name, work, unit }));
  const besides = known
    .map(({ name }) => [name, samples.get(nameOfLimit(name))] as const)
    .filter((entry): entry is readonly [LimitName, number[]] => entry[1] !== undefined);
  return {
    id,
    title,
    group,
    ...(flops !== undefined && { flops }),
    ...(bytes !== undefined && { bytes }),
    ...(per !== undefined && { per }),
    ...(limit !== undefined && { limit }),
    outcomes,
    limits: Object.fromEntries(besides),
    // Goals of players that nobody asked for are nobody's, and who can't do its best is no measure.
    goals: goals
      .map((goal) => judgeGoal(goal, one, (name) => (handicapped.has(name) ? undefined : samples.get(name)), known))
      .filter((goal) => entrants.some(({ player }) => player.name === goal.player)),
  };
}
