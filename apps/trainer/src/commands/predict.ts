/** `nn-train predict`: what is on the images of a file. */
import { setBackend } from '@nn/tensor';
import { classifierOf } from '../images/classifier.ts';
import type { TrainingOptions } from '../options/training-options.ts';
import { type Prediction, predict } from '../predict/predict.ts';
import { type Images, readImages, readLabels } from '../predict/read-images.ts';
import { count, percent } from '../terminal/format.ts';
import { probabilityLines } from '../terminal/probability-bars.ts';
import { openBackend } from '../training/backend.ts';
import { loadModel } from '../training/load-model.ts';

export interface PredictArguments {
  readonly file: string;
  readonly checkpoint: string;
  readonly labels?: string | undefined;
  readonly backend: TrainingOptions['backend'];
  readonly json: boolean;
}

/** Returns the exit code. */
export async function runPredict(args: PredictArguments): Promise<number> {
  const { file, checkpoint, labels: labelFile, backend, json } = args;
  setBackend(await openBackend({ backend, threads: null, vectors: '128' }));
  const { stored, model } = await loadModel(checkpoint, classifierOf);
  const { classes } = stored;
  const images = await readImages(file, classes);
  const labels = labelFile === undefined ? null : await readLabels(labelFile, images.count, classes.length);
  const show = json ? asJson : images.count === 1 ? asDrawing(images) : asLine(images.count);
  let right = 0;
  for await (const prediction of predict(model, stored, images)) {
    const label = labels?.[prediction.index];
    if (label === prediction.predicted) right++;
    process.stdout.write(`${show(prediction, classes, label)}\n`);
  }
  if (labels !== null)
    process.stdout.write(
      `${json ? JSON.stringify({ images: images.count, accuracy: right / images.count }) : `${percent(right / images.count)} of ${count(images.count)} images right`}\n`,
    );
  return 0;
}

type Show = (prediction: Prediction, classes: readonly string[], label: number | undefined) => string;

const asJson: Show = ({ index, predicted, probabilities }, classes, label) =>
  JSON.stringify({
    index,
    prediction: classes[predicted],
    confidence: probabilities[predicted],
    probabilities,
    ...(label !== undefined && { label: classes[label] }),
  });

const asLine =
  (images: number): Show =>
  ({ index, predicted, probabilities }, classes, label) => {
    const number = String(index).padStart(String(images - 1).length);
    const share = percent(probabilities[predicted]!).padStart(7);
    const verdict = label === undefined || label === predicted ? '' : `  wrong: is ${classes[label]}`;
    return `${number}  ${classes[predicted]}  ${share}${verdict}`;
  };

const asDrawing =
  ({ pixels }: Images): Show =>
  ({ predicted, probabilities }, classes, label) => {
    const picture = { pixels, width: 28, height: 28 };
    const lines = probabilityLines(picture, probabilities, classes, process.stdout.columns || 80);
    const verdict = label === undefined ? '' : label === predicted ? ' (right)' : ` (wrong: is ${classes[label]})`;
    return [...lines, '', `${classes[predicted]}, ${percent(probabilities[predicted]!)}${verdict}`].join('\n');
  };
