/** Random tensors, and the generators that they come from. */
export {
  defaultGenerator,
  Generator,
  type GeneratorState,
  getRngState,
  manualSeed,
  setDefaultGenerator,
  setRngState,
} from '../../random/generator.ts';
export { TorchGenerator, type TorchGeneratorState } from '../../random/torch-generator.ts';
export { exponential_, normal, normal_, rand, randLike, randn, randnLike, uniform_ } from './continuous.ts';
export { type MultinomialOptions, multinomial, randint, randintLike, random_, randperm } from './discrete.ts';
export { bernoulli, bernoulli_, type DropoutOptions, dropout } from './masks.ts';
export type { GeneratorOptions, RandomOptions } from './options.ts';
