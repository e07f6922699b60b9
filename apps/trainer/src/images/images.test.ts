import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormatError } from '@nn/backend';
import { getRngState } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTinyData } from '../../test/tiny-data.ts';
import { Failure } from '../failure.ts';
import type { MlpDescription } from '../models/mlp.ts';
import { buildModel, describeModel } from '../models/models.ts';
import { completeOptions } from '../options/training-options.ts';
import { dataName } from '../training/data-name.ts';
import { describeInMetadata, storedModel } from '../training/model-metadata.ts';
import { type Classifier, classifierOf } from './classifier.ts';
import { type ImageData, loadImages, pixelsOf } from './data.ts';
import { chooseExamples, confusionMatrix, evaluate } from './evaluate.ts';

let folder: string;
let data: ImageData;
beforeAll(async () => {
  folder = writeTinyData(mkdtempSync(join(tmpdir(), 'nn-trainer-')));
  data = await loadImages({ dataset: folder, download: false });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a classifier', () => {
  const model: MlpDescription = { kind: 'mlp', inputs: 4, hidden: [3], outputs: 2, activation: 'relu', dropout: 0 };
  const classifier = { model, mean: 0.1, std: 0.3, classes: ['a', 'b'] };
  const read = (metadata: Record<string, string>): Classifier => classifierOf('f', storedModel('f', metadata));

  test('is described in the metadata of their weights', () => {
    const { model: _, ...additions } = classifier;
    expect(read(describeInMetadata(model, additions))).toEqual(classifier);
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
    expect(() => read(metadata as Record<string, string>)).toThrow(FormatError);
    expect(() => read(metadata as Record<string, string>)).toThrow(message);
  });

  test('of text is no classifier', () => {
    const gpt = { kind: 'gpt', vocabulary: 2, block: 4, layers: 1, heads: 1, dim: 4, dropout: 0 } as const;
    const metadata = describeInMetadata(gpt, { characters: ['a', 'b'] });
    expect(() => read(metadata)).toThrow(Failure);
    expect(() => read(metadata)).toThrow(/f is a model of text \(gpt\).* nn-train sample/);
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
    const options = completeOptions({ hidden: [8], dropout: 0.5 });
    const model = buildModel(describeModel(options, { inputs: 784, outputs: 10 }));
    const before = getRngState();
    const [first, second] = [await evaluate(model, data.valid), await evaluate(model, data.valid)];
    expect(second).toEqual(first);
    expect(model.training).toBe(true);
    expect(getRngState()).toEqual(before);
    expect(Array.from(first.labels)).toEqual(Array.from(await data.valid.tensors[1].data()));
    expect(first.confidences.every((share) => share >= 0.1 && share <= 1)).toBe(true);
  });
});

describe('data', () => {
  test('from a folder, with a fingerprint', async () => {
    expect([data.train.length, data.valid.length, data.classes[3]]).toEqual([130, 40, '3']);
    expect((await loadImages({ dataset: folder, download: false })).fingerprint).toEqual(data.fingerprint);
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
    expect(dataName(dataset)).toBe(name);
  });

  test('what is not there is said', async () => {
    const load = (name: string) => loadImages({ dataset: join(folder, name), download: false });
    await expect(load('none')).rejects.toThrow(/^--dataset .*none: there is no such folder; give mnist, fashion, or/);
    const [file] = readdirSync(folder);
    await expect(load(file!)).rejects.toThrow(/: it is a file; .* a text is for --model gpt$/);
    await expect(load(`${file}/in it`)).rejects.toThrow(/in it: there is no such folder/);
    await expect(loadImages({ dataset: folder, download: true })).rejects.toThrow(/nothing to download for a folder/);
  });
});
