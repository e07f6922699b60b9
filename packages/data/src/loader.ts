/** Batches of a dataset, in order or shuffled, as an asynchronous iteration. */
import { ValueError } from '@nn/backend';
import { breathe, checkNamed } from '@nn/tensor/internal';
import { type Collated, defaultCollate } from './collate.ts';
import { isBatched, isIndexable, type Source, sampleOf } from './dataset.ts';
import { Groups, type IterableDataset, isIterable } from './iterable.ts';
import { defaultGenerator, type Generator, type GeneratorState, getState, setState } from './random.ts';
import { BatchSampler, RandomSampler, type Sampler, SequentialSampler } from './samplers.ts';

export interface DataLoaderOptions<Sample, Batch> {
  /** Samples a batch; 1. The last batch may be smaller. */
  readonly batchSize?: number;
  /** A new random order each epoch; false. */
  readonly shuffle?: boolean;
  /** Leave out a last batch that is smaller; false. */
  readonly dropLast?: boolean;
  /** The order of samples, instead of `shuffle`. */
  readonly sampler?: Sampler;
  /** The batches themselves, instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  readonly batchSampler?: Sampler<readonly number[]>;
  /** Makes a batch of samples; `defaultCollate`. */
  readonly collate?: (samples: Sample[]) => Batch | Promise<Batch>;
  /** Where the shuffled order comes from; the default generator, which `manualSeed` seeds. */
  readonly generator?: Generator;
}

/** Where a loader is: enough to go on in the middle of an epoch with the same batches. */
export interface LoaderState {
  /** Batches of the running epoch that were given out. */
  readonly batches: number;
  /** The generator as it was when the epoch began; null for loaders that draw no random numbers. */
  readonly generator: GeneratorState | null;
}

/** One batch of what `get` gives. */
export type BatchOf<Sample> = Collated<Sample>;

/**
 * Iterates over batches; PyTorch: `DataLoader`. Each `for await` is an epoch, with a new order if shuffled. Between batches memory gets a chance to be given back. An `IterableDataset` has its samples read as they come, in its own order.
 * `DataLoader<Sample>` is one of samples with numbers, whose `dataset.length` is a number; a function that takes any loader takes an `AsyncIterable<Batch>`.
 * @example
 * ```ts
 * import { DataLoader, TensorDataset } from '@nn/data';
 * import { arange } from '@nn/tensor';
 * const rows = new TensorDataset(arange(5));
 * for await (const [x] of new DataLoader(rows, { batchSize: 2 })) console.log(await x.toArray());
 * // prints:
 * // [ 0, 1 ]
 * // [ 2, 3 ]
 * // [ 4 ]
 * ```
 */
export class DataLoader<
  Sample,
  Batch = BatchOf<Sample>,
  Data extends Source<Sample> | IterableDataset<Sample> = Source<Sample>,
