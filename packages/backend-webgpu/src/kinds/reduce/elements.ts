/**
 * Elements of inputs by two numbers: that of the output or row, which a thread keeps for long, and that of the element within. What follows from the first is computed
 * once.
 */
import type { Expression, Operand } from '@nn/backend';
import type { Leaf } from '../../scalar/emit.ts';
import type { Source } from '../source.ts';
import { address, coordinates } from '../walk.ts';

export interface Place {
  readonly inputs: readonly Operand[];
  /** Dimensions of the outer number and of the inner one. */
  readonly rank: number;
  readonly innerRank: number;
  /** Bindings before those of the inputs. */
  readonly before: number;
  /** The word with the first size; after sizes come strides, input by input. Neither is there without a strided input. */
  readonly words: number;
  /** Names of the outer number, and of how many elements there are within. */
  readonly outer: string;
  readonly count: string;
}

/** Whether addresses take more than the number of an element. */
export const walks = (inputs: readonly Operand[]): boolean => inputs.some(({ access }) => access === 'strided');

/** Sizes and strides as `Elements` looks for them. */
export const wordsOfPlace = (
  inputs: readonly Operand[],
  sizes: readonly number[],
  strides: readonly (readonly number[])[],
): number[] =>
  walks(inputs)
    ? [...sizes, ...inputs.flatMap((_, i) => strides[strides.length - inputs.length + i]!.slice(0, sizes.length))]
    : [];

export class Elements {
  readonly #source: Source;
  readonly #place: Place;
  readonly #dims: number;
  readonly #bases: readonly string[];

  constructor(source: Source, place: Place) {
    const { inputs, rank, innerRank, before, words, outer, count } = place;
    this.#source = source;
    this.#place = place;
    this.#dims = rank + innerRank;
    const at = walks(inputs) ? coordinates(source, outer, rank, words) : [];
    this.#bases = inputs.map(({ access }, i) => {
      const start = source.start(before + i);
      if (access === 'splat') return start;
      return source.let(
        access === 'contiguous' ? `${start} + ${outer} * ${count}` : address(source, start, at, this.#stride(i)),
        'base',
      );
    });
  }

  #stride(i: number): number {
    return this.#place.words + this.#dims * (1 + i);
  }

  /** Leaves of element `inner`; `others` has inputs that are no operands. */
  leaf(inner: string, others: (node: Expression) => string = () => ''): Leaf {
    const { inputs, rank, innerRank, before, words, outer, count } = this.#place;
    const source = this.#source;
    let at: readonly string[] | null = null;
    return (node) => {
      if (node.op === 'scalar') return source.scalar(node);
      if (node.op === 'coordinate') return `bitcast<i32>(${outer} * ${count} + ${inner})`;
      const i = node.value;
      if (i >= inputs.length) return others(node);
      const base = this.#bases[i]!;
      const { access } = inputs[i]!;
      if (access === 'splat') return source.load(before + i, base);
      if (access === 'contiguous') return source.load(before + i, `${base} + ${inner}`);
      at ??= coordinates(source, inner, innerRank, words + rank);
      return source.load(before + i, source.let(address(source, base, at, this.#stride(i) + rank), 'a'));
    };
  }
}
