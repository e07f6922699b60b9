/** What there is to say of a language model: its perplexity, and a text that it writes. */
import pc from 'picocolors';
import { count, lossText } from '../terminal/format.ts';
import { wrap } from '../terminal/wrap.ts';
import { type Means, perplexity } from '../training/score.ts';
import type { Conclusion } from '../training/task.ts';
import { type Writer, writeText } from './write-text.ts';

export interface TextResult {
  readonly means: Means;
  /** Characters that the means are over. */
  readonly samples: number;
  readonly writer: Writer;
  readonly seed: number;
}

const length = 300;
const temperature = 0.8;

export async function concludeText({ means, samples, writer, seed }: TextResult): Promise<Conclusion> {
  const { model } = writer;
  const wasTraining = model.training;
  model.eval();
  let written = '';
  for await (const character of writeText(writer, { prompt: '', length, temperature, seed })) written += character;
  model.train(wasTraining);
  return textConclusion(means, samples, written);
}

export const textConclusion = (means: Means, samples: number, written: string): Conclusion => ({
  headline: `perplexity ${perplexity.text(means)}`,
  sentence: `over ${count(samples)} held-out characters (loss ${lossText(means.loss)})`,
  lines: (width) => [`${pc.bold('What it writes')} ${pc.dim(`(temperature ${temperature})`)}`, ...wrap(written, width)],
  facts: { validLoss: means.loss, validAccuracy: means.accuracy, validPerplexity: perplexity.value(means), written },
  sections: async () => {
    const { escapeHtml } = await import('../report/page.ts');
    return [{ title: `What it writes (temperature ${temperature})`, content: `<pre>${escapeHtml(written)}</pre>` }];
  },
});
