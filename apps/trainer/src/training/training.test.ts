import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormatError } from '@nn/backend';
import { manualSeed } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTinyData } from '../../test/tiny-data.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint.ts';
import { Failure } from '../failure.ts';
import { activationNames, completeOptions, optimizerNames, type TrainingOptions } from '../options/training-options.ts';
import { type Data, dataName, loadData, pixelsOf } from './data.ts';
import { chooseExamples, confusionMatrix, evaluate } from './evaluate.ts';
import { buildModel, countWeights, describeModel, type ModelDescription, sizesOf, weightShapes } from './model.ts';
import { classifierOf, describeInMetadata } from './model-metadata.ts';
import { Session, type TrainingEvent, type TrainingRecord } from './session.ts';

let folder: string;
let data: Data;
beforeAll(async () => {
  folder = writeTinyData(mkdtempSync(join(tmpdir(), 'nn-trainer-')));
  data = await loadData({ dataset: folder, download: false });
});
afterAll(() => rmSync(folder, { recursive: true }));

const optionsOf = (given: Partial<TrainingOptions>): TrainingOptions =>
  completeOptions({ dataset: folder, hidden: [8], epochs: 2, batchSize: 20, logEvery: 3, ...given });

/** The files of a checkpoint, but for the time that training took. */
async function filesOf(session: Session): Promise<Map<string, Uint8Array>> {
  const checkpoint = await session.checkpoint();
  return encodeCheckpoint({ ...checkpoint, training: { ...checkpoint.training, seconds: 0 } });
}

/** What was measured, without the time that it took. */
const measured = (events: readonly TrainingEvent[]): object[] =>
  events.filter(({ type }) => type !== 'batch').map((event) => ({ ...event, seconds: 0 }));

describe('going on from any step ends in the same bytes', () => {
  test.each<Partial<TrainingOptions>>([
    { optimizer: 'sgd', momentum: 0.9, dropout: 0.4 },
    { optimizer: 'adam', dropout: 0.2, hidden: [6, 5], weightDecay: 0.01 },
    { optimizer: 'adamw', shuffle: false },
    { optimizer: 'sgd', activation: 'gelu' },
  ])('%j', async (given) => {
    const options = optionsOf(given);
    const whole = new Session(options, data);
    const events: TrainingEvent[] = [];
    const stops: { events: number; files: Map<string, Uint8Array> }[] = [];
    for await (const event of whole.train()) {
      events.push(event);
      stops.push({ events: events.length, files: encodeCheckpoint(await whole.checkpoint()) });
    }
    const expected = await filesOf(whole);
    expect(stops.length).toBeGreaterThan(14);
    // Every third stop, the first ones, and the last: in the middle of epochs, at their ends, between metrics and batch.
    for (const { events: seen, files } of stops.filter((_, i) => i % 3 === 0 || i < 2 || i === stops.length - 1)) {
      manualSeed(12345);
      const resumed = new Session(options, data);
      resumed.restore('here', await decodeCheckpoint<TrainingRecord>('here', async (name) => files.get(name)!));
      const rest: TrainingEvent[] = [];
      for await (const event of resumed.train()) rest.push(event);
      expect(measured(rest)).toEqual(measured(events.slice(seen)));
      expect(await filesOf(resumed)).toEqual(expected);
    }
  });

  test('another seed ends in others', async () => {
    const [a, b] = [new Session(optionsOf({ seed: 1 }), data), new Session(optionsOf({ seed: 2 }), data)];
    expect((await filesOf(a)).get('model.safetensors')).not.toEqual((await filesOf(b)).get('model.safetensors'));
  });
});

describe('a session', () => {
  test.each(optimizerNames)('learns with %s', async (optimizer) => {
    const session = new Session(
      optionsOf({ optimizer, epochs: 8, hidden: [16], lr: optimizer === 'sgd' ? 0.1 : 0.01 }),
      data,
    );
    const epochs = [];
    for await (const event of session.train()) if (event.type === 'epoch') epochs.push(event);
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual(
      Array.from({ length: 8 }, (_, i) => [i + 1, 7 * (i + 1)]),
    );
    expect(epochs[7]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2);
    expect(epochs[7]!.validAccuracy).toBeGreaterThan(0.9);
    expect(session.evaluation!.accuracy).toBe(epochs[7]!.validAccuracy);
  });

  test('measures means over the images of its windows and epochs', async () => {
    const session = new Session(optionsOf({ epochs: 1, logEvery: 7 }), data);
    const events: TrainingEvent[] = [];
    for await (const event of session.train()) if (event.type !== 'batch') events.push(event);
    // One window is as long as the epoch: the last batch of 10 must count half of the others.
    expect(events.map(({ type }) => type)).toEqual(['step', 'epoch']);
    expect(events[0]).toMatchObject({ loss: (events[1] as { trainLoss: number }).trainLoss });
  });

  test('that diverges stops with the step and a way out', async () => {
    const session = new Session(optionsOf({ lr: 1e30 }), data);
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
    const checkpoint = await new Session(optionsOf({ hidden: [9] }), data).checkpoint();
    expect(() => new Session(optionsOf({}), data).restore('here', checkpoint)).toThrow(
      /here: the model needs \(8, 784\) for 0.weight, the file has \(9, 784\)/,
    );
    const deeper = new Session(optionsOf({ hidden: [8, 8] }), data);
    expect(() => deeper.restore('here', checkpoint)).toThrow(FormatError);
  });

  test('a step that lies in another epoch', async () => {
    const session = new Session(optionsOf({}), data);
    const checkpoint = await session.checkpoint();
    for (const training of [{ step: 8 }, { step: 6, epoch: 1 }]) {
      expect(() => session.restore('here', change(checkpoint, training))).toThrow(
        /here: step \d doesn't lie in epoch \d of 7 steps each/,
      );
    }
  });
});

