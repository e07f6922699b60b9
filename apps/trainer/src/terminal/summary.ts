/** The texts around a run that the terminal and plain lines share: what it sets out to do, and how it ended. */
import pc from 'picocolors';
import { detailsOf, titleOf } from '../models/models.ts';
import type { Loss, Recovered, RunEnd, RunStart } from './display.ts';
import { count, duration } from './format.ts';

export function startLines({ run, options, model, weights, data, unit, resumed }: RunStart): string[] {
  const { optimizer, lr, momentum, weightDecay, batchSize, epochs, seed, shuffle } = options;
  const list = (...parts: (string | false)[]): string => parts.filter((part) => part !== false).join(', ');
  return [
    `${pc.bold('data')}   ${data.name}: ${count(data.train)} ${unit} to train with, ${count(data.valid)} held out`,
    `${pc.bold('model')}  ${list(titleOf(model), ...detailsOf(model), `${count(weights)} weights`)}`,
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

export const lossLine = ({ step, reason }: Loss): string => `the device was lost after step ${count(step)}: ${reason}`;

export const recoveryLines = ({ step, backend, excuse }: Recovered): string[] => [
  ...(excuse === null ? [] : [`there is no other: ${excuse}`]),
  step === 0 ? `beginning again, on ${backend}` : `going on after step ${count(step)}, on ${backend}`,
];

/** What the task has to show, the result and where to find the rest. */
export const endLines = (end: RunEnd, width: number): string[] => [
  '',
  ...end.conclusion.lines(width),
  '',
  resultLine(end),
  timeLine(end),
];

export const resultLine = ({ conclusion }: RunEnd): string =>
  `${pc.bold(pc.green(conclusion.headline))} ${conclusion.sentence}`;

export const timeLine = ({ epoch, seconds, report }: RunEnd): string =>
  `${epoch} epoch${epoch === 1 ? '' : 's'} in ${duration(seconds)}, report: ${pc.bold(report)}`;
