/** Text, character by character. */
import { DataLoader, RandomSampler } from '@nn/data';
import type { TrainingOptions } from '../options/training-options.ts';
import { perplexity } from '../training/score.ts';
import type { Batch, Task } from '../training/task.ts';
import { concludeText } from './conclusion.ts';
import { type Corpus, loadCorpus } from './corpus.ts';
import { evaluateText } from './evaluate.ts';
import { SideBySide, Windows } from './windows.ts';

export const textTask = async (options: TrainingOptions): Promise<Task> => taskOf(await loadCorpus(options), options);

export function taskOf(corpus: Corpus, { block, seed }: Pick<TrainingOptions, 'block' | 'seed'>): Task {
  const { vocabulary } = corpus;
  const [train, valid] = [new Windows(corpus.train, block), new Windows(corpus.valid, block)];
  const inOrder = new SideBySide(train);
  return {
    name: corpus.name,
    fingerprint: corpus.fingerprint,
    sizes: { inputs: block, outputs: vocabulary.size },
    unit: 'characters',
    counts: { train: corpus.train.length, valid: corpus.valid.length },
    samplesPerEpoch: inOrder.length * block,
    score: perplexity,
    metadata: { characters: vocabulary.characters },
    // As many windows as lie side by side, but, shuffled, from anywhere, so that a character isn't always seen at the same place.
    load: ({ batchSize, shuffle }) =>
      new DataLoader<Batch>(train, {
        batchSize,
        sampler: shuffle ? new RandomSampler(train, { replacement: true, numSamples: inOrder.length }) : inOrder,
      }),
    async judge(model) {
      const means = await evaluateText(model, valid);
      const samples = new SideBySide(valid).length * block;
      return { means, conclude: () => concludeText({ means, samples, writer: { model, vocabulary, block }, seed }) };
    },
  };
}
