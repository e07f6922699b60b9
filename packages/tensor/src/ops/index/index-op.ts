/** The `gather` and `scatter` ops of this family, made once for each name, form and set of dimensions. */
import type { Combine } from '@nn/backend';
import { type IndexAttributes, Op } from '../../core/op.ts';

/** Dimensions and place as one small number: dimensions are few and ascending. */
const keyOf = (dims: readonly number[], at: number): number => dims.reduce((mask, d) => mask + 2 ** d, 0) * 32 + at;

/** A gather by name: `find(dims, at)` gives the op for those dimensions. */
export function gatherOps(
  name: string,
  form: IndexAttributes['form'] = 'outer',
): (dims: readonly number[], at: number) => Op<'gather'> {
  const made = new Map<number, Op<'gather'>>();
  return (dims, at) => {
    const key = keyOf(dims, at);
    let op = made.get(key);
    if (op === undefined) {
      op = new Op('gather', name, { form, dims, at });
      made.set(key, op);
    }
    return op;
  };
}

/** A scatter by name; a name that ends in `_` is in place. */
export function scatterOps(
  name: string,
  combine: Combine | 'replace',
  form: IndexAttributes['form'] = 'outer',
): (dims: readonly number[], at: number) => Op<'scatter'> {
  const made = new Map<number, Op<'scatter'>>();
  return (dims, at) => {
    const key = keyOf(dims, at);
    let op = made.get(key);
    if (op === undefined) {
      op = new Op('scatter', name, { form, dims, at, combine, inPlace: name.endsWith('_') });
      made.set(key, op);
    }
    return op;
  };
}
