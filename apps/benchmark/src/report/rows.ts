/** The tables of a report as cells of lines of text, the same for the terminal and for a page. */
import { type Group, groups } from '../cases/case.ts';
import { isMet } from '../goals.ts';
import { ratioOf, summarize } from '../measure/statistics.ts';
import type { DeviceCounts } from '../players/protocol.ts';
import type { CaseRecord, GoalRecord, LimitRecord, Outcome, Results } from '../results.ts';
import { bytes, digits, percent, rate, time, times } from './format.ts';

/** How a cell is meant; what that looks like is the medium's matter. */
export type Tone = 'plain' | 'good' | 'bad' | 'dim';

export interface Cell {
  readonly lines: readonly string[];
  readonly tone: Tone;
}

export interface TextTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export const cell = (text: string | readonly string[], tone: Tone = 'plain'): Cell => ({
  lines: typeof text === 'string' ? [text] : text,
  tone,
});

export const groupTitles: { readonly [G in Group]: string } = {
  eager: 'Tiny operations',
  ladder: 'One matrix product in five ways',
  matmul: 'Matrix products',
  elementwise: 'A million elements',
  training: 'Training steps',
};

/** The players whose columns are shown: those that did something, ours first. */
const columns = ({ players }: Results): readonly string[] =>
  players.filter(({ isAbsent }) => !isAbsent).map(({ name }) => name);

type Measured = Extract<Outcome, { status: 'measured' }>;

const samplesOf = (outcome: Outcome | undefined): readonly number[] | null =>
  outcome?.status === 'measured' ? outcome.samples : null;

/** The one of ours that peers are compared with. */
export function baseOf({ players }: Pick<Results, 'players'>, { outcomes }: CaseRecord): string | null {
  const ours = players.filter(({ role }) => role === 'ours').map(({ name }) => name);
  return ours.find((name) => samplesOf(outcomes[name]) !== null) ?? null;
}

/** The work of a case in its limit's unit; null if it has no limit. */
function workOf(
  { limit, flops, bytes: moved }: CaseRecord,
  limits: readonly LimitRecord[],
): { readonly work: number; readonly unit: LimitRecord['unit'] } | null {
  const unit = limits.find(({ name }) => name === limit)?.unit;
  const work = unit === 'GB/s' ? moved : flops;
  return unit === undefined || work === undefined ? null : { work, unit };
}

/** The share of its limit that a case reached with these samples; null if it has none. The limits are the processor's: no measure of a device. */
export function shareOfLimit(
  record: CaseRecord,
  { samples, limit }: Measured,
  limits: readonly LimitRecord[],
): number | null {
  const known = limits.find(({ name }) => name === record.limit);
  const beside = known === undefined ? undefined : (limit ?? record.limits[known.name]);
  const own = workOf(record, limits);
  if (known === undefined || beside === undefined || own === null) return null;
  return (ratioOf(beside, samples).median * own.work) / known.work;
}

/** `40.0 GFLOP/s, 50 %`; of a device the speed alone. */
function speedText(record: CaseRecord, outcome: Measured, limits: readonly LimitRecord[], isDevice: boolean): string[] {
  const own = workOf(record, limits);
  if (own === null) return [];
  const speed = rate(own.work, summarize(outcome.samples).median, own.unit);
  const share = isDevice ? null : shareOfLimit(record, outcome, limits);
  return [share === null ? speed : `${speed}, ${percent(share)}`];
}

/** `34 launches, 0.1 submits`. */
function countText({ launches, submits, pipelines }: DeviceCounts): string {
  const number = (n: number): string => (Number.isInteger(n) ? n.toLocaleString('en-US') : digits(n));
  const some = (n: number, what: string, several: string): string => `${number(n)} ${n === 1 ? what : several}`;
  const anew = pipelines > 0 ? [`${number(pipelines)} compiled anew`] : [];
  return [some(launches, 'launch', 'launches'), some(submits, 'submit', 'submits'), ...anew].join(', ');
}

