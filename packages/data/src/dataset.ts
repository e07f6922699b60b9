/** Where samples come from: anything with a length and a `get`. */
import { IndexError, ShapeError, ValueError } from '@nn/backend';
import { select, Tensor } from '@nn/tensor';
import { type IterableDataset, isIterable } from './iterable.ts';
import { lengthOf } from './sized.ts';
import { rows } from './tensors.ts';

/** A map-style dataset; PyTorch: `torch.utils.data.Dataset`. Reading a sample may be asynchronous. */
export interface Dataset<Sample> {
  /** Number of samples. */
  readonly length: number;
  /** Sample number `index`, from 0; PyTorch: `dataset[index]`. A batch's are asked for at once: what is random about one is drawn before its first `await`. */
  get(index: number): Sample | Promise<Sample>;
}

/** A dataset that can make a whole batch at once, equal to what the default collation makes of its samples. */
export interface BatchedDataset<Sample> extends Dataset<Sample> {
  batch(indices: readonly number[]): Sample;
}

/** What has its samples by number: a dataset, or an array of them. */
export type Source<Sample> = Dataset<Sample> | readonly Sample[];

/** Whether samples can be read by number. What has no `get` isn't asked for its length, which may be an error. */
export const isIndexable = <Sample>(source: Source<Sample> | IterableDataset<Sample>): source is Source<Sample> =>
  Array.isArray(source) ||
  (typeof (source as Partial<Dataset<Sample>>)?.get === 'function' && Number.isInteger(source.length));

/** How many samples a source has, for what reads them by number. */
export function sizeOf(op: string, source: Source<unknown>): number {
  if (!isIndexable(source) && isIterable(source))
    throw new ValueError(
      op,
      `got an iterable, which has no sample number i; collect its samples in an array first, or give it to a DataLoader, which reads it as it comes`,
    );
  return lengthOf(op, source);
}

export const isBatched = <Sample>(source: Source<Sample>): source is BatchedDataset<Sample> =>
  'batch' in source && typeof source.batch === 'function';

/** An index counted from either end, checked. */
function checkIndex(op: string, index: number, length: number): number {
  if (!Number.isInteger(index) || index < -length || index >= length)
    throw new IndexError(op, `index ${index} is out of bounds for ${length} samples`);
  return index < 0 ? index + length : index;
}

/** The sample at an index of a dataset or array. */
export function sampleOf<Sample>(source: Source<Sample>, index: number): Sample | Promise<Sample> {
  if (!Array.isArray(source)) return (source as Dataset<Sample>).get(index);
  return source[checkIndex('DataLoader', index, source.length)] as Sample;
}

/**
 * Rows of tensors side by side: sample i is `[tensors[0][i], tensors[1][i], …]`; PyTorch: `TensorDataset`.
 * @example
 * ```ts
 * import { TensorDataset } from '@nn/data';
 * import { tensor } from '@nn/tensor';
 * const pairs = new TensorDataset(tensor([[1, 2], [3, 4]]), tensor([0n, 1n]));
 * const [x, y] = pairs.get(1);
 * console.log(pairs.length, await x.toArray(), await y.item()); // prints: 2 [ 3, 4 ] 1
 * ```
 */
export class TensorDataset<T extends readonly Tensor[]> implements BatchedDataset<T> {
  readonly tensors: T;
  constructor(...tensors: T) {
    const [first] = tensors;
    if (first === undefined) throw new ValueError('TensorDataset', 'needs at least one tensor');
    tensors.forEach((t, i) => {
      if (isIterable(t) && !('length' in t))
        throw new ValueError(
          'TensorDataset',
          `input ${i} is an iterable, no tensor; a DataLoader reads it as it comes`,
        );
      if (!(t instanceof Tensor))
        throw new ValueError('TensorDataset', `input ${i} is ${typeof t}, no tensor; wrap it: tensor(…)`);
      if (t.ndim === 0 || t.shape[0] !== first.shape[0])
        throw new ShapeError(
          'TensorDataset',
          `tensor ${i} has ${t.ndim === 0 ? 'no rows' : `${t.shape[0]} rows`}, tensor 0 has ${first.shape[0]}; all must have as many`,
        );
    });
    this.tensors = tensors;
  }

  get length(): number {
    return this.tensors[0]!.shape[0]!;
  }

  get(index: number): T {
    const i = checkIndex('TensorDataset', index, this.length);
    return this.tensors.map((t) => select(t, 0, i)) as unknown as T;
  }

  /** Rows of all tensors, gathered in one launch each. */
  batch(indices: readonly number[]): T {
    const own = indices.map((i) => checkIndex('TensorDataset', i, this.length));
    return this.tensors.map((t) => rows(t, own)) as unknown as T;
  }
}

/** Some samples of another dataset, in a given order; PyTorch: `Subset`. */
export class Subset<Sample> implements Dataset<Sample> {
  readonly dataset: Source<Sample>;
  readonly indices: readonly number[];
  constructor(dataset: Source<Sample>, indices: readonly number[]) {
    this.dataset = dataset;
    const length = sizeOf('Subset', dataset);
    lengthOf('Subset', indices);
    this.indices = Array.from(indices, (i) => checkIndex('Subset', i, length));
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: number): Sample | Promise<Sample> {
    return sampleOf(this.dataset, this.indices[checkIndex('Subset', index, this.length)]!);
  }

  /** Present where the dataset below makes whole batches. */
  get batch(): ((indices: readonly number[]) => Sample) | undefined {
    const { dataset } = this;
    if (!isBatched(dataset)) return undefined;
    return (indices) => dataset.batch(indices.map((i) => this.indices[checkIndex('Subset', i, this.length)]!));
  }
}

/** Datasets one after the other; PyTorch: `ConcatDataset`. */
export class ConcatDataset<Sample> implements Dataset<Sample> {
  readonly datasets: readonly Source<Sample>[];
  /** Index of the first sample after each part. */
  readonly #ends: readonly number[];
  constructor(datasets: readonly Source<Sample>[]) {
    if (lengthOf('ConcatDataset', datasets) === 0) throw new ValueError('ConcatDataset', 'needs at least one dataset');
    this.datasets = datasets;
    let end = 0;
    this.#ends = datasets.map((d) => (end += sizeOf('ConcatDataset', d)));
  }

  get length(): number {
    return this.#ends[this.#ends.length - 1]!;
  }

  get(index: number): Sample | Promise<Sample> {
    const i = checkIndex('ConcatDataset', index, this.length);
    const part = this.#ends.findIndex((end) => i < end);
    return sampleOf(this.datasets[part]!, i - (part === 0 ? 0 : this.#ends[part - 1]!));
  }
}
