/** Characters (code points) and their numbers. */
import { Failure } from '../failure.ts';

export class Vocabulary {
  /** By their numbers. */
  readonly characters: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(characters: readonly string[]) {
    this.characters = characters;
    this.#numbers = new Map(characters.map((each, i) => [each, i]));
  }

  /** The characters of a text, each once, in the order of their code points. */
  static of(text: string): Vocabulary {
    return new Vocabulary([...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!));
  }

  get size(): number {
    return this.characters.length;
  }

  /** Throws a `Failure` that names characters which aren't known. */
  encode(text: string): Int32Array {
    const letters = [...text];
    const unknown = [...new Set(letters.filter((each) => !this.#numbers.has(each)))];
    if (unknown.length > 0) {
      const some = unknown.slice(0, 5).map((each) => JSON.stringify(each));
      throw new Failure(
        `the model doesn't know ${some.join(', ')}${unknown.length > 5 ? ' …' : ''}: the text that it was trained with doesn't have ${unknown.length === 1 ? 'it' : 'them'}`,
      );
    }
    return Int32Array.from(letters, (each) => this.#numbers.get(each)!);
  }

  decode(numbers: Iterable<number>): string {
    return Array.from(numbers, (n) => this.characters[n]!).join('');
  }
}