function outcomeCell(record: CaseRecord, name: string, base: string | null, results: Results): Cell {
  const outcome = record.outcomes[name];
  if (outcome === undefined) return cell('', 'dim');
  if (outcome.status === 'wrong') return cell('WRONG', 'bad');
  if (outcome.status !== 'measured') return cell(outcome.status, 'dim');
  const { median, noise } = summarize(outcome.samples);
  const first = `${time(median / (record.per?.count ?? 1))} ±${percent(noise)}`;
  const player = results.players.find((each) => each.name === name);
  if (player?.role === 'ours') {
    const second = speedText(record, outcome, results.limits, player.device !== undefined);
    const counts = outcome.device === undefined ? [] : [countText(outcome.device)];
    const ours = samplesOf(base === null ? undefined : record.outcomes[base]);
    const third = base === name || ours === null ? [] : [`${base} ${times(ratioOf(ours, outcome.samples).median)}`];
    return cell([first, ...second, ...third, ...counts]);
  }
  const ours = samplesOf(base === null ? undefined : record.outcomes[base]);
  return cell(ours === null ? [first] : [first, `${base} ${times(ratioOf(ours, outcome.samples).median)}`]);
}

/** `✓ wasm: 0.90× ±2.1 % of torch, wanted ≤ 1.00×`. */
export function goalText(goal: GoalRecord): string {
  const { against, kind, wanted, reached, noise, player } = goal;
  const show = kind === 'at most' ? times : percent;
  const mark = { true: '✓', false: '✗', null: '·' }[String(isMet(goal)) as 'true' | 'false' | 'null'];
  const sign = kind === 'at most' ? '≤' : '≥';
  const measured = reached === null ? 'not measured' : `${show(reached)} ±${percent(noise ?? 0)}`;
  return `${mark} ${player}: ${measured} of ${against.replace('limit ', '')}, wanted ${sign} ${show(wanted)}`;
}

function goalCell(goals: readonly GoalRecord[]): Cell {
  const met = goals.map(isMet);
  const tone: Tone = met.includes(false) ? 'bad' : met.includes(true) ? 'good' : 'dim';
  return cell(goals.map(goalText), tone);
}

function caseTables(results: Results): TextTable[] {
  const names = columns(results);
  return groups.flatMap((group) => {
    const records = results.cases.filter((record) => record.group === group);
    if (records.length === 0) return [];
    const rows = records.map((record) => {
      const base = baseOf(results, record);
      const title = record.per === undefined ? [record.title] : [record.title, `(for one ${record.per.name})`];
      return [cell(title), ...names.map((name) => outcomeCell(record, name, base, results)), goalCell(record.goals)];
    });
    return [{ title: groupTitles[group], head: ['', ...names, 'goal'], rows }];
  });
}

function limitTable({ limits }: Results): TextTable[] {
  if (limits.length === 0) return [];
  const rows = limits.map(({ title, unit, work, samples }) => {
    const { median, least, noise } = summarize(samples);
    return [cell(title), cell(rate(work, median, unit)), cell(rate(work, least, unit)), cell(`±${percent(noise)}`)];
  });
  return [{ title: 'What this machine can do, one thread', head: ['', 'median', 'best', 'noise'], rows }];
}

function overheadTable({ overhead }: Results): TextTable[] {
  if (overhead.length === 0) return [];
  const rows = overhead.map(({ title, counts, samples }) => {
    const kinds = Object.entries(counts.launches).filter(([, n]) => n > 0);
    const microseconds = summarize(samples).median * 1000;
    return [
      cell(title),
      cell(time(microseconds / 1000)),
      cell(String(counts.total)),
      cell(counts.total === 0 ? '–' : time(microseconds / 1000 / counts.total)),
      cell(kinds.map(([kind, n]) => `${n} ${kind}`).join(', ')),
      cell(String(counts.programs), counts.programs === 0 ? 'plain' : 'bad'),
      cell(bytes(counts.live)),
      cell(bytes(counts.allocated)),
    ];
  });
  const head = ['', 'JavaScript', 'launches', 'a launch', 'of which', 'compiled anew', 'live', 'newly taken'];
  return [{ title: 'The library alone: one call on the backend that computes nothing', head, rows }];
}

