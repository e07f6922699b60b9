/** Batches of a dataset, in order or shuffled, as an asynchronous iteration. */
import { ValueError } from '@nn/backend';
import { breathe, checkNamed } from '@nn/tensor/internal';
import { type Collated, defaultCollate } from './collate.ts';
import { isBatched, type Source, sampleOf } from './dataset.ts';
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
 * Iterates over batches; PyTorch: `DataLoader`. Each `for await` is an epoch, with a new order if shuffled. Between batches memory gets a chance to be given back.
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
export class DataLoader<Sample, Batch = BatchOf<Sample>> implements AsyncIterable<Batch> {
  readonly dataset: Source<Sample>;
  readonly #batches: Sampler<readonly number[]>;
  readonly #generator: Generator | undefined;
  // Any samples: a loader of some is a loader of more.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly #collate: ((samples: any[]) => Batch | Promise<Batch>) | null;
  #given = 0;
  #began: GeneratorState | null = null;
  #resume: LoaderState | null = null;

  constructor(dataset: Source<Sample>, options: DataLoaderOptions<Sample, Batch> = {}) {
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
    if (!Number.isInteger(dataset?.length))
      throw new ValueError(
        'DataLoader',
        `got ${String(dataset)}, which has no length; wrap tensors: new TensorDataset(x, y)`,
      );
    this.dataset = dataset;
    const order =
      sampler ??
      (shuffle && dataset.length > 0
        ? new RandomSampler(dataset, generator === undefined ? {} : { generator })
        : new SequentialSampler(dataset));
    this.#batches = batchSampler ?? new BatchSampler(order, batchSize, { dropLast });
    this.#collate = collate ?? null;
    this.#generator = generator;
  }

  /** Batches an epoch; PyTorch: `len(loader)`. */
  get length(): number {
    return this.#batches.length;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Batch, undefined> {
    const { generator } = this.#batches;
    const resumed = this.#resume;
    this.#resume = null;
    const now = generator === undefined ? null : getState(generator);
    const start = resumed?.generator ?? now;
    if (generator !== undefined && start !== null) setState(generator, start);
    this.#began = start;
    this.#given = 0;
    const isMiddle = resumed !== null && resumed.batches > 0;
    const own = this.#generator ?? defaultGenerator;
    // The seed that PyTorch draws for workers at the start of an epoch.
    if (!isMiddle || generator === own) own.laws?.wide();
    const batches = this.#batches[Symbol.iterator]();
    let next = batches.next();
    // In the middle of an epoch its order is drawn again, and what else the generator gave since stays given.
    if (isMiddle && generator !== undefined && now !== null) setState(generator, now);
    for (; next.done !== true; next = batches.next()) {
      this.#given++;
      if (resumed !== null && this.#given <= resumed.batches) continue;
      yield await this.#read(next.value);
      await breathe();
    }
    this.#given = 0;
    this.#began = null;
  }

  async #read(indices: readonly number[]): Promise<Batch> {
    const { dataset } = this;
    if (this.#collate === null && isBatched(dataset)) return dataset.batch(indices) as unknown as Batch;
    const samples = await Promise.all(indices.map((i) => sampleOf(dataset, i)));
    return this.#collate === null ? (defaultCollate(samples) as unknown as Batch) : this.#collate(samples);
  }

  /** Where the running epoch is. */
  stateDict(): LoaderState {
    const { generator } = this.#batches;
    return { batches: this.#given, generator: this.#began ?? (generator === undefined ? null : getState(generator)) };
  }

  /** Makes the next iteration go on where a state was taken: same order, the batches that were given out skipped. */
  loadStateDict(state: LoaderState): void {
    if (!Number.isInteger(state.batches) || state.batches < 0 || state.batches > this.length)
      throw new ValueError(
        'DataLoader.loadStateDict',
        `the state is ${state.batches} batches into an epoch of ${this.length}; was it made with other data or another batch size?`,
      );
    this.#resume = state;
  }
}
