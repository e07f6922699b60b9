/**
 * A set of labelled grey images as plain arrays, and how it is made from a pair of IDX files. Knows nothing of where the
 * files come from, and nothing of tensors.
 */
import { FormatError } from '@nn/backend';
import { readIdx } from './idx.ts';

/** Grey images of 28 × 28 with a class number each. */
export interface LabelledImages {
  /** Grey values, 0 paper to 255 ink, row after row, image after image. */
  readonly images: Uint8Array;
  /** Class numbers, one for each image. */
  readonly labels: Uint8Array;
  /** Number of images, rows, columns. */
  readonly shape: readonly [count: number, rows: 28, columns: 28];
}

/** The bytes of a file and what to call it in errors. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads one set from its two IDX files, plain or gzip.
 *
 * @throws FormatError when a file is damaged, isn't 28 × 28 bytes an image, has another number of labels than images, or a
 * label of `classes` or more
 */
export async function readLabelledImages(
  op: string,
  imageFile: NamedBytes,
  labelFile: NamedBytes,
  classes: number,
): Promise<LabelledImages> {
  const images = await readIdx(imageFile.bytes, { name: imageFile.name, type: 'uint8', shape: [null, 28, 28] });
  const labels = await readIdx(labelFile.bytes, { name: labelFile.name, type: 'uint8', shape: [null] });
  const count = images.shape[0]!;
  if (labels.shape[0] !== count) {
    throw new FormatError(
      op,
      `${imageFile.name} has ${count} images and ${labelFile.name} has ${labels.shape[0]} labels; are they of one set?`,
    );
  }
  const bad = labels.data.findIndex((label) => label >= classes);
  if (bad >= 0) {
    throw new FormatError(
      op,
      `${labelFile.name}: label ${bad} is ${labels.data[bad]}, expected less than ${classes}; these labels belong to another set`,
    );
  }
  return { images: images.data as Uint8Array, labels: labels.data as Uint8Array, shape: [count, 28, 28] };
}
