/** A generator of PyTorch's own numbers. */
import { ValueError } from '@nn/backend';
import { Generator, type GeneratorState } from './generator.ts';
import { size } from './mersenne-twister.ts';
import { TorchLaws } from './torch-laws.ts';

/** All there is to a `TorchGenerator`: that of a generator, the words of the Mersenne Twister, which of them is next, and a normal value that was made beforehand. */
export interface TorchGeneratorState extends GeneratorState {
  readonly words: readonly number[];
  readonly next: number;
  readonly spare: number | null;
}

/**
 * A generator of the numbers that PyTorch's draws on the CPU from the same seed, so that a program that came from there starts from the same weights, drops the same elements
 * and takes samples in the same order: `rand`, `randn`, `randint`, `randperm`, `normal`, `bernoulli`, `multinomial`, `dropout`, the initial values of layers, in-place
 * functions, samplers and loaders. Uniform values, whole numbers, orders and masks agree to the last bit, normal and exponential values up to rounding. They agree with builds
 * of PyTorch without MKL (ARM, macOS, Debian); with MKL dropout's masks and exponential values are others. `rrelu` keeps numbers of this library. Made on the host one after
 * the other, so slower than the library's own. PyTorch: `torch.Generator`.
 * @example
 * ```ts
 * import { rand, setDefaultGenerator, TorchGenerator } from '@nn/tensor';
 * setDefaultGenerator(new TorchGenerator(0)); // torch.manual_seed(0)
 * console.log(rand([3])); // prints: tensor([0.4963, 0.7682, 0.0885])
 * ```
 */
export class TorchGenerator extends Generator {
  /** @internal */
  override readonly laws: TorchLaws = new TorchLaws();

  constructor(seed?: number | bigint) {
    super(seed);
    this.laws.seed(super.getState().seed[0]);
  }

  override manualSeed(seed: number | bigint): this {
    super.manualSeed(seed);
    // The fields of a class come after the constructor of the one that it extends, which seeds.
    (this.laws as TorchLaws | undefined)?.seed(super.getState().seed[0]);
    return this;
  }

  override getState(): TorchGeneratorState {
    const { twister, spare } = this.laws;
    return { ...super.getState(), words: Array.from(twister.words), next: twister.next, spare };
  }

  override setState(state: GeneratorState): this {
    const { words, next, spare, ...own } = (state ?? {}) as TorchGeneratorState;
    const isPlace = Number.isInteger(next) && next >= 0 && next <= size;
    if (!Array.isArray(words) || words.length !== size || !isPlace || (spare !== null && typeof spare !== 'number'))
      throw new ValueError(
        'setState',
        `the state has ${Array.isArray(words) ? `${words.length} words and next ${next}` : 'no words'}, where a TorchGenerator's has ${size} and next up to ${size}; give one of its getState()`,
      );
    super.setState(own);
    this.laws.twister.words.set(words);
    this.laws.twister.next = next;
    this.laws.spare = spare;
    return this;
  }
}
