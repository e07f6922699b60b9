/**
 * MNIST and Fashion-MNIST as plain arrays: built in, from a folder, or downloaded. Knows nothing of tensors.
 */
import { ValueError } from '@nn/backend';
import { loadBuiltIn } from './built-in.ts';
import { type FourFiles, fashionMnistPublication, mnistPublication, type Publication } from './catalogue.ts';
import { type DownloadOptions, downloadFiles } from './download.ts';
import { readFolder } from './folder.ts';
import { type LabelledImages, type NamedBytes, readLabelledImages } from './labelled-images.ts';

/** Where a set comes from. */
export interface SourceOptions extends DownloadOptions {
  /**
   * A folder with the four IDX files under their usual names (`train-images-idx3-ubyte` and so on; `.idx` in place of
   * `-idx` and `.gz` at the end will do). Node only.
   */
  dir?: string;
  /** Fetch the four published files, checked by SHA-256 and cached. The network is used only with `true`. Default false. */
  download?: boolean;
}

/** A set as plain arrays. */
export interface ImageSets {
  /** To train with. */
  readonly train: LabelledImages;
  /** Held out. */
  readonly valid: LabelledImages;
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
}

/**
 * MNIST's digits as bytes. Without options 10,000 of them that come with the package: 9,000 to train with and 1,000 held
 * out (100 of each class), always in the same order. With `dir` or `download` the full set: 60,000 and 10,000.
 *
 * @throws ValueError for options that contradict each other, or files missing from `dir`
 * @throws FormatError for files that are damaged or not what they should be
 * @throws DownloadError when a file can't be had
 *
 * @example
 * ```ts
 * import { loadMnist } from '@nn/mnist';
 *
 * const { train, valid, classes } = await loadMnist();
 * console.log(train.shape, valid.shape, classes.length); // prints: [ 9000, 28, 28 ] [ 1000, 28, 28 ] 10
 * ```
 */
export async function loadMnist(options: SourceOptions = {}): Promise<ImageSets> {
  const files = await readFiles('mnist', mnistPublication, options);
  if (files === undefined) return { ...(await loadBuiltIn()), classes: mnistPublication.classes };
  return readSets('mnist', files, mnistPublication);
}

/**
 * Fashion-MNIST as bytes, from a folder or downloaded; none of it comes with the package.
 *
 * @param options - `dir` or `download: true`
 * @throws ValueError without either; else as {@link loadMnist}
 *
 * @example
 * ```ts no-run
 * import { loadFashionMnist } from '@nn/mnist';
 *
 * const { train, classes } = await loadFashionMnist({ download: true });
 * console.log(classes[train.labels[0]!]); // Ankle boot
 * ```
 */
export async function loadFashionMnist(options: SourceOptions): Promise<ImageSets> {
  const files = await readFiles('fashionMnist', fashionMnistPublication, options);
  if (files === undefined) {
    throw new ValueError(
      'fashionMnist',
      'no images of Fashion-MNIST come with the package; pass dir: a folder with its four files, or download: true',
    );
  }
  return readSets('fashionMnist', files, fashionMnistPublication);
}

async function readFiles(
  op: string,
  publication: Publication,
  { dir, download = false, ...downloading }: SourceOptions = {},
): Promise<FourFiles<NamedBytes> | undefined> {
  if (dir !== undefined && download) throw new ValueError(op, 'dir and download: true exclude each other; pass one');
  if (download) return downloadFiles(op, publication, downloading);
  for (const option of ['mirror', 'cacheDir'] as const) {
    if (downloading[option] !== undefined) throw new ValueError(op, `${option} is for downloads; add download: true`);
  }
  return dir === undefined ? undefined : readFolder(op, dir);
}

async function readSets(op: string, files: FourFiles<NamedBytes>, { classes }: Publication): Promise<ImageSets> {
  return {
    train: await readLabelledImages(op, files.trainImages, files.trainLabels, classes.length),
    valid: await readLabelledImages(op, files.validImages, files.validLabels, classes.length),
    classes,
  };
}