> implements AsyncIterable<Batch>
{
  readonly dataset: Data;
  readonly #batches: Sampler<readonly number[]> | Groups<Sample>;
  readonly #generator: Generator | undefined;
  // Any samples: a loader of some is a loader of more.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly #collate: ((samples: any[]) => Batch | Promise<Batch>) | null;
  #given = 0;
  #began: GeneratorState | null = null;
  #resume: LoaderState | null = null;

  constructor(
    dataset: Data & (Source<Sample> | IterableDataset<Sample>),
    options: DataLoaderOptions<Sample, Batch> = {},
  ) {
    const {
      batchSize = 1,
      shuffle = false,
      dropLast = false,
      sampler,
      batchSampler,
      collate,
      generator,
      ...rest
    } = checkNamed('DataLoader', options);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined)
      throw new ValueError(
        'DataLoader',
        `has no option ${unknown}; there are batchSize, shuffle, dropLast, sampler, batchSampler, collate, generator`,
      );
    if (sampler !== undefined && shuffle)
      throw new ValueError('DataLoader', 'sampler and shuffle exclude each other: the sampler is the order');
    if (batchSampler !== undefined && (options.batchSize !== undefined || shuffle || sampler !== undefined || dropLast))
      throw new ValueError(
        'DataLoader',
        'batchSampler makes the batches alone: leave out batchSize, shuffle, sampler and dropLast',
      );
    this.dataset = dataset;
    if (isIndexable(dataset)) {
      const order =
        sampler ??
        (shuffle && dataset.length > 0
          ? new RandomSampler(dataset, generator === undefined ? {} : { generator })
          : new SequentialSampler(dataset));
      this.#batches = batchSampler ?? new BatchSampler(order, batchSize, { dropLast });
    } else {
      checkIterable(dataset, { shuffle: shuffle || undefined, sampler, batchSampler });
      this.#batches = new Groups(dataset, batchSize, dropLast);
    }
    this.#collate = collate ?? null;
    this.#generator = generator;
  }

  /** Batches an epoch; PyTorch: `len(loader)`. An error where the dataset is an iterable that has no `length`. */
  get length(): number {
    return this.#batches.length;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Batch, undefined> {
    const resumed = this.#resume;
    this.#resume = null;
    this.#given = 0;
    const done = resumed?.batches ?? 0;
    let given = 0;
    for await (const group of this.#begin(resumed)) {
      this.#given = ++given;
      if (given > done) yield await this.#read(group);
      await breathe();
    }
    this.#given = 0;
    this.#began = null;
    if (given < done)
      throw new ValueError(
        'DataLoader',
        `the state is ${done} batches into an epoch, which ended after ${given}; was it made with other data or another batch size, or can the dataset be iterated over only once?`,
      );
  }

  /** Begins an epoch: what its batches are made of. */
  #begin(resumed: LoaderState | null): Iterable<readonly number[]> | Groups<Sample> {
    const { generator } = this.#batches;
    const now = generator === undefined ? null : getState(generator);
    const start = resumed?.generator ?? now;
    if (generator !== undefined && start !== null) setState(generator, start);
    this.#began = start;
    const isMiddle = resumed !== null && resumed.batches > 0;
    const own = this.#generator ?? defaultGenerator;
    // The seed that PyTorch draws for workers at the start of an epoch.
    if (!isMiddle || generator === own) own.laws?.wide();
    if (this.#batches instanceof Groups) return this.#batches;
    const batches = this.#batches[Symbol.iterator]();
    const first = batches.next();
    // In the middle of an epoch its order is drawn again, and what else the generator gave since stays given.
    if (isMiddle && generator !== undefined && now !== null) setState(generator, now);
    return rest(first, batches);
  }

  /** The batch of some samples, or of their numbers. */
  async #read(group: readonly number[] | Sample[]): Promise<Batch> {
    const { dataset } = this;
    let samples = group as Sample[];
    if (isIndexable(dataset)) {
      const indices = group as readonly number[];
      if (this.#collate === null && isBatched(dataset)) return dataset.batch(indices) as unknown as Batch;
      samples = await Promise.all(indices.map((i) => sampleOf(dataset, i)));
    }
    return this.#collate === null ? (defaultCollate(samples) as unknown as Batch) : this.#collate(samples);
  }

  /** Where the running epoch is. */
  stateDict(): LoaderState {
    const { generator } = this.#batches;
    return { batches: this.#given, generator: this.#began ?? (generator === undefined ? null : getState(generator)) };
  }

  /** Makes the next iteration go on where a state was taken: same order, the batches that were given out skipped. An iterable is read from its start, and what was given out dropped. */
  loadStateDict(state: LoaderState): void {
    const length = this.#batches instanceof Groups ? Number.POSITIVE_INFINITY : this.length;
    if (!Number.isInteger(state.batches) || state.batches < 0 || state.batches > length)
      throw new ValueError(
        'DataLoader.loadStateDict',
        `the state is ${state.batches} batches into an epoch of ${length}; was it made with other data or another batch size?`,
      );
    this.#resume = state;
  }
}

/** An iteration whose first step was taken. */
function* rest<T>(first: IteratorResult<T>, others: Iterator<T>): IterableIterator<T> {
  for (let next = first; next.done !== true; next = others.next()) yield next.value;
}

/** Refuses what gives no samples, and an order of samples that come as they come. */
function checkIterable(dataset: unknown, orders: Readonly<Record<string, unknown>>): void {
  if (typeof dataset === 'function')
    throw new ValueError(
      'DataLoader',
      `got the function ${dataset.name}; call it, or pass { [Symbol.asyncIterator]: ${dataset.name || 'f'} }, which each epoch calls anew`,
    );
  if (!isIterable(dataset))
    throw new ValueError(
      'DataLoader',
      `got ${String(dataset)}, which has no length and get, and no iterator; wrap tensors: new TensorDataset(x, y)`,
    );
  const order = Object.keys(orders).find((name) => orders[name] !== undefined);
  if (order !== undefined)
    throw new ValueError(
      'DataLoader',
      `expected unspecified ${order} option: an iterable gives its samples in an order of its own; leave ${order} out, or collect the samples in an array`,
    );
}
