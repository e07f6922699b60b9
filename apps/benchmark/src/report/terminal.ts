/** Tables for the terminal. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Comparison } from '../compare/compare.ts';
import type { Results } from '../results.ts';
import { percent } from './format.ts';
import { type Cell, goalSummary, remarksOf, type TextTable, type Tone, tablesOf, wrongOnes } from './rows.ts';

const paint: { readonly [T in Tone]: (text: string) => string } = {
  plain: (text) => text,
  good: pc.green,
  bad: pc.red,
  dim: pc.dim,
};

/** Lines between rows of cases would take more room than the rows. */
const borders = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

export function renderTable({ title, head, rows }: TextTable): string {
  const isTall = rows.some((row) => row.some(({ lines }) => lines.length > 1));
  const table = new Table({
    head: [...head],
    style: { head: [], border: pc.isColorSupported ? ['dim'] : [], compact: false },
    colAligns: head.map((_, i) => (i === 0 || head[i] === 'goal' || head[i] === '' ? 'left' : 'right')),
    ...(!isTall && { chars: borders }),
  });
  for (const row of rows) table.push(row.map(text));
  return `${pc.bold(title)}\n${table.toString()}`;
}

const text = ({ lines, tone }: Cell): string => lines.map(paint[tone]).join('\n');

export function renderComparison(comparison: Comparison, file: string): string {
  const { changes, missing } = comparison;
  const rows = changes.map(({ id, player, change, noise, verdict }) => {
    const tone: Tone = verdict === 'slower' ? 'bad' : verdict === 'faster' ? 'good' : 'dim';
    const sign = change >= 1 ? '+' : '−';
    return [
      { lines: [id], tone: 'plain' as Tone },
      { lines: [player], tone: 'plain' as Tone },
      { lines: [`${sign}${percent(Math.abs(change - 1))}`], tone },
      { lines: [`±${percent(noise)}`], tone: 'dim' as Tone },
      { lines: [verdict], tone },
    ];
  });
  const title = `Against ${file}: time of a call, in units of the machine's pace in the same rounds`;
  const table = renderTable({ title, head: ['', 'player', 'change', 'noise', ''], rows });
  return missing.length === 0 ? table : `${table}\nnot in both: ${missing.join(', ')}`;
}

/** Everything that a run has to say. */
export function renderResults(results: Results): string {
  const { players, machine, rounds, isInterrupted, isQuick } = results;
  const lead = [
    `${machine.processor}, ${machine.cores} core${machine.cores === 1 ? '' : 's'}; Node ${machine.node} (V8 ${machine.v8}${machine.vectors === undefined ? '' : `, vectors of ${machine.vectors} bits`}); ${rounds} rounds${isQuick ? ', quick' : ''}`,
    ...players.filter(({ isAbsent }) => !isAbsent).map(({ name, about }) => `${name}: ${about}`),
  ];
  const wrong = wrongOnes(results);
  const goals = goalSummary(results);
  const parts = [
    lead.join('\n'),
    ...tablesOf(results).map(renderTable),
    'A time is the median of the rounds, ± its noise (median absolute deviation × 1.4826). Below a time of ours: its speed and its share of the machine’s limit; below\na peer’s: our time over its, the median of the ratios of each round. Goals are ratios within this run.',
    ...remarksOf(results).map((remark) => pc.dim(remark)),
    ...(goals === null ? [] : [pc.bold(goals)]),
    ...(wrong.length === 0 ? [] : [pc.red(`${wrong.length} wrong:\n${wrong.join('\n')}`)]),
    ...(isInterrupted ? [pc.yellow('Stopped before the end: this is what was measured until then.')] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}
