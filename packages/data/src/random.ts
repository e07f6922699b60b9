/** Random orders on the host, from the same counter-based generator as everything else: no tensor, no read, the same on every backend. */
import { defaultGenerator, Generator, type GeneratorState } from '@nn/tensor';
import { type Draw, permutation as permutationOf, WholeNumbers } from '@nn/tensor/internal';

export { defaultGenerator, type Generator, type GeneratorState };

/** 0 … n − 1 in random order. */
export const permutation = (n: number, generator: Generator = defaultGenerator): number[] =>
  Array.from(permutationOf(n, generator.next()));

/** The draws of a sampler's epoch. As in PyTorch, one that was given no generator has an own one for each epoch where the default generator makes orders in its own way. */
function drawsOf(given: Generator | undefined): () => Draw {
  const generator = given ?? defaultGenerator;
  const laws = given === undefined ? generator.laws?.orders() : generator.laws;
  return () => ({ ...generator.next(), laws });
}

/** `count` independent numbers below `high`. */
export function integers(count: number, high: number, given: Generator | undefined): number[] {
  const numbers = new WholeNumbers(drawsOf(given)());
  return Array.from({ length: count }, () => numbers.below(high));
}

/** 0 … n − 1 in random order, again and again up to `count` numbers. */
export function rounds(count: number, n: number, given: Generator | undefined): number[] {
  const draws = drawsOf(given);
  const order: number[] = [];
  while (order.length < count && n > 0) order.push(...permutationOf(n, draws()));
  // PyTorch makes an order for the rest even where nothing is left.
  if (count % n === 0) given?.laws?.permutation(n);
  return order.slice(0, count);
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
  const draw = generator.next();
  if (draw.laws && !replacement) return ranked(weights, count, draw.laws);
  const numbers = new WholeNumbers(draw);
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

/** The `count` largest of weight over exponential time, as `multinomial` chooses (Efraimidis & Spirakis 2006). */
function ranked(weights: readonly number[], count: number, laws: NonNullable<Draw['laws']>): number[] {
  const times = new Float64Array(weights.length);
  laws.exponential(times, 1);
  const keys = weights.map((weight, i) => weight / times[i]!);
  return Array.from(keys.keys())
    .sort((i, j) => keys[j]! - keys[i]!)
    .slice(0, count);
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
