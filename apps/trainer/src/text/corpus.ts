/** A text from a file, its characters as numbers, and the end of it held out. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { explained, Failure } from '../failure.ts';
import type { TrainingOptions } from '../options/training-options.ts';
import { dataName } from '../training/data-name.ts';
import type { Fingerprint } from '../training/task.ts';
import { Vocabulary } from './vocabulary.ts';

export interface Corpus {
  /** A short name, fit for a file. */
  readonly name: string;
  readonly vocabulary: Vocabulary;
  /** Numbers of the characters to train with, and of those held out. */
  readonly train: Int32Array;
  readonly valid: Int32Array;
  readonly fingerprint: Fingerprint;
}

/** The share of a text, at its end, that is held out. */
const heldOut = 0.1;

export async function loadCorpus({ dataset, block }: Pick<TrainingOptions, 'dataset' | 'block'>): Promise<Corpus> {
  const text = decode(dataset, await readText(dataset));
  const vocabulary = Vocabulary.of(text);
  const numbers = vocabulary.encode(text);
  const cut = numbers.length - Math.floor(numbers.length * heldOut);
  const [train, valid] = [numbers.subarray(0, cut), numbers.subarray(cut)];
  if (valid.length <= block)
    throw new Failure(
      `--dataset ${dataset}: a text of ${numbers.length} characters is too short for --block ${block}, of which the last tenth must hold one more; give a longer text or a smaller block`,
    );
  return {
    name: dataName(dataset.replace(/\.\w+$/, '')),
    vocabulary,
    train,
    valid,
    fingerprint: {
      train: train.length,
      valid: valid.length,
      characters: vocabulary.size,
      text: createHash('sha256').update(text).digest('hex'),
    },
  };
}

async function readText(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw explained(`can't read ${path}`, error);
    return null;
  });
  if (found === null || found.isDirectory())
    throw new Failure(
      `--dataset ${path}: ${found === null ? 'there is no such file' : 'it is a folder'}; gpt learns from a text, so name its file: --dataset FILE.txt`,
    );
  return readFile(path).catch((error: unknown) => {
    throw explained(`can't read ${path}`, error);
  });
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure(`--dataset ${path}: it isn't a text in UTF-8`, { cause });
  }
}
