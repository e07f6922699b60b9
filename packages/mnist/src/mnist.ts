/**
 * The sets as datasets of tensors: the one file here that makes tensors. Where the bytes come from and how they become
 * numbers is the others' business.
 */
import { TensorDataset } from '@nn/data';
import { type Tensor, tensor } from '@nn/tensor';
import { type ImageSets, loadFashionMnist, loadMnist, type SourceOptions } from './load.ts';
import type { PixelStatistics } from './normalize.ts';
import { type PreparedSet, type PrepareOptions, prepare } from './prepare.ts';

/** Where a set comes from, and how its images become numbers. */
export interface MnistOptions extends SourceOptions, PrepareOptions {}

/** Images with their labels; sample i is `[image, label]`. */
export type MnistDataset = TensorDataset<readonly [images: Tensor, labels: Tensor]>;

/** A set ready to train with. `mean` and `std` are what was subtracted from the pixels in 0…1 and divided by. */
export interface MnistSets extends PixelStatistics {
  /** To train with. */
  readonly train: MnistDataset;
  /** Held out. */
  readonly valid: MnistDataset;
  /** The names of the classes, by label. */
  readonly classes: readonly string[];
}

/**
 * MNIST's handwritten digits. Without a source the 10,000 that come with the package: 9,000 to train with, 1,000 held out;
 * with `dir` or `download` the full set of 60,000 and 10,000.
 *
 * Images are float32 of shape (784), normalized by the mean and standard deviation of the training pixels; labels are int64
 * of shape (). The tensors live on the default backend. PyTorch: `torchvision.datasets.MNIST`.
 *
 * @throws ValueError for options that contradict each other, or files missing from `dir`
 * @throws FormatError for files that are damaged or not what they should be
 * @throws DownloadError when a file can't be had
 *
 * @example
 * ```ts
 * import { mnist } from '@nn/mnist';
 *
 * const { train, valid, classes } = await mnist();
 * const [image, label] = train.get(0);
 * console.log(train.length, valid.length, image.shape, classes[await label.item()]); // prints: 9000 1000 [ 784 ] 7
 * ```
 */
export async function mnist(options: MnistOptions = {}): Promise<MnistSets> {
  const { source, preparation } = split(options);
  return toDatasets('mnist', await loadMnist(source), preparation);
}

/**
 * Fashion-MNIST, ten kinds of clothes: 60,000 images to train with, 10,000 held out. From a folder or downloaded; none of
 * it comes with the package. Images and labels are as those of {@link mnist}. PyTorch: `torchvision.datasets.FashionMNIST`.
 *
 * @param options - `dir` or `download: true`, and how images become numbers
 * @throws ValueError without either; else as {@link mnist}
 *
 * @example
 * ```ts no-run
 * import { fashionMnist } from '@nn/mnist';
 *
 * const { train, classes } = await fashionMnist({ download: true, flatten: false });
 * const [image, label] = train.get(0);
 * console.log(image.shape, classes[await label.item()]); // [ 1, 28, 28 ] Ankle boot
 * ```
 */
export async function fashionMnist(options: MnistOptions): Promise<MnistSets> {
  const { source, preparation } = split(options);
  return toDatasets('fashionMnist', await loadFashionMnist(source), preparation);
}

function split(options: MnistOptions): { source: SourceOptions; preparation: PrepareOptions } {
  const { normalize, flatten, dtype, ...source } = options;
  return {
    source,
    preparation: {
      ...(normalize !== undefined && { normalize }),
      ...(flatten !== undefined && { flatten }),
      ...(dtype !== undefined && { dtype }),
    },
  };
}

function toDatasets(op: string, sets: ImageSets, options: PrepareOptions): MnistSets {
  const { train, valid, mean, std } = prepare(op, sets, options);
  return { train: dataset(train), valid: dataset(valid), classes: sets.classes, mean, std };
}

function dataset({ x, xShape, y }: PreparedSet): MnistDataset {
  return new TensorDataset(tensor(x, { shape: xShape }) as Tensor, tensor(y, { dtype: 'int64' }) as Tensor);
}
