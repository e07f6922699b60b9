/** Samples as they come: what can be iterated over, but has no sample number i. */
import { ValueError } from '@nn/backend';
import { checkBatchSize } from './sized.ts';

/**
 * A dataset whose samples come one after the other, asynchronously or not: lines of a file, rows of a query, games of a simulator; PyTorch: `IterableDataset`. Anything that `for await` takes is one, except
 * arrays and what has a `length` and a `get`. Each epoch asks it for a new iterator, so a class with a generator method repeats, and what can be iterated over only once, as a generator, is empty from the second
 * epoch on. The `length` is what a loader derives its own from; nothing else reads it.
 * @example
 * ```ts
 * import { DataLoader } from '@nn/data';
 * class Squares {
 *   *[Symbol.iterator]() {
 *     for (let i = 0; i < 5; i++) yield { x: i, y: i * i };
 *   }
 * }
 * const loader = new DataLoader(new Squares(), { batchSize: 2, dropLast: true });
 * for await (const { x, y } of loader) console.log(await x.toArray(), await y.toArray());
 * // prints:
 * // [ 0, 1 ] [ 0, 1 ]
 * // [ 2, 3 ] [ 4, 9 ]
 * ```
 */
export type IterableDataset<Sample> = object & { readonly length?: number } & (
    | Iterable<Sample | Promise<Sample>>
    | AsyncIterable<Sample>
  );

const isAsync = (source: object): source is AsyncIterable<unknown> =>
  typeof (source as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';

/** A stream, of which some engines have no iterators (WebKitGTK 2.50). */
const isStream = (source: object): source is ReadableStream<unknown> =>
  typeof (source as Partial<ReadableStream>).getReader === 'function';

/** Whether something gives its samples one after the other. Arrays do, too. */
export const isIterable = (source: unknown): source is IterableDataset<unknown> =>
  typeof source === 'object' &&
  source !== null &&
  (isAsync(source) ||
    isStream(source) ||
    typeof (source as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function');

/** What a stream's own iterator does: it is cancelled when the loop ends early. */
async function* chunksOf<Sample>(stream: ReadableStream<Sample>): AsyncGenerator<Sample, undefined> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
    reader.releaseLock();
  }
}

/** Samples, asked for one at a time. Plain iterators have a loop of their own: `for await` leaves them open on Node 20 where a promise that they give is rejected. */
async function* samplesOf<Sample>(dataset: IterableDataset<Sample>): AsyncGenerator<Sample, undefined> {
  if (isAsync(dataset)) yield* dataset as AsyncIterable<Sample>;
  else if (isStream(dataset)) yield* chunksOf(dataset as ReadableStream<Sample>);
  else for (const sample of dataset as Iterable<Sample | Promise<Sample>>) yield sample;
}

function lengthOf(op: string, dataset: IterableDataset<unknown>): number {
  const { length } = dataset;
  if (!Number.isInteger(length) || length! < 0)
    throw new ValueError(
      op,
      `an iterable of length ${String(length)} doesn't say how many samples it has; give it a length, or count what comes`,
    );
  return length!;
}

/** What comes, in groups of a size. */
export class Groups<Sample> implements AsyncIterable<Sample[]> {
  readonly generator: undefined;
  readonly #dataset: IterableDataset<Sample>;
  readonly #size: number;
  readonly #dropLast: boolean;
  constructor(dataset: IterableDataset<Sample>, size: number, dropLast: boolean) {
    checkBatchSize('DataLoader', size);
    this.#dataset = dataset;
    this.#size = size;
    this.#dropLast = dropLast;
  }

  get length(): number {
    const n = lengthOf('DataLoader.length', this.#dataset) / this.#size;
    return this.#dropLast ? Math.floor(n) : Math.ceil(n);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Sample[], undefined> {
    let group: Sample[] = [];
    for await (const sample of samplesOf(this.#dataset)) {
      group.push(sample);
      if (group.length < this.#size) continue;
      yield group;
      group = [];
    }
    if (group.length > 0 && !this.#dropLast) yield group;
  }
}

/**
 * Iterable datasets one after the other; PyTorch: `ChainDataset`. Each is asked for its iterator when its turn comes.
 * @example
 * ```ts
 * import { ChainDataset, DataLoader } from '@nn/data';
 * const both = new ChainDataset([new Set([1, 2]), new Set([3])]);
 * for await (const x of new DataLoader(both, { batchSize: 2 })) console.log(await x.toArray());
 * // prints:
 * // [ 1, 2 ]
 * // [ 3 ]
 * ```
 */
export class ChainDataset<Sample> implements AsyncIterable<Sample> {
  readonly datasets: readonly IterableDataset<Sample>[];
  constructor(datasets: readonly IterableDataset<Sample>[]) {
    if (!Array.isArray(datasets))
      throw new ValueError('ChainDataset', `got ${typeof datasets}; pass an array of datasets`);
    const odd = datasets.findIndex((d) => !isIterable(d));
    if (odd >= 0)
      throw new ValueError(
        'ChainDataset',
        `dataset ${odd} of ${datasets.length} has no iterator; new ConcatDataset([…]) joins those that have a length and a get`,
      );
    this.datasets = datasets;
  }

  /** Samples of all together, if each has a length. */
  get length(): number {
    return this.datasets.reduce((sum, d) => sum + lengthOf('ChainDataset.length', d), 0);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Sample, undefined> {
    for (const dataset of this.datasets) yield* samplesOf(dataset);
  }
}