describe('models', () => {
  test('have the names and shapes that are told without building them', () => {
    for (const hidden of [[], [4], [5, 3]]) {
      for (const dropout of [0, 0.5]) {
        for (const activation of activationNames) {
          const description = describeModel(optionsOf({ hidden, dropout, activation }), 7, 2);
          const state = buildModel(description).stateDict();
          expect(Object.entries(state).map(([name, t]) => [name, t.shape])).toEqual([...weightShapes(description)]);
        }
      }
    }
  });

  test("the default's names are PyTorch's", () => {
    const description = describeModel(optionsOf({ hidden: [50] }), 784, 10);
    expect([...weightShapes(description).keys()]).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
    expect([sizesOf(description), countWeights(description)]).toEqual(['784-50-10', 39_760]);
  });

  const model: ModelDescription = { kind: 'mlp', inputs: 4, hidden: [3], outputs: 2, activation: 'relu', dropout: 0 };
  const classifier = { model, mean: 0.1, std: 0.3, classes: ['a', 'b'] };

  test('are described in the metadata of their weights', () => {
    expect(classifierOf('f', describeInMetadata(model, classifier))).toEqual(classifier);
  });

  test.each([
    ['nothing', {}, /f: its metadata don't say what the model is \(no "nn-train"\)/],
    ['no JSON', { 'nn-train': '{' }, /f: its metadata "nn-train" are no JSON/],
    ...[
      null,
      {},
      { ...classifier, std: 0 },
      { ...classifier, mean: null },
      { ...classifier, classes: ['a'] },
      { ...classifier, model: null },
      { ...classifier, model: { ...model, kind: 'cnn' } },
      { ...classifier, model: { ...model, hidden: [1.5] } },
      { ...classifier, model: { ...model, inputs: -1 } },
      { ...classifier, model: { ...model, activation: 'toString' } },
    ].map((value): [string, Record<string, string>, RegExp] => [
      JSON.stringify(value),
      { 'nn-train': JSON.stringify(value) },
      /f: its metadata "nn-train" describe no model/,
    ]),
  ])('%s instead is refused', (_, metadata, message) => {
    expect(() => classifierOf('f', metadata as Record<string, string>)).toThrow(FormatError);
    expect(() => classifierOf('f', metadata as Record<string, string>)).toThrow(message);
  });
});

describe('evaluation', () => {
  test('counts what was taken for what', () => {
    const labels = Int32Array.of(0, 0, 1, 2, 2);
    const predictions = Int32Array.of(0, 1, 1, 0, 2);
    expect(confusionMatrix({ labels, predictions }, 3)).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
    const confidences = Float32Array.of(0.9, 0.6, 0.8, 0.7, 0.5);
    const evaluation = { labels, predictions, confidences, loss: 0, accuracy: 0.6 };
    expect(chooseExamples(evaluation, 3)).toEqual([3, 1, 0]);
    expect(chooseExamples(evaluation, 9)).toEqual([3, 1, 0, 2, 4]);
  });

  test('draws no random number and leaves the mode as it was', async () => {
    const session = new Session(optionsOf({ dropout: 0.5 }), data);
    const before = (await session.checkpoint()).training.random;
    const [first, second] = [await evaluate(session.model, data.valid), await evaluate(session.model, data.valid)];
    expect(second).toEqual(first);
    expect(session.model.training).toBe(true);
    expect((await session.checkpoint()).training.random).toEqual(before);
    expect(Array.from(first.labels)).toEqual(Array.from(await data.valid.tensors[1].data()));
    expect(first.confidences.every((share) => share >= 0.1 && share <= 1)).toBe(true);
  });
});

describe('data', () => {
  test('from a folder, with a fingerprint', async () => {
    expect([data.train.length, data.valid.length, data.classes[3]]).toEqual([130, 40, '3']);
    expect((await loadData({ dataset: folder, download: false })).fingerprint).toEqual(data.fingerprint);
    expect(data.fingerprint.labels).toMatch(/^[0-9a-f]{64}$/);
    const pixels = await pixelsOf(data.valid, 0, data);
    expect(Math.max(...pixels)).toBeGreaterThan(0.9);
    expect(Math.min(...pixels)).toBe(0);
  });

  test.each([
    ['mnist', 'mnist'],
    ['/data/my digits!', 'my-digits-'],
    ['/', 'data'],
    ['.hidden', 'hidden'],
  ])('%s has the name %s', (dataset, name) => {
    expect(dataName({ dataset })).toBe(name);
  });

  test('what is not there is said', async () => {
    await expect(loadData({ dataset: join(folder, 'none'), download: false })).rejects.toThrow(/can't read the folder/);
    await expect(loadData({ dataset: folder, download: true })).rejects.toThrow(/nothing to download for a folder/);
  });
});
