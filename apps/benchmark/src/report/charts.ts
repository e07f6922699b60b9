/** The plots of a report as SVG text, drawn by Observable Plot in a document that exists only here. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Group } from '../cases/case.ts';
import { ratioOf } from '../measure/statistics.ts';
import type { Results } from '../results.ts';
import { color, series } from './colors.ts';
import { percent, times } from './format.ts';
import { dotRadius, type Line, labelGap, linesOf } from './labels.ts';
import { baseOf, shareOfLimit } from './rows.ts';

/** A document for Plot: it draws with the DOM, which Node doesn't have. */
const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Letters of a title that a plot has room for. */
export const mostLetters = 60;

const titleWidth = 16 + 6.4 * mostLetters;

const common = {
  document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
  width: titleWidth + 670,
  marginLeft: titleWidth,
  marginRight: 60,
  marginBottom: 42,
  style: { fontSize: '12px' },
};

interface RatioPoint {
  readonly title: string;
  readonly peer: string;
  readonly ratio: number;
}

/** Pixels from a label's line to the next. */
const lineHeight = 11;

/** The points whose labels stand in a line, on a scale that begins and ends with these ratios. */
function pointsIn(line: Line, points: readonly RatioPoint[], from: number, to: number): readonly RatioPoint[] {
  const width = common.width - common.marginLeft - common.marginRight;
  const x = (ratio: number): number => (width * Math.log(cap(ratio) / from)) / Math.log(to / from);
  return [...new Set(points.map(({ title }) => title))].flatMap((title) => {
    const row = points.filter((point) => point.title === title);
    const found = linesOf(row.map(({ ratio, peer }) => ({ x: x(ratio), text: peer })));
    return row.filter((_, i) => found[i] === line);
  });
}

/** Steps of about three, so that labels have room. */
const ticks = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];

/** The steps from below all ratios, and below 1, to above them. */
function ticksAround(ratios: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(0.9, ...ratios), Math.max(1.1, ...ratios)];
  const from = ticks.findLastIndex((tick) => tick <= least);
  const to = ticks.findIndex((tick) => tick >= most);
  return ticks.slice(Math.max(0, from), to < 0 ? ticks.length : to + 1);
}

const cap = (ratio: number): number => Math.min(Math.max(ratio, 0.001), 1000);

/** Our time over each peer's, on a scale where half and twice are equally far from 1. null if there is nothing to draw. */
export function ratioChart(results: Results, group: Group): string | null {
  const points: RatioPoint[] = [];
  for (const record of results.cases.filter((one) => one.group === group)) {
    const base = baseOf(results, record);
    const ours = base === null ? undefined : record.outcomes[base];
    if (ours?.status !== 'measured') continue;
    for (const { name, role } of results.players) {
      const outcome = record.outcomes[name];
      if (role !== 'peer' || outcome?.status !== 'measured') continue;
      points.push({ title: record.title, peer: name, ratio: ratioOf(ours.samples, outcome.samples).median });
    }
  }
  if (points.length === 0) return null;
  const titles = [...new Set(points.map(({ title }) => title))];
  // The same colours in every plot.
  const peers = results.players.filter(({ role }) => role === 'peer').map(({ name }) => name);
  const shown = ticksAround(points.map(({ ratio }) => cap(ratio)));
  const at = { x: (point: RatioPoint) => cap(point.ratio), y: 'title' };
  return svgOf(
    Plot.plot({
      ...common,
      height: 80 + 30 * titles.length,
      ariaLabel: 'Our time over the peers’',
      color: { domain: peers, range: series },
      x: {
        type: 'log',
        label: 'our time / theirs (left of 1: ours is faster)',
        grid: true,
        domain: [shown[0]!, shown.at(-1)!],
        ticks: shown,
        tickFormat: (value: number) => `${value}×`,
      },
      y: { label: null, domain: titles },
      marks: [
        Plot.ruleX([1], { stroke: color('text') }),
        Plot.dot(points, {
          ...at,
          fill: 'peer',
          r: dotRadius,
          title: (point: RatioPoint) => `${point.peer} ${times(point.ratio)}`,
        }),
        ...([-1, 0, 1] as const).map((line) =>
          Plot.text(pointsIn(line, points, shown[0]!, shown.at(-1)!), {
            ...at,
            text: 'peer',
            dx: labelGap,
            dy: line * lineHeight,
            textAnchor: 'start',
            fill: 'peer',
          }),
        ),
      ],
    }),
  );
}

interface SharePoint {
  readonly title: string;
  readonly player: string;
  readonly share: number;
}

/** The share of the machine's limit that ours reach on its processor. null if there is nothing to draw. */
export function shareChart(results: Results): string | null {
  const points: SharePoint[] = [];
  for (const record of results.cases) {
    for (const { name, role, device } of results.players) {
      const outcome = record.outcomes[name];
      if (role !== 'ours' || device !== undefined || outcome?.status !== 'measured') continue;
      const share = shareOfLimit(record, outcome, results.limits);
      if (share !== null) points.push({ title: record.title, player: name, share });
    }
  }
  if (points.length === 0) return null;
  const titles = [...new Set(points.map(({ title }) => title))];
  const players = [...new Set(points.map(({ player }) => player))];
  return svgOf(
    Plot.plot({
      ...common,
      height: 80 + 26 * titles.length,
      ariaLabel: 'Share of the machine’s limit',
      color: { domain: players, range: series },
      x: { label: 'of one thread’s limit', grid: true, zero: true, tickFormat: (value: number) => percent(value) },
      y: { label: null, domain: titles },
      marks: [
        Plot.ruleX([1], { stroke: color('text'), strokeDasharray: '3,3' }),
        Plot.dot(points, {
          x: 'share',
          y: 'title',
          fill: 'player',
          r: 5,
          title: (point: SharePoint) => `${point.player} ${percent(point.share)}`,
        }),
        ...(players.length > 1
          ? [Plot.text(points, { x: 'share', y: 'title', text: 'player', dx: 9, textAnchor: 'start', fill: 'player' })]
          : []),
      ],
    }),
  );
}

/** Plot gives an SVG element (or one in a figure, which isn't asked for here). Parsed as XML it stands in any page. */
const svgOf = (element: { readonly outerHTML: string }): string => element.outerHTML;
