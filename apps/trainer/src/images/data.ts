/** The sets of images that can be chosen by name or folder, and what makes out that they are the same ones again. */
import '@nn/tensor/methods';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fashionMnist, type MnistDataset, type MnistSets, mnist } from '@nn/mnist';
import { select } from '@nn/tensor';
import { explained, Failure } from '../failure.ts';
import type { TrainingOptions } from '../options/training-options.ts';
import { dataName } from '../training/data-name.ts';
import type { Fingerprint, OnDownload } from '../training/task.ts';

export interface ImageData extends MnistSets {
  /** A short name, fit for a file. */
  readonly name: string;
  /** Sizes, exact statistics of all training pixels, and a digest of the labels. */
  readonly fingerprint: Fingerprint;
}

/** Where Debian's package dataset-fashion-mnist puts the files. */
const debianFolder = '/usr/share/datasets/fashion-mnist';

type Source = Pick<TrainingOptions, 'dataset' | 'download'>;

/** Images and labels on the default backend. `onProgress` hears how far a download is. */
export async function loadImages(source: Source, onProgress: OnDownload = () => {}): Promise<ImageData> {
  const sets = await readSets(source, onProgress);
  if (sets.train.length === 0 || sets.valid.length === 0)
    throw new Failure(`--dataset ${source.dataset}: there are no images in it`);
  const { train, valid, mean, std } = sets;
  const labels = createHash('sha256');
  for (const { tensors } of [train, valid]) labels.update(Int32Array.from(await tensors[1].data()));
  return {
    ...sets,
    name: dataName(source.dataset),
    fingerprint: { train: train.length, valid: valid.length, mean, std, labels: labels.digest('hex') },
  };
}

function readSets({ dataset, download }: Source, onProgress: OnDownload): Promise<MnistSets> {
  if (dataset === 'mnist') return mnist(download ? { download, onProgress } : {});
  if (dataset === 'fashion') {
    if (download) return fashionMnist({ download, onProgress });
    if (existsSync(debianFolder)) return fashionMnist({ dir: debianFolder });
    throw new Failure(
      '--dataset fashion: no images of Fashion-MNIST are on this machine; add --download, or give the folder with its four IDX files',
    );
  }
  if (download) throw new Failure(`--download: there is nothing to download for a folder (${dataset}); leave it out`);
  const dir = folderOf(dataset);
  // The files don't say what their classes are called; a folder's name is the only hint.
  return /fashion/i.test(dir) ? fashionMnist({ dir }) : mnist({ dir });
}

/** The whole path of a folder that is there. */
function folderOf(dataset: string): string {
  const dir = resolve(dataset);
  const found = lookAt(dir);
  if (found?.isDirectory() === true) return dir;
  throw new Failure(
    found === undefined
      ? `--dataset ${dataset}: there is no such folder; give mnist, fashion, or a folder of IDX files`
      : `--dataset ${dataset}: it is a file; images come from a folder of IDX files, and a text is for --model gpt`,
  );
}

function lookAt(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw explained(`can't read ${path}`, error);
  }
}

/** The pixels of an image as they were, 0 paper to 1 ink. */
export async function pixelsOf(
  set: MnistDataset,
  index: number,
  { mean, std }: Pick<ImageData, 'mean' | 'std'>,
): Promise<Float32Array> {
  const pixels = await select(set.tensors[0], 0, index).data();
  return Float32Array.from(pixels, (value) => Math.min(1, Math.max(0, value * std + mean)));
}
