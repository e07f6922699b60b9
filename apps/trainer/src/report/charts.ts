/** The plots of a report as SVG text, drawn by Observable Plot in a document that exists only here. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Metrics, trainMeans, validMeans } from '../training/metrics.ts';
import type { Means, Score } from '../training/score.ts';
import { color } from './colors.ts';

/** A document for Plot: it draws with the DOM, which Node doesn't have. */
const { document } = parseHTML('<!doctype html><html><body></body></html>');

const trained = color('trained');
const heldOut = color('held-out');

interface Point {
  readonly epoch: number;
  readonly value: number;
}

/** One curve for the training samples, step by step, and one with dots for those held out, epoch by epoch. */
export interface Curves {
  readonly title: string;
  readonly trained: readonly Point[];
  readonly heldOut: readonly Point[];
  readonly percent: boolean;
}

/** Loss and score over the epochs. */
export function curvesOf(metrics: readonly Metrics[], score: Score): Curves[] {
  const steps = metrics.filter((line) => line.type === 'step');
  const epochs = metrics.filter((line) => line.type === 'epoch');
  const last = epochs.at(-1);
  const perEpoch = last === undefined ? 1 : last.step / last.epoch;
  const curves = (title: string, percent: boolean, value: (means: Means) => number): Curves => ({
    title,
    // Short runs may end before the first line of steps; then the epochs' own means must do.
    trained:
      steps.length > 1
        ? steps.map((line) => ({ epoch: line.step / perEpoch, value: value(line) }))
        : epochs.map((line) => ({ epoch: line.epoch, value: value(trainMeans(line)) })),
    heldOut: epochs.map((line) => ({ epoch: line.epoch, value: value(validMeans(line)) })),
    percent,
  });
  const name = `${score.word[0]!.toUpperCase()}${score.word.slice(1)}`;
  return [curves('Loss', false, ({ loss }) => loss), curves(name, score.isShare, score.value)];
}

export function curveChart({ title, trained: steps, heldOut: epochs, percent }: Curves): string {
  const at = { x: 'epoch', y: 'value' };
  return svgOf(
    Plot.plot({
      document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
      width: 560,
      height: 300,
      marginLeft: 48,
      marginBottom: 40,
      style: { fontSize: '12px' },
      ariaLabel: `${title} over the epochs`,
      x: { label: 'epoch', zero: true, ticks: Math.min(10, Math.max(1, epochs.length)) },
      y: {
        label: null,
        grid: true,
        ...(percent ? { percent: true, tickFormat: (value: number) => `${value} %` } : { zero: true }),
      },
      marks: [
        Plot.lineY(steps, { ...at, stroke: trained, strokeOpacity: 0.75 }),
        Plot.lineY(epochs, { ...at, stroke: heldOut, strokeWidth: 2 }),
        Plot.dot(epochs, { ...at, fill: heldOut, r: 3.5 }),
      ],
    }),
  );
}

/** Rows are what images are, columns what they were taken for. Shades are by row, so that small classes show as well. */
export function confusionChart(matrix: readonly (readonly number[])[], classes: readonly string[]): string {
  const cells = matrix.flatMap((row, label) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.map((n, prediction) => ({
      label: classes[label]!,
      prediction: classes[prediction]!,
      n,
      share: total === 0 ? 0 : n / total,
      right: label === prediction,
    }));
  });
  const longest = Math.max(...classes.map((name) => name.length));
  return svgOf(
    Plot.plot({
      document: document as unknown as NonNullable<Plot.PlotOptions['document']>,
      width: 560,
      height: 430,
      marginLeft: 24 + 7 * longest,
      marginTop: longest > 2 ? 70 : 40,
      style: { fontSize: '12px' },
      ariaLabel: 'Confusion matrix',
      x: { axis: 'top', label: 'taken for', domain: classes, ...(longest > 2 && { tickRotate: -35 }) },
      y: { label: 'is', labelAnchor: 'top', domain: classes },
      marks: [
        Plot.cell(cells, {
          x: 'prediction',
          y: 'label',
          fill: (cell: { right: boolean }) => color(cell.right ? 'right' : 'wrong'),
          // The root lets a few mistakes among many right answers be seen.
          fillOpacity: (cell: { share: number }) => Math.sqrt(cell.share),
          inset: 0.5,
        }),
        Plot.text(cells, {
          x: 'prediction',
          y: 'label',
          text: (cell: { n: number }) => (cell.n === 0 ? '' : String(cell.n)),
          fill: color('number'),
        }),
      ],
    }),
  );
}

/** Plot gives an SVG element (or one in a figure, which isn't asked for here). Parsed as XML it stands in any page. */
const svgOf = (element: { readonly outerHTML: string }): string => element.outerHTML;

/** The colours, for a legend; `unit` is what samples are called. */
export const legend = (unit: string): readonly { readonly name: string; readonly color: string }[] => [
  { name: `training ${unit}`, color: trained },
  { name: `held-out ${unit}`, color: heldOut },
];
