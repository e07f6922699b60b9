/** Writing by an index list: into a view if the list is basic, by one `scatter` if it holds arrays or masks. Differentiable in both operands. */
import { IndexError } from '@nn/backend';
import { checkList } from '../../core/collapse.ts';
import { fillInPlace } from '../../core/fill.ts';
import { assign, dispatchInto } from '../../core/in-place.ts';
import { sizeOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { isNumeric, type Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { Index } from '../../types/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from '../shape/views.ts';
import { readMasks, readMasksSync } from './at.ts';
import { scatterOps } from './index-op.ts';
import { maskedFill_ } from './masked.ts';
import { aroundMask, close, type Selection, select } from './selection.ts';
import { consumed, isAdvanced, type Mask, parse, type Term } from './subscript.ts';
import { fitted, stored, valueFor } from './value.ts';

const put = { inPlace: true, gradName: 'IndexPutBackward0' };
const assignAt = scatterOps('setAt', 'replace', put);
const replaceAt = scatterOps('indexPut_', 'replace', put);
const sumAt = scatterOps('indexPut_', 'sum', put);
const anyAt = scatterOps('indexPut_', 'max', put);

/** One value for all places, or one a place. */
type Value = Tensor | Numeric;

/** Into a view. */
function writeView(op: string, { source }: Selection, value: Value): void {
  if (isNumeric(value)) {
    fillInPlace(source, stored(op, value, source.dtype));
    return;
  }
  const ready = fitted(op, value, source.layout.shape);
  assign(source, ready);
  views.finish(source, value, ready);
}

/** To places; of equal ones the last write stays, or all add up. */
function writePlaces(op: string, selection: Selection, value: Value, accumulate: boolean): void {
  const { source, dims, indices, at, shape } = selection;
  const own = valueFor(op, source, value);
  const ready = fitted(op, own, shape);
  const sums = source.dtype === 'bool' ? anyAt : sumAt;
  const ops = accumulate ? sums : op === 'setAt' ? assignAt : replaceAt;
  dispatchInto(ops(dims, at), [source, ready, ...indices]);
  views.finish(source, isNumeric(value) ? source : value, own, ready);
}

/** A single value where a mask holds needs no places: it is a choice between two values, and nothing is read. */
function writeMasked(op: string, x: Tensor, terms: readonly Term[], mask: Mask, value: Value): void {
  const selection = aroundMask(op, x, terms);
  const rank = selection.source.layout.shape.length;
  const covered = Math.max(mask.shape.length, 1);
  const before = terms.slice(0, terms.indexOf(mask));
  const after = rank - covered - dimensionsBefore(before, x.layout.shape.length, terms);
  const wide = views.reshape(mask.tensor!, [
    ...(mask.shape.length === 0 ? [1] : mask.shape),
    ...new Array<number>(after).fill(1),
  ]);
  const one = isNumeric(value) ? value : (views.reshape(value, []) as Tensor);
  maskedFill_(selection.source, wide, one);
  views.finish(x, mask.tensor!, wide);
  if (!isNumeric(one)) views.finish(x, value as Tensor, one);
  close(selection, x);
}

/** Dimensions of the view that stand before a mask. */
function dimensionsBefore(before: readonly Term[], rank: number, terms: readonly Term[]): number {
  const left = terms.reduce((n, term) => n - consumed(term), rank);
  return before.reduce((n, term) => n + (term.kind === 'position' ? 0 : term.kind === 'rest' ? left : 1), 0);
}

/** The mask of a list whose only advanced index it is, if it is a tensor. */
function onlyMask(terms: readonly Term[]): Mask | null {
  const advanced = terms.filter(isAdvanced);
  const [first] = advanced;
  return advanced.length === 1 && first!.kind === 'mask' && first!.tensor !== null ? (first as Mask) : null;
}

const isSingle = (value: Value): boolean => isNumeric(value) || sizeOf(sizesOf('setAt', value)) === 1;

function write(op: string, x: Tensor, terms: readonly Term[], value: Value, accumulate = false): Tensor {
  const selection = select(op, x, terms);
  if (accumulate || terms.some(isAdvanced)) writePlaces(op, selection, value, accumulate);
  else writeView(op, selection, value);
  close(selection, x);
  return x;
}

/** Writes without reading a mask, where that can be done. */
function writeDirectly(op: string, x: Tensor, terms: readonly Term[], value: Value): boolean {
  const mask = isSingle(value) ? onlyMask(terms) : null;
  if (mask === null) return false;
  writeMasked(op, x, terms, mask, value);
  return true;
}

/**
 * Writes a value at an index list, in place: `x[…] = value` of PyTorch. A tensor broadcasts to what the list selects and is converted to the dtype of `x`; where a
 * list of places names one twice, the last write stays. Gradients flow to the value and to what stayed of `x`. Returns `x`.
 * @param indices see `Index`
 * @throws IndexError, ValueError as `at`; ShapeError if the value doesn't broadcast; AutogradError if `x` is a leaf that requires grad; BackendError for a mask
 * tensor with several values where the backend can't read without waiting: await `setAtAsync`
 * @example
 * ```ts
 * import '@nn/tensor/methods';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[0, 1, 2], [3, 4, 5]]);
 * x.setAt([':', 0], 9).setAt([x.lt(3)], tensor(7));
 * console.log(await x.toArray()); // prints: [ [ 9, 7, 7 ], [ 9, 4, 5 ] ]
 * ```
 */
export function setAt<A extends Tensor>(x: A, indices: readonly Index[], value: Tensor | Numeric): A {
  const terms = parse('setAt', indices);
  if (!writeDirectly('setAt', x, terms, value)) write('setAt', x, readMasksSync('setAt', terms), value);
  return x;
}

/** `setAt` on any backend: masks are awaited. */
export async function setAtAsync<A extends Tensor>(
  x: A,
  indices: readonly Index[],
  value: Tensor | Numeric,
): Promise<A> {
  const terms = parse('setAt', indices);
  if (!writeDirectly('setAt', x, terms, value)) write('setAt', x, await readMasks(terms), value);
  return x;
}

/** What `indexPut` does with places that are named twice. */
export interface IndexPutOptions {
  /** Add to what is there, each value once for each time its place is named, instead of replacing it; false. */
  readonly accumulate?: boolean | undefined;
}

/** Index tensors, arrays or masks; null keeps a dimension. */
export type PlaceIndices = readonly Index[];

function placeTerms(op: string, indices: PlaceIndices): Term[] {
  checkList(op, indices);
  const terms = parse(
    op,
    indices.map((index) => (index === null ? ':' : index)),
  );
  if (!terms.some(isAdvanced)) throw new IndexError(op, 'no index tensor given; use setAt for slices and positions');
  return terms;
}

/**
 * Writes values at places given by index tensors (one a dimension, null for a whole one), in place; PyTorch: `Tensor.index_put_`.
 * @example
 * ```ts
 * import '@nn/tensor/methods';
 * import { tensor, zeros } from '@nn/tensor';
 * const x = zeros([3]);
 * x.indexPut_([tensor([0, 0, 2], { dtype: 'int64' })], tensor([1, 2, 3]), { accumulate: true });
 * console.log(await x.toArray()); // prints: [ 3, 0, 3 ]
 * ```
 */
export function indexPut_<A extends Tensor>(
  x: A,
  indices: PlaceIndices,
  values: Tensor | Numeric,
  options: IndexPutOptions = {},
): A {
  checkNamed('indexPut_', options);
  write(
    'indexPut_',
    x,
    readMasksSync('indexPut_', placeTerms('indexPut_', indices)),
    values,
    options.accumulate === true,
  );
  return x;
}

/** `indexPut_` on a copy; PyTorch: `torch.index_put`. */
export const indexPut = <A extends Tensor>(
  x: A,
  indices: PlaceIndices,
  values: Tensor | Numeric,
  options: IndexPutOptions = {},
): Tensor<A['~shape'], A['dtype']> =>
  indexPut_(views.clone(x), indices, values, checkNamed('indexPut', options)) as never;
