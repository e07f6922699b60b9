/** Random orders on the host, from the same counter-based generator as everything else: no tensor, no read, the same on every backend. */
import { defaultGenerator, Generator, type GeneratorState } from '@nn/tensor';
import { permutation as permutationOf, WholeNumbers } from '@nn/tensor/internal';

export { defaultGenerator, type Generator, type GeneratorState };

/** 0 … n − 1 in random order. */
export const permutation = (n: number, generator: Generator = defaultGenerator): number[] =>
  Array.from(permutationOf(n, generator.next()));

/** `count` independent numbers below `high`. */
export function integers(count: number, high: number, generator: Generator): number[] {
  const numbers = new WholeNumbers(generator.next());
  return Array.from({ length: count }, () => numbers.below(high));
}

/** A generator of its own for a seed. */
export const seeded = (seed: number): Generator => new Generator(seed);

/** `count` indices with probabilities in proportion to the weights; without replacement each is drawn from those that are left. */
export function weighted(
  weights: readonly number[],
  count: number,
  replacement: boolean,
  generator: Generator,
): number[] {
  const numbers = new WholeNumbers(generator.next());
  const left = [...weights];
  const drawn: number[] = [];
  let total = left.reduce((p, w) => p + w, 0);
  for (let k = 0; k < count; k++) {
    const index = pick(left, numbers.wide() * 2 ** -53 * total);
    drawn.push(index);
    if (replacement) continue;
    left[index] = 0;
    total = left.reduce((p, w) => p + w, 0);
  }
  return drawn;
}

/** The index in whose share of the running sum a point lies; never one of weight 0. */
function pick(weights: readonly number[], point: number): number {
  let sum = 0;
  let last = 0;
  for (const [i, w] of weights.entries()) {
    if (w === 0) continue;
    sum += w;
    last = i;
    if (point < sum) return i;
  }
  return last;
}

export const getState = (generator: Generator): GeneratorState => generator.getState();
export const setState = (generator: Generator, state: GeneratorState): void => {
  generator.setState(state);
};
