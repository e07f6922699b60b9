/** Probabilities of the classes for images. */
import { noGrad } from '@nn/autograd';
import type { Module } from '@nn/nn';
import { softmax, tensor } from '@nn/tensor';
import type { Classifier } from '../images/classifier.ts';
import type { Images } from './read-images.ts';

/** What the model makes of one image. */
export interface Prediction {
  readonly index: number;
  /** The number of the class. */
  readonly predicted: number;
  readonly probabilities: readonly number[];
}

const batchSize = 500;

/** Predictions in the order of the images. */
export async function* predict(
  model: Module,
  { mean, std, classes }: Pick<Classifier, 'mean' | 'std' | 'classes'>,
  images: Images,
): AsyncGenerator<Prediction> {
  const inputs = images.pixels.length / images.count;
  for (let from = 0; from < images.count; from += batchSize) {
    const rows = Math.min(batchSize, images.count - from);
    const pixels = images.pixels.subarray(from * inputs, (from + rows) * inputs);
    const x = tensor(
      pixels.map((value) => (value - mean) / std),
      { shape: [rows, inputs] },
    );
    const data = await noGrad(() => softmax(model.forward(x), 1)).data();
    for (let row = 0; row < rows; row++) {
      const probabilities = Array.from(data.subarray(row * classes.length, (row + 1) * classes.length));
      yield { index: from + row, predicted: probabilities.indexOf(Math.max(...probabilities)), probabilities };
    }
  }
}
