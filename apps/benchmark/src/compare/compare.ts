/**
 * Two runs against each other. Machines are faster on one day than on another, so a case's time is counted in units of the machine's pace: a loop over registers that
 * was timed in the same rounds. A change counts when it is larger than the noise of both runs, and than what we care about, and when the best rounds show it too: other work
 * on the machine moves medians, but seldom touches every round. Devices have a pace of their own, which nobody measures: their times are compared as they are.
 */
import { ratioOf, summarize } from '../measure/statistics.ts';
import type { CaseRecord, Results } from '../results.ts';
import { pace } from '../run/case.ts';

export interface Change {
  readonly id: string;
  readonly player: string;
  /** New time over old time. */
  readonly change: number;
  /** The standard error of the change, as a share. */
  readonly noise: number;
  readonly verdict: 'slower' | 'faster' | 'same';
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** What only one of the runs has. */
  readonly missing: readonly string[];
}

/** Changes within it are nobody's business. */
const smallest = 0.05;
/** Standard errors beyond which a change is hardly chance: three, and more where few samples may have understated their spread. */
const certainty = (count: number): number => 3 * (1 + 4 / count);

/** The standard error of a median, over the deviation of a sample: √(π / 2n) for normal errors. */
const errorOf = (noise: number, count: number): number => noise * Math.sqrt(Math.PI / (2 * count));

type Key = string;
interface Paced {
  readonly id: string;
  readonly player: string;
  readonly middle: number;
  readonly best: number;
  readonly error: number;
  readonly count: number;
}

/** Ours, by case and player: the time in units of pace, where there is one. */
function pacedOf({ players, cases }: Results): ReadonlyMap<Key, Paced> {
  const ours = players.filter(({ role }) => role === 'ours');
  const found = new Map<Key, Paced>();
  for (const record of cases) {
    for (const { name: player, device } of ours) {
      const paced = device === undefined ? inPace(record, player) : asItIs(record, player);
      if (paced !== null) found.set(`${record.id} on ${player}`, paced);
    }
  }
  return found;
}

function inPace({ id, outcomes, limits }: CaseRecord, player: string): Paced | null {
  const outcome = outcomes[player];
  const beat = limits[pace];
  if (outcome?.status !== 'measured' || beat === undefined || beat.length === 0) return null;
  const { median, noise, count } = ratioOf(outcome.samples, beat);
  const best = summarize(outcome.samples).least / summarize(beat).least;
  return { id, player, middle: median, best, error: errorOf(noise, count), count };
}

function asItIs({ id, outcomes }: CaseRecord, player: string): Paced | null {
  const outcome = outcomes[player];
  if (outcome?.status !== 'measured') return null;
  const { median, least, noise, count } = summarize(outcome.samples);
  return { id, player, middle: median, best: least, error: errorOf(noise, count), count };
}

/** Compares what both runs measured of ours. */
export function compareResults(before: Results, after: Results): Comparison {
  const [old, now] = [pacedOf(before), pacedOf(after)];
  const changes: Change[] = [];
  for (const [key, { id, player, middle, best, error, count }] of now) {
    const then = old.get(key);
    if (then === undefined) continue;
    const change = middle / then.middle;
    const ofBest = best / then.best;
    const noise = Math.hypot(error, then.error);
    const allowed = 1 + Math.max(smallest, certainty(Math.min(count, then.count)) * noise);
    const isSlower = change > allowed && ofBest > 1 + smallest;
    const isFaster = change < 1 / allowed && ofBest < 1 / (1 + smallest);
    const verdict = isSlower ? 'slower' : isFaster ? 'faster' : 'same';
    changes.push({ id, player, change, noise, verdict });
  }
  const missing = [...new Set([...old.keys(), ...now.keys()])].filter((key) => !(old.has(key) && now.has(key)));
  return { changes, missing };
}

export const regressions = ({ changes }: Comparison): readonly Change[] =>
  changes.filter(({ verdict }) => verdict === 'slower');
