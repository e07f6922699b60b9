/**
 * Generators: a seed and how often they were asked. Nothing else is state, so any number can be computed anew from (seed, call, place): backward recomputes a dropout
 * mask, and a stored state goes on exactly where it stopped, on any backend.
 */
import { ValueError } from '@nn/backend';
import type { Laws } from './laws.ts';
import type { Draw } from './threefry.ts';

/** All there is to a generator, as JSON can hold it: the seed as two 32-bit words (low, high) and the number of calls. */
export interface GeneratorState {
  readonly seed: readonly [number, number];
  readonly counter: number;
}

/** The seed that nobody chose; that of PyTorch's generators. */
const defaultSeed = 67280421310721;

const word = 2 ** 32;
const isWord = (x: unknown): boolean => Number.isInteger(x) && (x as number) >= 0 && (x as number) < word;

/**
 * A source of random numbers; PyTorch: `torch.Generator`. Every random call takes one `generator` option, else the default generator. The numbers depend on the seed and
 * the number of calls before, not on the backend.
 * @example
 * ```ts
 * import { Generator, rand } from '@nn/tensor';
 * const generator = new Generator(7);
 * const [a, b] = [rand([2], { generator }), rand([2], { generator: new Generator(7) })];
 * console.log((await a.data()).join() === (await b.data()).join()); // prints: true
 * ```
 */
export class Generator {
  #low = 0;
  #high = 0;
  #counter = 0;

  /** @internal How numbers are made if not from the words of `next`. */
  readonly laws: Laws | undefined;

  constructor(seed: number | bigint = defaultSeed) {
    this.manualSeed(seed);
  }

  /** Starts anew from a seed: a whole number of at most 64 bits. Returns the generator. PyTorch: `generator.manual_seed`. */
  manualSeed(seed: number | bigint): this {
    if (typeof seed !== 'bigint' && !Number.isSafeInteger(seed))
      throw new ValueError(
        'manualSeed',
        `${String(seed)} is not a seed; give a whole number below 2^53, or a bigint below 2^64`,
      );
    const bits = BigInt.asUintN(64, BigInt(seed));
    this.#low = Number(bits & 0xffffffffn);
    this.#high = Number(bits >> 32n);
    this.#counter = 0;
    return this;
  }

  /** Starts anew from a seed that differs every time, and returns it. PyTorch: `generator.seed`. */
  seed(): number {
    const seed = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
    this.manualSeed(seed);
    return seed;
  }

  /** The seed, as an unsigned 64-bit number: a bigint where a number is too short. PyTorch: `generator.initial_seed`. */
  initialSeed(): number | bigint {
    const bits = (BigInt(this.#high) << 32n) | BigInt(this.#low);
    return bits <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bits) : bits;
  }

  /** What `setState` needs to go on from here. PyTorch: `generator.get_state`. */
  getState(): GeneratorState {
    return { seed: [this.#low, this.#high], counter: this.#counter };
  }

  /** Goes on from a state of `getState`. A `ValueError` if it is none. PyTorch: `generator.set_state`. */
  setState(state: GeneratorState): this {
    const { seed, counter } = state ?? {};
    if (
      !Array.isArray(seed) ||
      seed.length !== 2 ||
      !seed.every(isWord) ||
      !Number.isSafeInteger(counter) ||
      counter < 0 ||
      'words' in state
    )
      throw new ValueError(
        'setState',
        `${JSON.stringify(state)} is not the state of a generator; it must look like {"seed":[1,0],"counter":0}`,
      );
    this.#low = seed[0];
    this.#high = seed[1];
    this.#counter = counter;
    return this;
  }

  /** @internal The numbers of the next call. Each takes one; after 2^32 of them the key changes, so that none comes twice. */
  next(): Draw {
    const calls = this.#counter++;
    const key1 = (this.#high + Math.floor(calls / word)) % word;
    return { key0: this.#low, key1, counter: calls % word, laws: this.laws };
  }
}

/** The generator of calls that name none. PyTorch: `torch.default_generator`. */
export let defaultGenerator: Generator = /* @__PURE__ */ new Generator();

/**
 * Makes another generator that of calls that name none; returns the one before. From then on `manualSeed` seeds it.
 * @example
 * ```ts
 * import { manualSeed, randperm, setDefaultGenerator, TorchGenerator } from '@nn/tensor';
 * setDefaultGenerator(new TorchGenerator());
 * manualSeed(0);
 * console.log(randperm(5)); // prints: tensor([4, 0, 1, 3, 2])
 * ```
 */
export function setDefaultGenerator(generator: Generator): Generator {
  if (!(generator instanceof Generator))
    throw new ValueError('setDefaultGenerator', `${String(generator)} is no generator; pass new Generator(seed)`);
  const before = defaultGenerator;
  defaultGenerator = generator;
  return before;
}

/**
 * Starts the default generator anew from a seed, and returns it. PyTorch: `torch.manual_seed`.
 * @example
 * ```ts
 * import { manualSeed, randn } from '@nn/tensor';
 * manualSeed(0);
 * const x = randn([3]);
 * manualSeed(0);
 * console.log((await x.data()).join() === (await randn([3]).data()).join()); // prints: true
 * ```
 */
export const manualSeed = (seed: number | bigint): Generator => defaultGenerator.manualSeed(seed);

/** The default generator's state. PyTorch: `torch.get_rng_state`. */
export const getRngState = (): GeneratorState => defaultGenerator.getState();

/** Lets the default generator go on from a state. PyTorch: `torch.set_rng_state`. */
export const setRngState = (state: GeneratorState): void => {
  defaultGenerator.setState(state);
};
