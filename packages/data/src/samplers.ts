/** In which order samples are read. A sampler is iterable again and again; random ones draw a new order each time. */
import { ValueError } from '@nn/backend';
import { defaultGenerator, type Generator, integers, permutation, rounds, seeded, weighted } from './random.ts';
import { checkBatchSize, lengthOf, type Sized } from './sized.ts';

/** An order of indices; PyTorch: `Sampler`. */
export interface Sampler<T = number> extends Iterable<T> {
  readonly length: number;
  /** Where its random numbers come from, if it draws any: what a checkpoint must keep. */
  readonly generator?: Generator | undefined;
}

/** 0, 1, 2, …; PyTorch: `SequentialSampler`. */
export class SequentialSampler implements Sampler {
  readonly length: number;
  constructor(source: Sized) {
    this.length = lengthOf('SequentialSampler', source);
  }
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
}

export interface RandomSamplerOptions {
  /** Draw each index independently, so that some come twice; false. */
  readonly replacement?: boolean;
  /** How many to draw; as many as there are samples. */
  readonly numSamples?: number;
  /** Where random numbers come from; the default generator, which `manualSeed` seeds. */
  readonly generator?: Generator;
}

function checkCount(op: string, count: number): void {
  if (!Number.isInteger(count) || count <= 0)
    throw new ValueError(op, `numSamples must be a positive whole number, got ${count}`);
}

/** Every index once in a random order, or draws with replacement; PyTorch: `RandomSampler`. */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly #given: Generator | undefined;
  readonly #size: number;
  readonly #replacement: boolean;
  constructor(source: Sized, options: RandomSamplerOptions = {}) {
    this.#size = lengthOf('RandomSampler', source);
    this.length = options.numSamples ?? this.#size;
    if (options.numSamples !== undefined) checkCount('RandomSampler', options.numSamples);
    this.#replacement = options.replacement === true;
    this.#given = options.generator;
  }

  get generator(): Generator {
    return this.#given ?? defaultGenerator;
  }

  *[Symbol.iterator](): Iterator<number> {
    // All of an epoch's numbers are drawn before its first index, so that a loader can go on in the middle of it.
    yield* (this.#replacement ? integers : rounds)(this.length, this.#size, this.#given);
  }
}

/** Given indices, each once in a random order; PyTorch: `SubsetRandomSampler`. */
export class SubsetRandomSampler implements Sampler {
  readonly #given: Generator | undefined;
  readonly #indices: readonly number[];
  constructor(indices: readonly number[], options: { readonly generator?: Generator } = {}) {
    lengthOf('SubsetRandomSampler', indices);
    this.#indices = Array.from(indices);
    this.#given = options.generator;
  }

  get generator(): Generator {
    return this.#given ?? defaultGenerator;
  }

  get length(): number {
    return this.#indices.length;
  }

  *[Symbol.iterator](): Iterator<number> {
    for (const i of permutation(this.length, this.generator)) yield this.#indices[i]!;
  }
}

/** Indices drawn with probabilities in proportion to weights; PyTorch: `WeightedRandomSampler`. */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  readonly #given: Generator | undefined;
  readonly #weights: readonly number[];
  readonly #replacement: boolean;
  constructor(
    weights: ArrayLike<number>,
    numSamples: number,
    options: { readonly replacement?: boolean; readonly generator?: Generator } = {},
  ) {
    lengthOf('WeightedRandomSampler', weights);
    checkCount('WeightedRandomSampler', numSamples);
    this.#weights = Array.from(weights);
    const bad = this.#weights.findIndex((w) => !(w >= 0 && Number.isFinite(w)));
    if (bad >= 0)
      throw new ValueError(
        'WeightedRandomSampler',
        `weight ${bad} is ${this.#weights[bad]}; weights must be finite and ≥ 0`,
      );
    this.#replacement = options.replacement !== false;
    const possible = this.#weights.filter((w) => w > 0).length;
    if (possible === 0 || (!this.#replacement && numSamples > possible))
      throw new ValueError(
        'WeightedRandomSampler',
        `can't draw ${numSamples} samples ${this.#replacement ? '' : 'without replacement '}from ${possible} with a weight above 0`,
      );
    this.length = numSamples;
    this.#given = options.generator;
  }

  get generator(): Generator {
    return this.#given ?? defaultGenerator;
  }

  *[Symbol.iterator](): Iterator<number> {
    yield* weighted(this.#weights, this.length, this.#replacement, this.generator);
  }
}

/** Groups a sampler's indices; PyTorch: `BatchSampler`. */
export class BatchSampler implements Sampler<number[]> {
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly #sampler: Sampler;
  constructor(sampler: Sampler, batchSize: number, options: { readonly dropLast?: boolean } = {}) {
    checkBatchSize('BatchSampler', batchSize);
    if (typeof sampler?.[Symbol.iterator] !== 'function')
      throw new ValueError('BatchSampler', `got ${typeof sampler} for a sampler; pass one, or an array of indices`);
    this.#sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = options.dropLast === true;
  }

  get generator(): Generator | undefined {
    return this.#sampler.generator;
  }

  get length(): number {
    const n = this.#sampler.length / this.batchSize;
    return this.dropLast ? Math.floor(n) : Math.ceil(n);
  }

  *[Symbol.iterator](): Iterator<number[]> {
    let batch: number[] = [];
    for (const index of this.#sampler) {
      batch.push(index);
      if (batch.length < this.batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}

export interface DistributedSamplerOptions {
  /** Number of processes that share the data. */
  readonly numReplicas: number;
  /** This process's number, from 0. */
  readonly rank: number;
  /** A new random order each epoch, the same on all processes; true. */
  readonly shuffle?: boolean;
  /** Seed of that order; 0. */
  readonly seed?: number;
  /** Drop the samples that don't divide evenly instead of repeating some; false. */
  readonly dropLast?: boolean;
}

/** Every `numReplicas`-th index, so that processes share a dataset evenly; PyTorch: `DistributedSampler`. */
export class DistributedSampler implements Sampler {
  readonly length: number;
  readonly #size: number;
  readonly #options: Required<DistributedSamplerOptions>;
  #epoch = 0;
  constructor(source: Sized, options: DistributedSamplerOptions) {
    const { numReplicas, rank } = options;
    if (!Number.isInteger(numReplicas) || numReplicas < 1 || !Number.isInteger(rank) || rank < 0 || rank >= numReplicas)
      throw new ValueError(
        'DistributedSampler',
        `rank ${rank} must lie between 0 and numReplicas − 1, which is ${numReplicas - 1}`,
      );
    this.#size = lengthOf('DistributedSampler', source);
    this.#options = { shuffle: true, seed: 0, dropLast: false, ...options };
    this.length = this.#options.dropLast ? Math.floor(this.#size / numReplicas) : Math.ceil(this.#size / numReplicas);
  }

  /** Sets the number that the order of the next epoch is drawn from, the same on all processes. */
  setEpoch(epoch: number): void {
    if (!Number.isInteger(epoch))
      throw new ValueError('DistributedSampler.setEpoch', `the epoch must be a whole number, got ${String(epoch)}`);
    this.#epoch = epoch;
  }

  *[Symbol.iterator](): Iterator<number> {
    const { shuffle, seed, rank, numReplicas } = this.#options;
    const order = shuffle
      ? permutation(this.#size, seeded(seed + this.#epoch))
      : Array.from({ length: this.#size }, (_, i) => i);
    if (order.length === 0) return;
    for (let i = 0; i < this.length; i++) yield order[(rank + i * numReplicas) % order.length]!;
  }
}