function bundleTable({ bundles }: Results): TextTable[] {
  if (bundles.length === 0) return [];
  const rows = bundles.map(({ name, bytes: size, gzip, note, goal }) => {
    const isGood = goal === undefined || gzip === null ? null : gzip <= goal;
    const tone: Tone = isGood === null ? 'dim' : isGood ? 'good' : 'bad';
    const wanted = goal === undefined ? '' : `${isGood === null ? '·' : isGood ? '✓' : '✗'} wanted ≤ ${bytes(goal)}`;
    return [
      cell(name),
      cell(size === null ? '–' : bytes(size)),
      cell(gzip === null ? '–' : bytes(gzip)),
      cell(note, 'dim'),
      cell(wanted, tone),
    ];
  });
  return [{ title: 'Bytes of the program that trains 784-50-10', head: ['', 'minified', 'gzip', '', 'goal'], rows }];
}

/** All tables, in the order in which they are shown. */
export const tablesOf = (results: Results): readonly TextTable[] => [
  ...limitTable(results),
  ...caseTables(results),
  ...overheadTable(results),
  ...bundleTable(results),
];

/** A load below it is no other work to speak of. */
const quiet = 0.5;

/** Sentences about what the tables only hint at: who is absent, what is wrong or left out, notes. */
export function remarksOf({ players, cases, machine }: Results): readonly string[] {
  const busy =
    machine.load > quiet
      ? [
          `other work ran on this machine (load ${machine.load.toFixed(1)} before the run): times are too long, and ratios less certain than their noise`,
        ]
      : [];
  const absent = players.filter(({ isAbsent }) => isAbsent).map(({ name, about }) => `${name} is absent: ${about}`);
  const slow = players.flatMap(({ name, handicap }) =>
    handicap === undefined ? [] : [`${name} is not at its best, so goals against it are not judged: ${handicap}`],
  );
  const said = new Map<string, string[]>();
  for (const { id, outcomes } of cases) {
    for (const [name, outcome] of Object.entries(outcomes)) {
      const text = outcome.status === 'measured' ? outcome.note : `${outcome.status}: ${outcome.reason}`;
      if (text === undefined) continue;
      const key = `${name} ${outcome.status === 'measured' ? `notes: ${text}` : text}`;
      said.set(key, [...(said.get(key) ?? []), id]);
    }
  }
  return [...busy, ...absent, ...slow, ...[...said].map(([text, ids]) => `${text} (${ids.join(', ')})`)];
}

/** How many of our results are wrong or failed. */
export const wrongOnes = ({ players, cases }: Results): readonly string[] =>
  cases.flatMap(({ id, outcomes }) =>
    players
      .filter(({ name, role }) => role === 'ours' && ['wrong', 'failed'].includes(outcomes[name]?.status ?? ''))
      .map(({ name }) => {
        const outcome = outcomes[name]!;
        return `${id} on ${name} is ${outcome.status}: ${'reason' in outcome ? outcome.reason : ''}`;
      }),
  );

/** `12 of 15 goals met, 2 missed, 1 not measured`. */
export function goalSummary({ cases, bundles }: Pick<Results, 'cases' | 'bundles'>): string | null {
  const judged = [
    ...cases.flatMap(({ goals }) => goals.map(isMet)),
    ...bundles.flatMap(({ goal, gzip }) => (goal === undefined ? [] : [gzip === null ? null : gzip <= goal])),
  ];
  if (judged.length === 0) return null;
  const number = (wanted: boolean | null): number => judged.filter((met) => met === wanted).length;
  return `${number(true)} of ${judged.length} goals met, ${number(false)} missed, ${number(null)} not measured`;
}
