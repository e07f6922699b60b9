/** A whole run: players, limits, cases, overhead, bundles, in this order; stopped at any moment it gives what it has. */
import { setFlagsFromString } from 'node:v8';
import { weighBundles } from '../bundle/weigh.ts';
import { type LimitName, limitNames } from '../cases/case.ts';
import { asksForBundles, select } from '../cases/index.ts';
import { openLimit, type TimedLimit } from '../limits/limits.ts';
import { flagOfVectors, hasWideVectors, machine } from '../machine.ts';
import { measure, type Plan } from '../measure/rounds.ts';
import { hasThreads } from '../ours/backends.ts';
import { version } from '../place.ts';
import type { Player } from '../players/player.ts';
import { openCounter, openRoster, type Wanted } from '../players/roster.ts';
import {
  type CaseRecord,
  format,
  type LimitRecord,
  type OverheadRecord,
  type PlayerRecord,
  type Results,
} from '../results.ts';
import { runCase } from './case.ts';
import { hasOverhead, runOverhead } from './overhead.ts';

export interface RunOptions extends Wanted {
  readonly filter: readonly string[];
  readonly quick: boolean;
  readonly rounds: number;
}

/** What a run tells while it goes on. */
export interface Listener {
  /** Aborted when the run shall end with what it has. */
  readonly abort: AbortSignal;
  /** What is done now; `done` of `total` parts are behind. */
  readonly progress: (text: string, done: number, total: number) => void;
}

/** Times in ms. Quick: less of everything, but interleaved all the same. */
export const planOf = ({ quick, rounds }: Pick<RunOptions, 'quick' | 'rounds'>): Plan =>
  quick
    ? { rounds, sample: 8, warmUp: 30, warmCalls: 3, longestWarmUp: 100, budget: 400, leastRounds: 2 }
    : { rounds, sample: 50, warmUp: 200, warmCalls: 50, longestWarmUp: 3000, budget: 6000, leastRounds: 5 };

/** How long a player may go on when the run is stopped, in ms. */
const grace = 2000;

export async function run(options: RunOptions, { abort, progress }: Listener): Promise<Results> {
  const isStopped = (): boolean => abort.aborted;
  const plan = planOf(options);
  // Before our own work is part of the load.
  const found = machine(options.vectors);
  for (const flag of flagOfVectors(options.vectors)) setFlagsFromString(flag);
  const chosen = select(options.filter, options);
  const wantsBundles = asksForBundles(options.filter);
  const counted = chosen.filter(hasOverhead);
  let total = 2 + chosen.length + counted.length + (wantsBundles ? 1 : 0);
  let done = 0;

  progress('players start', done, total);
  const { entrants, records } = await openRoster(options, { hasThreads, hasWideVectors: hasWideVectors() });
  const hasGpu = records.some(({ device }) => device === 'gpu');
  // Without a GPU nobody plays what is for GPUs; who asks for it by name is told so.
  const played = chosen.filter(({ isForGpus }) => isForGpus !== true || hasGpu || options.filter.length > 0);
  total -= chosen.length - played.length;
  const cases: CaseRecord[] = [];
  const overhead: OverheadRecord[] = [];
  let limits: LimitRecord[] = [];
  const closing: Player[] = entrants.flatMap(({ player, judge }) => (judge === null ? [player] : [player, judge]));
  const close = async (): Promise<void> => void (await Promise.all(closing.map((player) => player.close())));
  abort.addEventListener('abort', () => void setTimeout(() => void close(), grace).unref());
  try {
    done = 1;
    progress("the machine's limits", done, total);
    const opened = new Map<LimitName, TimedLimit>();
    for (const name of limitNames) {
      const limit = openLimit(name, options.vectors);
      if (limit !== null) opened.set(name, limit);
    }
    const samples = await measure([...opened.values()], plan, { isStopped });
    limits = [...opened.values()].map(({ limit, name, title, unit, work }) => ({
      name: limit,
      title,
      unit,
      work,
      samples: samples.get(name) ?? [],
    }));
    done++;

    const patience = options.quick ? 1 : 10;
    for (const one of played) {
      if (isStopped()) break;
      const say = (text: string): void => progress(`${one.title}: ${text}`, done, total);
      const onRound = (round: number): void => say(`round ${round} of ${plan.rounds}`);
      const record = await runCase(one, { entrants, limits: opened, plan, patience, say, onRound, isStopped });
      if (Object.keys(record.outcomes).length > 0) cases.push(record);
      done++;
    }

    const counter = counted.length === 0 || isStopped() ? null : await openCounter();
    if (counter !== null) {
      closing.push(counter);
      for (const one of counted) {
        if (isStopped()) break;
        progress(`${one.title}: the library's own work`, done, total);
        const record = await runOverhead(one, counter, plan, { isStopped });
        if (record !== null) overhead.push(record);
        done++;
      }
    }
  } finally {
    await close();
  }
  let bundles: Results['bundles'] = [];
  if (wantsBundles && !isStopped()) {
    progress('bytes of programs', done, total);
    bundles = await weighBundles(options.peers);
  }
  const players: readonly PlayerRecord[] = records;
  return {
    format,
    version: version(),
    date: new Date().toISOString(),
    machine: found,
    rounds: plan.rounds,
    isQuick: options.quick,
    isInterrupted: isStopped(),
    players,
    limits,
    cases,
    overhead,
    bundles,
  };
}
