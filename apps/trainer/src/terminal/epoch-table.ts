/** The table of epochs, printed row by row as they end, and lines instead where it would be wider than the terminal. */
import Table from 'cli-table3';
import pc from 'picocolors';
import { type EpochMetrics, trainMeans, validMeans } from '../training/metrics.ts';
import type { Score } from '../training/score.ts';
import { duration, lossText } from './format.ts';

const headOf = ({ short }: Score): string[] => [
  'epoch',
  'train\nloss',
  `train\n${short}.`,
  'valid\nloss',
  `valid\n${short}.`,
  'time',
];
const colWidths = [7, 9, 9, 9, 9, 9];
export const tableWidth: number = colWidths.reduce((sum, width) => sum + width + 1, 1);
const emptyRow = colWidths.map(() => '');

/** All lines of a table with one row; those of a longer one are the same but for the row. */
function linesOf(row: readonly string[], score: Score): string[] {
  const head = headOf(score);
  const table = new Table({
    head,
    colWidths,
    colAligns: head.map(() => 'right'),
    style: { head: [], border: [] },
  });
  table.push([...row]);
  return table.toString().split('\n');
}

export const tableTop = (score: Score): string =>
  linesOf(emptyRow, score)
    .slice(0, -2)
    .map((line) => pc.dim(line))
    .join('\n');
export const tableBottom = (score: Score): string => pc.dim(linesOf(emptyRow, score).at(-1)!);

/** The row of an epoch; `seconds` is its own time. */
export function tableRow(metrics: EpochMetrics, score: Score, epochs: number, seconds: number): string {
  const { epoch, trainLoss, validLoss } = metrics;
  const cells = [
    `${epoch}/${epochs}`,
    lossText(trainLoss),
    score.text(trainMeans(metrics)),
    lossText(validLoss),
    score.text(validMeans(metrics)),
    duration(seconds),
  ];
  return linesOf(cells, score).at(-2)!.replaceAll('│', pc.dim('│'));
}

/** What matters most of an epoch, without a table. */
export const narrowRow = (metrics: EpochMetrics, score: Score, epochs: number): string =>
  `${metrics.epoch}/${epochs}  valid loss ${lossText(metrics.validLoss)}, ${score.short}. ${score.text(validMeans(metrics))}`;
