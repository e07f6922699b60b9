/** Sessions of every kind of model, on data that are learnt in a moment. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormatError } from '@nn/backend';
import { manualSeed } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTinyData } from '../../test/tiny-data.ts';
import { writeTinyText } from '../../test/tiny-text.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint.ts';
import { Failure } from '../failure.ts';
import { completeOptions, optimizerNames, type TrainingOptions } from '../options/training-options.ts';
import { Session, type TrainingEvent, type TrainingRecord } from './session.ts';
import { openTask, type Task } from './task.ts';

let folder: string;
let text: string;
let task: Task;
beforeAll(async () => {
  folder = writeTinyData(mkdtempSync(join(tmpdir(), 'nn-trainer-')));
  text = writeTinyText(join(folder, 'text.txt'));
  task = await openTask(completeOptions({ dataset: folder }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const optionsOf = (given: Partial<TrainingOptions>): TrainingOptions =>
  completeOptions({ dataset: folder, hidden: [8], epochs: 2, batchSize: 20, logEvery: 3, ...given });

const cnnOptions = (given: Partial<TrainingOptions>): TrainingOptions =>
  completeOptions({ model: 'cnn', dataset: folder, channels: [2], epochs: 2, batchSize: 20, logEvery: 3, ...given });

const gptOptions = (given: Partial<TrainingOptions>): TrainingOptions =>
  completeOptions({
    ...{ model: 'gpt', dataset: text, block: 8, layers: 1, heads: 2, dim: 8, epochs: 2, batchSize: 24, logEvery: 3 },
    ...given,
  });

/** The files of a checkpoint, but for the time that training took. */
async function filesOf(session: Session): Promise<Map<string, Uint8Array>> {
  const checkpoint = await session.checkpoint();
  return encodeCheckpoint({ ...checkpoint, training: { ...checkpoint.training, seconds: 0 } });
}

/** What was measured, without the time that it took. */
const measured = (events: readonly TrainingEvent[]): object[] =>
  events.filter(({ type }) => type !== 'batch').map((event) => ({ ...event, seconds: 0 }));

describe('going on from any step ends in the same bytes', () => {
  test.each<[string, () => TrainingOptions]>([
    ['sgd', () => optionsOf({ optimizer: 'sgd', momentum: 0.9, dropout: 0.4 })],
    ['adam', () => optionsOf({ optimizer: 'adam', dropout: 0.2, hidden: [6, 5], weightDecay: 0.01 })],
    ['in order', () => optionsOf({ optimizer: 'adamw', shuffle: false })],
    ['gelu', () => optionsOf({ optimizer: 'sgd', activation: 'gelu' })],
    ['cnn', () => cnnOptions({ dropout: 0.2, epochs: 1 })],
    ['gpt', () => gptOptions({ dropout: 0.2 })],
    ['gpt in order', () => gptOptions({ shuffle: false })],
  ])('%s', async (_, make) => {
    const options = make();
    const own = await openTask(options);
    const whole = new Session(options, own);
    const events: TrainingEvent[] = [];
    const stops: { events: number; files: Map<string, Uint8Array> }[] = [];
    for await (const event of whole.train()) {
      events.push(event);
      stops.push({ events: events.length, files: encodeCheckpoint(await whole.checkpoint()) });
    }
    const expected = await filesOf(whole);
    expect(stops.length).toBeGreaterThan(9);
    // Every third stop, the first ones, and the last: in the middle of epochs, at their ends, between metrics and batch.
    for (const { events: seen, files } of stops.filter((_, i) => i % 3 === 0 || i < 2 || i === stops.length - 1)) {
      manualSeed(12345);
      const resumed = new Session(options, own);
      resumed.restore('here', await decodeCheckpoint<TrainingRecord>('here', async (name) => files.get(name)!));
      const rest: TrainingEvent[] = [];
      for await (const event of resumed.train()) rest.push(event);
      expect(measured(rest)).toEqual(measured(events.slice(seen)));
      expect(await filesOf(resumed)).toEqual(expected);
    }
  });

  test('another seed ends in others', async () => {
    const [a, b] = [new Session(optionsOf({ seed: 1 }), task), new Session(optionsOf({ seed: 2 }), task)];
    expect((await filesOf(a)).get('model.safetensors')).not.toEqual((await filesOf(b)).get('model.safetensors'));
  });
});

