/** Random tensors, and the generators that they come from. */
export { Generator, type GeneratorState, defaultGenerator, getRngState, manualSeed, setRngState } from '../../random/generator.ts';
export { exponential_, normal, normal_, rand, randLike, randn, randnLike, uniform_ } from './continuous.ts';
export { multinomial, type MultinomialOptions, randint, randintLike, random_, randperm } from './discrete.ts';
export { bernoulli, bernoulli_, dropout, type DropoutOptions } from './masks.ts';
export type { GeneratorOptions, RandomOptions } from './options.ts';
