/** What a user may write between the brackets of an index, turned into terms. Looks at forms and shapes; reads no tensor. */
import { DTypeError, IndexError } from '@nn/backend';
import { checkList } from '../../core/collapse.ts';
import type { Tensor } from '../../tensor.ts';
import type { NestedIndices } from '../../types/index.ts';
import { parseSlice, Slice } from './slice.ts';

/** An index, understood. */
export type Term =
  | { readonly kind: 'position'; readonly index: number }
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'new' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'tensor'; readonly tensor: Tensor }
  | { readonly kind: 'array'; readonly shape: readonly number[]; readonly values: ArrayLike<number> }
  | Mask;

export interface Mask {
  readonly kind: 'mask';
  readonly shape: readonly number[];
  /** Known at once if the mask was written out, else read from its tensor. */
  readonly values: ArrayLike<number> | null;
  readonly tensor: Tensor | null;
}

/** Dimensions that a term uses up. */
export const consumed = (term: Term): number =>
  term.kind === 'new' || term.kind === 'rest' ? 0 : term.kind === 'mask' ? term.shape.length : 1;

/** Whether a term selects by a list of places instead of a view. */
export const isAdvanced = (term: Term): boolean =>
  term.kind === 'tensor' || term.kind === 'array' || term.kind === 'mask';

const isTensor = (x: object): x is Tensor => 'layout' in x && 'storage' in x;

/** The terms of an index list; '...' occurs once at most. */
export function parse(op: string, subscripts: readonly unknown[]): Term[] {
  checkList(op, subscripts);
  const terms = subscripts.map((subscript) => parseOne(op, subscript));
  if (terms.filter((term) => term.kind === 'rest').length > 1) throw new IndexError(op, "only one '...' is allowed");
  return terms;
}

function parseOne(op: string, subscript: unknown): Term {
  if (typeof subscript === 'number') return { kind: 'position', index: subscript };
  if (subscript === null) return { kind: 'new' };
  if (typeof subscript === 'string')
    return subscript === '...' ? { kind: 'rest' } : { kind: 'slice', slice: parseSlice(op, subscript) };
  if (typeof subscript === 'boolean') return { kind: 'mask', shape: [], values: [Number(subscript)], tensor: null };
  if (subscript instanceof Slice) return { kind: 'slice', slice: subscript };
  if (Array.isArray(subscript)) return parseArray(op, subscript as NestedIndices);
  if (subscript instanceof Int32Array || subscript instanceof Uint8Array)
    return { kind: 'array', shape: [subscript.length], values: subscript };
  if (typeof subscript === 'object' && isTensor(subscript)) return parseTensor(op, subscript);
  throw new IndexError(
    op,
    `${String(subscript)} is not an index; give integers, slices as '1:3', '...', null, integer or bool tensors or arrays`,
  );
}

function parseTensor(op: string, tensor: Tensor): Term {
  const { dtype, shape } = tensor.layout;
  if (dtype === 'int64' || dtype === 'int32') return { kind: 'tensor', tensor };
  if (dtype === 'bool') return { kind: 'mask', shape, values: null, tensor };
  const hint = dtype === 'uint8' ? '.bool() for a mask or .long() for positions' : '.long()';
  throw new DTypeError(op, `a tensor that indexes must be int64, int32 or bool, got ${dtype}; convert it with ${hint}`);
}

/** Row-major values and shape of nested arrays. */
function parseArray(op: string, data: NestedIndices): Term {
  const shape: number[] = [];
  for (let row: unknown = data; Array.isArray(row); row = row[0]) shape.push(row.length);
  const flat: (number | boolean)[] = [];
  const collect = (row: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof row !== 'number' && typeof row !== 'boolean')
        throw new IndexError(op, `an array that indexes holds integers or booleans, got ${String(row)}`);
      flat.push(row);
    } else if (!Array.isArray(row) || row.length !== shape[depth])
      throw new IndexError(
        op,
        `rows of an array that indexes differ: expected ${shape[depth]} elements at depth ${depth}, got ${Array.isArray(row) ? row.length : String(row)}`,
      );
    else for (const part of row) collect(part, depth + 1);
  };
  collect(data, 0);
  const masks = flat.filter((v) => typeof v === 'boolean').length;
  if (masks > 0 && masks < flat.length)
    throw new IndexError(op, 'an array that indexes holds integers or booleans, not both');
  if (masks > 0) return { kind: 'mask', shape, values: flat.map(Number), tensor: null };
  const fraction = flat.find((v) => !Number.isInteger(v));
  if (fraction !== undefined)
    throw new IndexError(op, `${String(fraction)} is not an index; indices are whole numbers`);
  return { kind: 'array', shape, values: flat as number[] };
}
