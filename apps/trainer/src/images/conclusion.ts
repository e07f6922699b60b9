/** What there is to say of a classifier: what held-out images were taken for, and some of them. */
import pc from 'picocolors';
import { confusionLines } from '../terminal/confusion-text.ts';
import { count, lossText, percent } from '../terminal/format.ts';
import { type JudgedImage, judgedImageLines } from '../terminal/judged-images.ts';
import type { Conclusion } from '../training/task.ts';
import { type ImageData, pixelsOf } from './data.ts';
import { chooseExamples, confusionMatrix, type Evaluation } from './evaluate.ts';

const exampleCount = 12;
const side = 28;

export async function concludeImages(data: ImageData, evaluation: Evaluation): Promise<Conclusion> {
  const { classes } = data;
  const examples = await Promise.all(
    chooseExamples(evaluation, exampleCount).map(async (i) => ({
      picture: { pixels: await pixelsOf(data.valid, i, data), width: side, height: side },
      label: classes[evaluation.labels[i]!]!,
      prediction: classes[evaluation.predictions[i]!]!,
      confidence: evaluation.confidences[i]!,
    })),
  );
  return imagesConclusion({ evaluation, classes, examples });
}

export interface ImagesResult {
  readonly evaluation: Evaluation;
  readonly classes: readonly string[];
  readonly examples: readonly JudgedImage[];
}

export function imagesConclusion({ evaluation, classes, examples }: ImagesResult): Conclusion {
  const { loss, accuracy, labels } = evaluation;
  const confusion = confusionMatrix(evaluation, classes.length);
  return {
    headline: percent(accuracy),
    sentence: `of ${count(labels.length)} held-out images right (loss ${lossText(loss)})`,
    lines: (width) => [
      `${pc.bold('What the held-out images were taken for')} ${pc.dim('(rows: what they are)')}`,
      ...confusionLines(confusion, classes, width),
      ...(examples.length > 0 ? ['', pc.bold('Some of them'), ...judgedImageLines(examples, width)] : []),
    ],
    facts: { validLoss: loss, validAccuracy: accuracy, classes, confusion },
    // Plots need a document to draw in, which takes a moment to load.
    sections: async () => (await import('../report/image-sections.ts')).imageSections(confusion, classes, examples),
  };
}
