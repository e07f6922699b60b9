/** Lets a model write: character after character, each drawn by what the model expects after those before it. */
import '@nn/tensor/methods';
import { noGrad } from '@nn/autograd';
import { reference } from '@nn/backend';
import type { Module } from '@nn/nn';
import { Generator, rand, select, type Tensor, tensor } from '@nn/tensor';
import type { Vocabulary } from './vocabulary.ts';

export interface Writer {
  /** In evaluation mode. */
  readonly model: Module;
  readonly vocabulary: Vocabulary;
  /** How many characters the model sees at most. */
  readonly block: number;
}

export interface WritingOptions {
  /** What the text begins with. */
  readonly prompt: string;
  /** How many characters are added. */
  readonly length: number;
  /** Above 1 bolder, below 1 more careful; 0 takes the likeliest character always. */
  readonly temperature: number;
  readonly seed: number;
}

/** The characters that are added, one by one. Draws from a generator of its own. */
export async function* writeText(
  { model, vocabulary, block }: Writer,
  { prompt, length, temperature, seed }: WritingOptions,
): AsyncGenerator<string, void, void> {
  const generator = new Generator(seed);
  const numbers = [...vocabulary.encode(prompt)];
  // There must be something that the first character comes after: a new line, if there is one.
  const before = numbers.length > 0 ? numbers : [Math.max(0, vocabulary.characters.indexOf('\n'))];
  for (let i = 0; i < length; i++) {
    const logits = await expectations(model, before.slice(-block));
    const next = temperature === 0 ? likeliest(logits) : draw(logits, temperature, generator);
    before.push(next);
    yield vocabulary.characters[next]!;
  }
}

/** Logits of the character that comes next. */
async function expectations(model: Module, seen: readonly number[]): Promise<Float32Array> {
  const last = noGrad(() => {
    const x = tensor(Int32Array.from(seen), { dtype: 'int64', shape: [1, seen.length] }) as Tensor;
    return select(select(model.forward(x) as Tensor, 1, -1), 0, 0) as Tensor;
  });
  return Float32Array.from(await last.data());
}

const likeliest = (logits: Float32Array): number => logits.indexOf(Math.max(...logits));

/** A number drawn with probabilities in proportion to exp(logit / temperature). */
function draw(logits: Float32Array, temperature: number, generator: Generator): number {
  const most = Math.max(...logits);
  const shares = Array.from(logits, (each) => Math.exp((each - most) / temperature));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const point = rand([1], { dtype: 'float64', backend: reference(), generator }).dataSync()[0]! * total;
  let sum = 0;
  for (const [i, share] of shares.entries()) {
    sum += share;
    if (point < sum) return i;
  }
  return shares.length - 1;
}
