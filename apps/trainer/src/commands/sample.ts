/** `nn-train sample`: lets a model of text write. */
import { setBackend } from '@nn/tensor';
import pc from 'picocolors';
import type { TrainingOptions } from '../options/training-options.ts';
import { languageModelOf } from '../text/language-model.ts';
import { Vocabulary } from '../text/vocabulary.ts';
import { writeText } from '../text/write-text.ts';
import { openBackend } from '../training/backend.ts';
import { loadModel } from '../training/load-model.ts';

export interface SampleArguments {
  /** Folder of a run or of a checkpoint, or a file of weights. */
  readonly path: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
  readonly backend: TrainingOptions['backend'];
  readonly json: boolean;
}

/** Returns the exit code. */
export async function runSample(args: SampleArguments): Promise<number> {
  const { path, prompt, length, temperature, seed, backend, json } = args;
  setBackend(await openBackend({ backend, threads: null, vectors: '128' }));
  const { stored, model } = await loadModel(path, languageModelOf);
  const writer = { model, vocabulary: new Vocabulary(stored.characters), block: stored.model.block };
  const written = writeText(writer, { prompt, length, temperature, seed });
  if (json) {
    let text = '';
    for await (const character of written) text += character;
    process.stdout.write(`${JSON.stringify({ prompt, text, temperature, seed })}\n`);
    return 0;
  }
  // Nothing is printed before the prompt is known to be one that the model can read.
  let isFirst = true;
  for await (const character of written) {
    process.stdout.write(isFirst ? `${pc.bold(prompt)}${character}` : character);
    isFirst = false;
  }
  process.stdout.write(isFirst ? `${pc.bold(prompt)}\n` : '\n');
  return 0;
}
