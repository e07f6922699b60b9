/** The `gather` and `scatter` ops of this family, made once for each name, form and set of dimensions. */
import type { Combine } from '@nn/backend';
import { type IndexAttributes, Op, type ScatterGradient } from '../../core/op.ts';

/** Dimensions and place as one small number: dimensions are few and ascending. */
const keyOf = (dims: readonly number[], at: number): number => dims.reduce((mask, d) => mask + 2 ** d, 0) * 32 + at;

/** What isn't the rule: indices that replace dimensions, a name that tells whether the op is in place and what its node is called. */
interface Form {
  readonly form?: IndexAttributes['form'];
  /** By default of ops whose name ends in `_`. */
  readonly inPlace?: boolean;
  /** PyTorch's name of the node, where the op has another. */
  readonly gradName?: string;
  /** Of products and extremes. */
  readonly gradient?: ScatterGradient | undefined;
}

/** An op for each set of dimensions and place, made when first asked for. */
function interned<K extends 'gather' | 'scatter'>(make: (dims: readonly number[], at: number) => Op<K>): Finder<K> {
  const made = new Map<number, Op<K>>();
  return (dims, at) => {
    const key = keyOf(dims, at);
    let op = made.get(key);
    if (op === undefined) {
      op = make(dims, at);
      made.set(key, op);
    }
    return op;
  };
}

export type Finder<K extends 'gather' | 'scatter'> = (dims: readonly number[], at: number) => Op<K>;

/** Gathers by name: `find(dims, at)` gives the op for those dimensions. */
export const gatherOps = (name: string, { form = 'outer', gradName }: Form = {}): Finder<'gather'> =>
  interned((dims, at) => new Op('gather', name, { form, dims, at }, gradName));

/** Scatters by name. */
export const scatterOps = (
  name: string,
  combine: Combine | 'replace',
  { form = 'outer', inPlace = name.endsWith('_'), gradName, gradient }: Form = {},
): Finder<'scatter'> =>
  interned((dims, at) => new Op('scatter', name, { form, dims, at, combine, inPlace, gradient }, gradName));
