/** The images of a file, IDX or PNG, as the pixels that models are trained with: 0 paper to 1 ink. */
import { readFile } from 'node:fs/promises';
import { mnistClasses, readIdx } from '@nn/mnist';
import { explained, Failure } from '../failure.ts';
import { isPng, readPng } from './grey-image.ts';
import { type Fitting, toModelSize } from './to-model-size.ts';

/** Images one after the other, 784 pixels each. */
export interface Images {
  readonly count: number;
  readonly pixels: Float32Array;
}

const read = (path: string): Promise<Uint8Array> =>
  readFile(path).catch((error: unknown) => {
    throw explained(`can't read ${path}`, error);
  });

/** Reads a file of either kind. `classes` tell how drawings must be fitted. */
export async function readImages(path: string, classes: readonly string[]): Promise<Images> {
  const bytes = await read(path);
  if (isPng(bytes)) return { count: 1, pixels: toModelSize(path, readPng(path, bytes), fittingOf(classes)) };
  if (!mayBeIdx(bytes))
    throw new Failure(
      `${path} is neither a PNG nor an IDX file; save the image as a PNG, or give an IDX file of images`,
    );
  const { shape, data } = await readIdx(bytes, { name: path, type: 'uint8', shape: [null, 28, 28] });
  if (shape[0] === 0) throw new Failure(`${path}: there are no images in it`);
  return { count: shape[0]!, pixels: Float32Array.from(data, (value) => value / 255) };
}

/** Whether a file begins as IDX does, plain or in gzip; one that is too short to tell is left to the reader of IDX. */
const mayBeIdx = ([first, second]: Uint8Array): boolean =>
  second === undefined || (first === 0 && second === 0) || (first === 0x1f && second === 0x8b);

const fittingOf = (classes: readonly string[]): Fitting =>
  classes.length === mnistClasses.length && classes.every((name, i) => name === mnistClasses[i]) ? 'digit' : 'clothes';

/** Reads the labels of as many images. */
export async function readLabels(path: string, count: number, classes: number): Promise<Uint8Array> {
  const { shape, data } = await readIdx(await read(path), { name: path, type: 'uint8', shape: [null] });
  if (shape[0] !== count) throw new Failure(`${path} has ${shape[0]} labels for ${count} images; are they of one set?`);
  const wrong = data.findIndex((label) => label >= classes);
  if (wrong >= 0)
    throw new Failure(`${path}: label ${wrong} is ${data[wrong]}, but the model knows ${classes} classes`);
  return data as Uint8Array;
}