describe('a session', () => {
  test.each(optimizerNames)('learns with %s', async (optimizer) => {
    const session = new Session(
      optionsOf({ optimizer, epochs: 8, hidden: [16], lr: optimizer === 'sgd' ? 0.1 : 0.01 }),
      task,
    );
    const epochs = [];
    for await (const event of session.train()) if (event.type === 'epoch') epochs.push(event);
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual(
      Array.from({ length: 8 }, (_, i) => [i + 1, 7 * (i + 1)]),
    );
    expect(epochs[7]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2);
    expect(epochs[7]!.validAccuracy).toBeGreaterThan(0.9);
    expect(session.judgement!.means.accuracy).toBe(epochs[7]!.validAccuracy);
  });

  test('learns with convolutions', async () => {
    const session = new Session(cnnOptions({ epochs: 2, lr: 0.03, dropout: 0 }), task);
    const losses = [];
    for await (const event of session.train()) if (event.type === 'epoch') losses.push(event.validLoss);
    expect(losses[1]).toBeLessThan(losses[0]! / 2);
  });

  test('learns a text', async () => {
    const options = gptOptions({ epochs: 4, lr: 0.02, batchSize: 12 });
    const session = new Session(options, await openTask(options));
    const epochs = [];
    for await (const event of session.train()) if (event.type === 'epoch') epochs.push(event);
    // 20 characters: guessing costs 3.0; by letters alone 2.6.
    expect(epochs[0]!.trainLoss).toBeLessThan(3);
    expect(epochs[3]!.validLoss).toBeLessThan(1);
    expect(epochs[3]!.validAccuracy).toBeGreaterThan(0.5);
  });

  test('measures means over the images of its windows and epochs', async () => {
    const session = new Session(optionsOf({ epochs: 1, logEvery: 7 }), task);
    const events: TrainingEvent[] = [];
    for await (const event of session.train()) if (event.type !== 'batch') events.push(event);
    // One window is as long as the epoch: the last batch of 10 must count half of the others.
    expect(events.map(({ type }) => type)).toEqual(['step', 'epoch']);
    expect(events[0]).toMatchObject({ loss: (events[1] as { trainLoss: number }).trainLoss });
  });

  test('that diverges stops with the step and a way out', async () => {
    const session = new Session(optionsOf({ lr: 1e30 }), task);
    const attempt = (async (): Promise<void> => {
      for await (const event of session.train()) void event;
    })();
    await expect(attempt).rejects.toThrow(Failure);
    await expect(attempt).rejects.toThrow(
      /^the loss became NaN at step \d+ \(epoch 1\): training has diverged; try a smaller --lr than 1e\+30$/,
    );
  });
});

describe('a checkpoint that does not fit is refused', () => {
  const change = (
    checkpoint: Checkpoint<TrainingRecord>,
    training: Partial<TrainingRecord>,
  ): Checkpoint<TrainingRecord> => ({ ...checkpoint, training: { ...checkpoint.training, ...training } });

  test('weights of another model', async () => {
    const checkpoint = await new Session(optionsOf({ hidden: [9] }), task).checkpoint();
    expect(() => new Session(optionsOf({}), task).restore('here', checkpoint)).toThrow(
      /here: the model needs \(8, 784\) for 0.weight, the file has \(9, 784\)/,
    );
    const deeper = new Session(optionsOf({ hidden: [8, 8] }), task);
    expect(() => deeper.restore('here', checkpoint)).toThrow(FormatError);
  });

  test('a step that lies in another epoch', async () => {
    const session = new Session(optionsOf({}), task);
    const checkpoint = await session.checkpoint();
    for (const training of [{ step: 8 }, { step: 6, epoch: 1 }]) {
      expect(() => session.restore('here', change(checkpoint, training))).toThrow(
        /here: step \d doesn't lie in epoch \d of 7 steps each/,
      );
    }
  });
});
