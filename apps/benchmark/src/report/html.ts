/** The report of a run as one HTML file: plots, all tables, remarks. */

import { groups } from '../cases/case.ts';
import { type Comparison, regressions } from '../compare/compare.ts';
import type { Results } from '../results.ts';
import { ratioChart, shareChart } from './charts.ts';
import { percent } from './format.ts';
import { escapeHtml, page } from './page.ts';
import { type Cell, goalSummary, groupTitles, remarksOf, type TextTable, tablesOf, wrongOnes } from './rows.ts';

const section = (title: string, content: string): string =>
  `<section><h2>${escapeHtml(title)}</h2>${content}</section>`;

/** On a narrow screen it is moved sideways, not made so small that nobody can read it. */
const wide = (content: string): string => `<div class="wide">${content}</div>`;

function markup({ title, head, rows }: TextTable): string {
  const className = (column: number): string => (head[column] === 'goal' ? 'goal' : '');
  const headCells = head.map((text, i) => `<th class="${className(i)}">${escapeHtml(text)}</th>`).join('');
  const cells = ({ lines, tone }: Cell, column: number): string =>
    `<td class="${className(column)} ${tone}">${lines.map((line) => `<span>${escapeHtml(line)}</span>`).join('')}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cells).join('')}</tr>`).join('');
  return section(title, wide(`<table><tr>${headCells}</tr>${body}</table>`));
}

function changes(comparison: Comparison): string {
  const slower = regressions(comparison);
  const items = slower.map(
    ({ id, player, change, noise }) =>
      `<li class="bad">${escapeHtml(`${id} on ${player}: ${percent(change - 1)} slower, noise ${percent(noise)}`)}</li>`,
  );
  return section(
    'Against the run before',
    slower.length === 0 ? `<p>${comparison.changes.length} compared, none slower.</p>` : `<ul>${items.join('')}</ul>`,
  );
}

export function renderReport(results: Results, comparison: Comparison | null): string {
  const { machine, players, rounds, date, version } = results;
  const goals = goalSummary(results);
  const charts = groups.flatMap((group) => {
    const chart = ratioChart(results, group);
    return chart === null ? [] : [`<h3>${escapeHtml(groupTitles[group])}</h3>${wide(chart)}`];
  });
  const shares = shareChart(results);
  const wrong = wrongOnes(results);
  const list = (items: readonly string[]): string => items.map((item) => `<li>${escapeHtml(item)}</li>`).join('');
  const body = [
    '<h1>nn-bench</h1>',
    `<p class="lead">${escapeHtml(`${date.slice(0, 16).replace('T', ' ')} UTC; ${machine.processor}, ${machine.cores} cores, ${machine.system}; Node ${machine.node}${machine.vectors === undefined ? '' : `, vectors of ${machine.vectors} bits`}; ${rounds} rounds`)}${goals === null ? '' : `<br><b>${escapeHtml(goals)}</b>`}</p>`,
    `<ul class="remarks">${list(players.map(({ name, about, isAbsent }) => `${name}${isAbsent ? ' is absent' : ''}: ${about}`))}</ul>`,
    ...(wrong.length === 0 ? [] : [`<ul class="bad">${list(wrong)}</ul>`]),
    ...(comparison === null ? [] : [changes(comparison)]),
    ...(charts.length === 0 ? [] : [section('Our time over the peers’', charts.join(''))]),
    ...(shares === null ? [] : [section('How near to the machine’s limit', wide(shares))]),
    ...tablesOf(results).map(markup),
    `<ul class="remarks">${list(remarksOf(results))}</ul>`,
    `<footer>Times are medians of interleaved rounds, ± the median absolute deviation × 1.4826; ratios are medians of the rounds’ ratios. Written by nn-bench ${escapeHtml(version)}.</footer>`,
  ];
  return page('nn-bench', body.join('\n'));
}
