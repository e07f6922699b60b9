/** The sets of images that can be chosen by name or folder, and what makes out that they are the same ones again. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type DownloadProgress, fashionMnist, type MnistDataset, type MnistSets, mnist } from '@nn/mnist';
import { Failure } from '../failure.ts';
import type { TrainingOptions } from '../options/training-options.ts';

/** What makes out a set: sizes, exact statistics of all training pixels, and a digest of the labels. */
export interface Fingerprint {
  readonly train: number;
  readonly valid: number;
  readonly mean: number;
  readonly std: number;
  readonly labels: string;
}

export interface Data extends MnistSets {
  /** A short name, fit for a file. */
  readonly name: string;
  readonly fingerprint: Fingerprint;
}

/** Where Debian's package dataset-fashion-mnist puts the files. */
const debianFolder = '/usr/share/datasets/fashion-mnist';

type Source = Pick<TrainingOptions, 'dataset' | 'download'>;
type OnProgress = (progress: DownloadProgress) => void;

/** Images and labels on the default backend. `onProgress` hears how far a download is. */
export async function loadData(source: Source, onProgress: OnProgress = () => {}): Promise<Data> {
  const sets = await readSets(source, onProgress);
  if (sets.train.length === 0 || sets.valid.length === 0)
    throw new Failure(`--dataset ${source.dataset}: there are no images in it`);
  const { train, valid, mean, std } = sets;
  const labels = createHash('sha256');
  for (const { tensors } of [train, valid]) labels.update(Int32Array.from(await tensors[1].data()));
  return {
    ...sets,
    name: dataName(source),
    fingerprint: { train: train.length, valid: valid.length, mean, std, labels: labels.digest('hex') },
  };
}

function readSets({ dataset, download }: Source, onProgress: OnProgress): Promise<MnistSets> {
  if (dataset === 'mnist') return mnist(download ? { download, onProgress } : {});
  if (dataset === 'fashion') {
    if (download) return fashionMnist({ download, onProgress });
    if (existsSync(debianFolder)) return fashionMnist({ dir: debianFolder });
    throw new Failure(
      '--dataset fashion: no images of Fashion-MNIST are on this machine; add --download, or give the folder with its four IDX files',
    );
  }
  if (download) throw new Failure(`--download: there is nothing to download for a folder (${dataset}); leave it out`);
  const dir = resolve(dataset);
  // The files don't say what their classes are called; a folder's name is the only hint.
  return /fashion/i.test(dir) ? fashionMnist({ dir }) : mnist({ dir });
}

/** A name for the folder of a run. */
export const dataName = ({ dataset }: Pick<Source, 'dataset'>): string =>
  basename(resolve(dataset))
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '') || 'data';

/** The pixels of an image as they were, 0 paper to 1 ink. */
export async function pixelsOf(
  set: MnistDataset,
  index: number,
  { mean, std }: Pick<Data, 'mean' | 'std'>,
): Promise<Float32Array> {
  const pixels = await set.tensors[0].select(0, index).data();
  return Float32Array.from(pixels, (value) => Math.min(1, Math.max(0, value * std + mean)));
}
