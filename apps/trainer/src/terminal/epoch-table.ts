/** The table of epochs, printed row by row as they end: 59 columns wide. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { EpochMetrics } from '../training/metrics.ts';
import { duration, lossText, percent } from './format.ts';

const head = ['epoch', 'train\nloss', 'train\nacc.', 'valid\nloss', 'valid\nacc.', 'time'];
const colWidths = [7, 9, 9, 9, 9, 9];
const emptyRow = head.map(() => '');

/** All lines of a table with one row; those of a longer one are the same but for the row. */
function linesOf(row: readonly string[]): string[] {
  const table = new Table({
    head,
    colWidths,
    colAligns: head.map(() => 'right'),
    style: { head: [], border: [] },
  });
  table.push([...row]);
  return table.toString().split('\n');
}

export const tableTop = (): string =>
  linesOf(emptyRow)
    .slice(0, -2)
    .map((line) => pc.dim(line))
    .join('\n');
export const tableBottom = (): string => pc.dim(linesOf(emptyRow).at(-1)!);

/** The row of an epoch; `seconds` is its own time. */
export function tableRow(metrics: EpochMetrics, epochs: number, seconds: number): string {
  const { epoch, trainLoss, trainAccuracy, validLoss, validAccuracy } = metrics;
  const cells = [
    `${epoch}/${epochs}`,
    lossText(trainLoss),
    percent(trainAccuracy),
    lossText(validLoss),
    percent(validAccuracy),
    duration(seconds),
  ];
  return linesOf(cells).at(-2)!.replaceAll('│', pc.dim('│'));
}
