/** The texts around a run that the terminal and plain lines share: what it sets out to do, and how it ended. */
import pc from 'picocolors';
import { sizesOf } from '../training/model.ts';
import { confusionLines } from './confusion-text.ts';
import type { JudgedImage, RunEnd, RunStart } from './display.ts';
import { count, duration, fit, lossText, percent } from './format.ts';
import { cropTogether, perBand, pictureLines, sideBySide } from './pictures.ts';

export function startLines({ run, options, model, weights, data, resumed }: RunStart): string[] {
  const { optimizer, lr, momentum, weightDecay, batchSize, epochs, seed, activation, dropout, shuffle } = options;
  const list = (...parts: (string | false)[]): string => parts.filter((part) => part !== false).join(', ');
  return [
    `${pc.bold('data')}   ${data.name}: ${count(data.train)} images to train with, ${count(data.valid)} held out`,
    `${pc.bold('model')}  ${list(sizesOf(model), model.hidden.length > 0 && activation, dropout > 0 && `dropout ${dropout}`, `${count(weights)} weights`)}`,
    `${pc.bold('train')}  ${list(
      optimizer,
      `lr ${lr}`,
      momentum > 0 && `momentum ${momentum}`,
      weightDecay > 0 && `weight decay ${weightDecay}`,
      `batches of ${batchSize}`,
      !shuffle && 'in order',
      `${epochs} epoch${epochs === 1 ? '' : 's'}`,
      `seed ${seed}`,
    )}`,
    `${pc.bold('run')}    ${run}${resumed === null ? '' : pc.yellow(` (resumed after step ${count(resumed.step)})`)}`,
  ];
}

/** Matrix, pictures, result and where to find the rest. */
export function endLines(end: RunEnd, width: number): string[] {
  const { confusion, classes, examples } = end;
  return [
    '',
    `${pc.bold('What the held-out images were taken for')} ${pc.dim('(rows: what they are)')}`,
    ...confusionLines(confusion, classes, width),
    '',
    ...(examples.length > 0 ? [pc.bold('Some of them'), ...exampleLines(examples, width), ''] : []),
    resultLine(end),
    timeLine(end),
  ];
}

export function resultLine({ evaluation }: RunEnd): string {
  const { accuracy, loss, labels } = evaluation;
  return `${pc.bold(pc.green(percent(accuracy)))} of ${count(labels.length)} held-out images right (loss ${lossText(loss)})`;
}

export const timeLine = ({ epoch, seconds, report }: RunEnd): string =>
  `${epoch} epoch${epoch === 1 ? '' : 's'} in ${duration(seconds)}, report: ${pc.bold(report)}`;

/** Two bands of pictures with a caption below each: what it was taken for, and what it is if that is wrong. */
function exampleLines(examples: readonly JudgedImage[], width: number): string[] {
  const bands = 2;
  const pictures = cropTogether(examples.map(({ picture }) => picture));
  const blockWidth = Math.max(24, pictures[0]!.width);
  const blocks = examples.map(({ label, prediction, confidence }, i) => {
    const right = label === prediction;
    const color = right ? pc.green : pc.red;
    const caption = [
      `${prediction} (${Math.round(100 * confidence)} %)${right ? ' ✓' : ''}`,
      right ? '' : `is ${label}`,
    ];
    return [
      ...pictureLines(pictures[i]!).map((line) => line + ' '.repeat(blockWidth - pictures[i]!.width)),
      ...caption.map((line) => color(fit(line, blockWidth))),
      ' '.repeat(blockWidth),
    ];
  });
  return sideBySide(blocks.slice(0, bands * perBand(blockWidth, width)), blockWidth, width);
}
