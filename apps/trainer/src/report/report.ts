/** The report of a run as one HTML file: curves, confusion matrix, examples, epochs, options. */
import { encode } from 'fast-png';
import { write } from '../options/parse.ts';
import { flagOf, optionNames, type TrainingOptions } from '../options/training-options.ts';
import type { JudgedImage, RunEnd } from '../terminal/display.ts';
import { count, duration, lossText, percent } from '../terminal/format.ts';
import type { Picture } from '../terminal/pictures.ts';
import type { Metrics } from '../training/metrics.ts';
import { confusionChart, curveChart, curvesOf, legend } from './charts.ts';
import { escapeHtml, page, table } from './page.ts';

export interface ReportContent {
  readonly end: RunEnd;
  readonly metrics: readonly Metrics[];
  readonly options: TrainingOptions;
  /** `784-50-10`. */
  readonly sizes: string;
  readonly version: string;
}

export function renderReport({ end, metrics, options, sizes, version }: ReportContent): string {
  const { evaluation, epoch, seconds, confusion, classes, examples } = end;
  const curves = curvesOf(metrics).map((each) => section(each.title, curveChart(each)));
  const body = [
    `<h1>${escapeHtml(`${sizes} on ${options.dataset}`)}</h1>`,
    `<p class="lead"><b>${percent(evaluation.accuracy)}</b> of ${count(evaluation.labels.length)} held-out images right (loss ${lossText(evaluation.loss)}) after ${epoch} epoch${epoch === 1 ? '' : 's'} in ${duration(seconds)}</p>`,
    `<p class="legend">${legend.map(({ name, color }) => `<i style="background:${color}"></i>${name}`).join('')}</p>`,
    '<div class="grid">',
    ...curves,
    section('What held-out images were taken for', confusionChart(confusion, classes)),
    `<div>${section('Some of them', `<div class="images">${examples.map(figure).join('')}</div>`)}</div>`,
    section('Epochs', table('numbers', epochRows(metrics))),
    section('Options', table('', optionRows(options))),
    '</div>',
    `<footer>Written by nn-train ${escapeHtml(version)}. All numbers are in metrics.jsonl beside this file.</footer>`,
  ];
  return page(`${sizes}: ${percent(evaluation.accuracy)}`, body.join('\n'));
}

const section = (title: string, content: string): string =>
  `<section><h2>${escapeHtml(title)}</h2>${content}</section>`;

function figure({ picture, label, prediction, confidence }: JudgedImage): string {
  const right = label === prediction;
  const words = right
    ? `${label} (${percent(confidence)})`
    : `taken for ${prediction} (${percent(confidence)}), is ${label}`;
  const caption = right ? `${label} ✓` : `${prediction}, is ${label}`;
  return `<figure title="${escapeHtml(words)}"><img alt="${escapeHtml(words)}" src="${pngAddress(picture)}"><figcaption class="${right ? 'right' : 'wrong'}">${escapeHtml(caption)}</figcaption></figure>`;
}

function pngAddress({ pixels, width, height }: Picture): string {
  const data = Uint8Array.from(pixels, (value) => Math.round(value * 255));
  return `data:image/png;base64,${Buffer.from(encode({ width, height, data, channels: 1 })).toString('base64')}`;
}

function epochRows(metrics: readonly Metrics[]): string[][] {
  const rows = metrics.flatMap((line) =>
    line.type === 'epoch'
      ? [
          [
            String(line.epoch),
            lossText(line.trainLoss),
            percent(line.trainAccuracy),
            lossText(line.validLoss),
            percent(line.validAccuracy),
            duration(line.seconds),
          ],
        ]
      : [],
  );
  return [['epoch', 'train loss', 'train accuracy', 'held-out loss', 'held-out accuracy', 'time so far'], ...rows];
}

const optionRows = (options: TrainingOptions): string[][] => [
  ['option', 'value'],
  ...optionNames.map((name) => [flagOf(name).replace('--no-', '--'), write(options[name])]),
];
