import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nn/nn';
import { full, getRngState, type Tensor, tensor } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { describeInMetadata, storedModel } from '../training/model-metadata.ts';
import { loadCorpus } from './corpus.ts';
import { evaluateText } from './evaluate.ts';
import { type LanguageModel, languageModelOf } from './language-model.ts';
import { Vocabulary } from './vocabulary.ts';
import { SideBySide, Windows } from './windows.ts';
import { writeText } from './write-text.ts';

/** Expects the number after each one, going round, and remembers how much it was shown. */
class Counter extends Module {
  readonly size: number;
  longest = 0;
  constructor(size: number) {
    super();
    this.size = size;
  }
  override forward(x: Tensor): Tensor {
    const [rows, places] = x.shape as readonly [number, number];
    this.longest = Math.max(this.longest, places);
    const values = [...x.dataSync()].flatMap((n) =>
      Array.from({ length: this.size }, (_, k) => (k === (n + 1) % this.size ? 8 : 0)),
    );
    return tensor(values, { shape: [rows, places, this.size] }) as Tensor;
  }
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nn-trainer-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a vocabulary', () => {
  test('holds each character once, in order', () => {
    const vocabulary = Vocabulary.of('banana 🍌!');
    expect(vocabulary.characters).toEqual([' ', '!', 'a', 'b', 'n', '🍌']);
    expect([...vocabulary.encode('nab 🍌')]).toEqual([4, 2, 3, 0, 5]);
    expect(vocabulary.decode(vocabulary.encode('banana 🍌!'))).toBe('banana 🍌!');
  });

  test('names what it does not know', () => {
    const encode = (text: string) => (): unknown => Vocabulary.of('ab').encode(text);
    expect(encode('abc')).toThrow(/the model doesn't know "c": the text that it was trained with doesn't have it/);
    expect(encode('zyxwvut')).toThrow(/doesn't know "z", "y", "x", "w", "v" …: .* doesn't have them/);
    expect(encode('c')).toThrow(Failure);
  });
});

describe('a corpus', () => {
  const write = (name: string, text: string | Uint8Array): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test('holds the last tenth out', async () => {
    const corpus = await loadCorpus({ dataset: write('my text.txt', '0123456789'.repeat(10)), block: 5 });
    expect([corpus.name, corpus.train.length, corpus.valid.length]).toEqual(['my-text', 90, 10]);
    expect([...corpus.valid]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(corpus.fingerprint).toMatchObject({ train: 90, valid: 10, characters: 10 });
  });

  test.each<[string, () => string, RegExp]>([
    ['no file', () => join(folder, 'none.txt'), /none.txt: there is no such file; gpt learns from a text/],
    ['a folder', () => folder, /it is a folder; gpt learns from a text, so name its file: --dataset FILE.txt/],
    ['too little', () => write('short', 'abc'), /a text of 3 characters is too short for --block 5/],
    ['no text', () => write('binary', Uint8Array.of(0xc3, 0x28, 1)), /it isn't a text in UTF-8/],
  ])('%s is refused', async (_, path, message) => {
    const attempt = loadCorpus({ dataset: path(), block: 5 });
    await expect(attempt).rejects.toThrow(Failure);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe('windows', () => {
  const windows = new Windows(
    Int32Array.from({ length: 11 }, (_, i) => i),
    3,
  );

  test('are pieces with what comes next', async () => {
    const [x, y] = windows.batch([0, 7]);
    expect(await x.toArray()).toEqual([
      [0, 1, 2],
      [7, 8, 9],
    ]);
    expect(await y.toArray()).toEqual([
      [1, 2, 3],
      [8, 9, 10],
    ]);
    expect([windows.length, x.dtype]).toEqual([8, 'int64']);
    expect(await windows.get(7)[1].toArray()).toEqual([8, 9, 10]);
  });

  test('lie side by side', () => {
    expect([...new SideBySide(windows)]).toEqual([0, 3, 6]);
    expect(new SideBySide(windows).length).toBe(3);
  });
});

test('evaluation is over all characters of windows side by side, and leaves mode and random numbers as they were', async () => {
  const model = new Counter(4);
  const before = getRngState();
  const means = await evaluateText(model, new Windows(Int32Array.of(0, 1, 2, 3, 0, 0, 1), 3));
  // Of six characters all but the second 0 follow.
  expect(means.accuracy).toBeCloseTo(5 / 6, 12);
  expect(means.loss).toBeCloseTo(Math.log(1 + 3 * Math.exp(-8)) + 8 / 6, 5);
  expect(model.training).toBe(true);
  expect(getRngState()).toEqual(before);
});

describe('writing', () => {
  const vocabulary = new Vocabulary(['a', 'b', 'c', 'd']);
  const write = async (model: Module, options: Partial<Parameters<typeof writeText>[1]>): Promise<string> => {
    let text = '';
    const all = { prompt: '', length: 8, temperature: 0, seed: 1, ...options };
    for await (const character of writeText({ model, vocabulary, block: 3 }, all)) text += character;
    return text;
  };

  test('goes on from the prompt, and shows the model no more than it can see', async () => {
    const model = new Counter(4);
    expect(await write(model, { prompt: 'abcabcd' })).toBe('abcdabcd');
    expect(model.longest).toBe(3);
    expect(await write(model, { temperature: 0.1 })).toBe('bcdabcda');
  });

  test('is the same for the same seed, and draws none of the other random numbers', async () => {
    class Even extends Module {
      override forward(x: Tensor): Tensor {
        return full([1, x.shape[1]!, 4], 0) as Tensor;
      }
    }
    const before = getRngState();
    const [one, again, other] = [1, 1, 2].map((seed) => write(new Even(), { length: 40, temperature: 1, seed }));
    expect(await one).toBe(await again);
    expect(await other).not.toBe(await one);
    expect(new Set(await one).size).toBe(4);
    expect(getRngState()).toEqual(before);
  });
});

describe('a language model', () => {
  const model = { kind: 'gpt', vocabulary: 2, block: 4, layers: 1, heads: 1, dim: 4, dropout: 0 } as const;
  const read = (metadata: Record<string, string>): LanguageModel => languageModelOf('f', storedModel('f', metadata));

  test('is described in the metadata of its weights', () => {
    expect(read(describeInMetadata(model, { characters: ['a', '🍌'] }))).toEqual({ model, characters: ['a', '🍌'] });
  });

  test.each([[['a']], [['a', 'a']], [['a', 'bc']], [['a', 3]], ['ab']])('with characters %j is none', (characters) => {
    expect(() => read(describeInMetadata(model, { characters }))).toThrow(/describe no model that this program knows/);
  });

  test('a classifier is none', () => {
    const mlp = { kind: 'mlp', inputs: 4, hidden: [], outputs: 2, activation: 'relu', dropout: 0 } as const;
    expect(() => read(describeInMetadata(mlp, {}))).toThrow(/f is a classifier \(mlp\), .* nn-train predict/);
  });
});
