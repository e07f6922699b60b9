/** Reading by an index list: a view if the list is basic, one `gather` if it holds arrays or masks. */
import { dispatch, dispatchMany } from '../../core/dispatch.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import type { CanSelect, CheckedRest, Index, Select, ShapeOf, ShapeOr } from '../../types/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { position } from '../shape/split.ts';
import * as views from '../shape/views.ts';
import { gatherOps } from './index-op.ts';
import { close, select } from './selection.ts';
import { isAdvanced, parse, type Term } from './subscript.ts';

const gatherAt = gatherOps('at', { gradName: 'IndexBackward0' });

function selected(x: Tensor, terms: readonly Term[]): Tensor {
  const selection = select('at', x, terms);
  const { source, dims, indices, at } = selection;
  if (!terms.some(isAdvanced))
    return source === x ? views.regroup(x, 'alias', x.layout.shape, x.layout.strides) : source;
  const op = gatherAt(dims, at);
  const [a, b] = indices;
  const out =
    indices.length > 2 ? dispatchMany(op, [source, ...indices])[0]! : dispatch(op, source, a ?? null, b ?? null);
  close(selection);
  return out;
}

/** A single position is the commonest list. */
const isPosition = (x: Tensor, indices: readonly unknown[]): indices is readonly [number] =>
  indices.length === 1 && typeof indices[0] === 'number' && sizesOf('at', x).length > 0;

function selectedSync(x: Tensor, indices: readonly unknown[]): Tensor {
  if (isPosition(x, indices)) return views.selectView(x, 0, position('at', indices[0], 0, x.layout.shape[0]!));
  return selected(x, readMasksSync('at', parse('at', indices)));
}

/** Terms with the masks' values, read at once. */
export const readMasksSync = (op: string, terms: readonly Term[]): Term[] =>
  terms.map((term) =>
    term.kind === 'mask' && term.values === null ? { ...term, values: readSync(term.tensor!, op) } : term,
  );

/** The same, awaited. */
export const readMasks = (terms: readonly Term[]): Promise<Term[]> =>
  Promise.all(
    terms.map(async (term) =>
      term.kind === 'mask' && term.values === null ? { ...term, values: await read(term.tensor!) } : term,
    ),
  );

/**
 * Elements by an index list, one index a dimension from the first one on: `x[…]` of PyTorch. Positions, slices, `'...'` and `null` give a view of the same memory;
 * index tensors, arrays and masks gather a copy, their (broadcast) shape standing where they stood, or in front if other indices separate them.
 * @param indices see `Index`; dimensions without an index are kept
 * @throws IndexError for an index out of bounds, too many indices, masks that don't fit; ValueError for a step below 1; BackendError for a mask tensor where the
 * backend can't read without waiting: await `atAsync`
 * @example
 * ```ts
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[0, 1, 2], [3, 4, 5]]);
 * console.log(await x.at(1).toArray()); // prints: [ 3, 4, 5 ]
 * console.log(await x.at(':', '::2').toArray()); // prints: [ [ 0, 2 ], [ 3, 5 ] ]
 * console.log(await x.at('...', [2, 0]).toArray()); // prints: [ [ 2, 0 ], [ 5, 3 ] ]
 * console.log(await x.at(x.gt(2)).toArray()); // prints: [ 3, 4, 5 ]
 * ```
 */
export const at: <A extends Tensor, const I extends readonly Index[]>(
  x: A,
  ...indices: CheckedRest<CanSelect<ShapeOf<A>, I>, I>
) => Tensor<ShapeOr<Select<ShapeOf<A>, I>>, A['dtype']> = ((x: Tensor, ...indices: readonly unknown[]) =>
  selectedSync(x, indices)) as never;

/** `at` on any backend: masks are awaited. */
export const atAsync: <A extends Tensor, const I extends readonly Index[]>(
  x: A,
  ...indices: CheckedRest<CanSelect<ShapeOf<A>, I>, I>
) => Promise<Tensor<ShapeOr<Select<ShapeOf<A>, I>>, A['dtype']>> = (async (x: Tensor, ...indices: readonly unknown[]) =>
  selected(x, await readMasks(parse('at', indices)))) as never;
