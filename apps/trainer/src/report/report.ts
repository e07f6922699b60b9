/** The report of a run as one HTML file: curves, what the task has to show, epochs, options. */
import { write } from '../options/parse.ts';
import { flagOf, optionsOf, type TrainingOptions } from '../options/training-options.ts';
import type { RunEnd } from '../terminal/display.ts';
import { duration, lossText } from '../terminal/format.ts';
import { type Metrics, trainMeans, validMeans } from '../training/metrics.ts';
import type { Score } from '../training/score.ts';
import { curveChart, curvesOf, legend } from './charts.ts';
import { escapeHtml, page, type Section, table } from './page.ts';

export interface ReportContent {
  readonly end: RunEnd;
  readonly metrics: readonly Metrics[];
  readonly score: Score;
  /** What samples are called. */
  readonly unit: string;
  readonly options: TrainingOptions;
  /** What the model is known by: `784-50-10`. */
  readonly title: string;
  readonly version: string;
}

export async function renderReport({
  end,
  metrics,
  score,
  unit,
  options,
  title,
  version,
}: ReportContent): Promise<string> {
  const { conclusion, epoch, seconds } = end;
  const { headline, sentence } = conclusion;
  const sections: Section[] = [
    ...curvesOf(metrics, score).map((each) => ({ title: each.title, content: curveChart(each) })),
    ...(await conclusion.sections()),
    { title: 'Epochs', content: table('numbers', epochRows(metrics, score)) },
    { title: 'Options', content: table('', optionRows(options)) },
  ];
  const body = [
    `<h1>${escapeHtml(`${title} on ${options.dataset}`)}</h1>`,
    `<p class="lead"><b>${escapeHtml(headline)}</b> ${escapeHtml(sentence)} after ${epoch} epoch${epoch === 1 ? '' : 's'} in ${duration(seconds)}</p>`,
    `<p class="legend">${legend(unit)
      .map(({ name, color }) => `<i style="background:${color}"></i>${name}`)
      .join('')}</p>`,
    '<div class="grid">',
    ...sections.map((each) => `<section><h2>${escapeHtml(each.title)}</h2>${each.content}</section>`),
    '</div>',
    `<footer>Written by nn-train ${escapeHtml(version)}. All numbers are in metrics.jsonl beside this file.</footer>`,
  ];
  return page(`${title}: ${headline}`, body.join('\n'));
}

function epochRows(metrics: readonly Metrics[], score: Score): string[][] {
  const rows = metrics.flatMap((line) =>
    line.type === 'epoch'
      ? [
          [
            String(line.epoch),
            lossText(line.trainLoss),
            score.text(trainMeans(line)),
            lossText(line.validLoss),
            score.text(validMeans(line)),
            duration(line.seconds),
          ],
        ]
      : [],
  );
  const { word } = score;
  return [['epoch', 'train loss', `train ${word}`, 'held-out loss', `held-out ${word}`, 'time so far'], ...rows];
}

const optionRows = (options: TrainingOptions): string[][] => [
  ['option', 'value'],
  ...optionsOf(options.model).map((name) => {
    const flag = flagOf(name);
    return [flag, write(flag.startsWith('--no-') ? !options[name] : options[name])];
  }),
];
