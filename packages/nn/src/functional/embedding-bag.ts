/** Sums, means and maxima of rows of a table, bag by bag: bags of one size are one dimension, which is reduced; else every row is added to its bag's place in one scatter. */
import { noGrad } from '@nn/autograd';
import { DTypeError, dtypes, equal, isFloat, isNotANumber, input as operand, or, ShapeError, scalar, select, ValueError } from '@nn/backend'; // biome-ignore format: a list
import {
  amax,
  arange,
  argmax,
  clamp,
  cumsum,
  div,
  full,
  gather,
  indexAdd,
  maskedFill,
  matmul,
  mean,
  mul,
  ones,
  type Shape,
  scatterReduce,
  scope,
  sum,
  type Tensor,
  toDType,
  zeros,
} from '@nn/tensor';
import {
  checkNamed,
  dispatch,
  dispatchInto,
  expand,
  Op,
  reshape,
  sameNumbers,
  shapeText,
  sizesOf,
  slice,
} from '@nn/tensor/internal';
import { pick } from './classes.ts';
import { type EmbeddingOptions, paddingRow, rowsOf } from './embedding.ts';

/** What is made of a bag. */
export type BagMode = 'sum' | 'mean' | 'max';

export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** Where each bag begins in a vector of indices, the first at 0; of a matrix every row is a bag, and there are none. */
  readonly offsets?: Tensor | null | undefined;
  /** What is made of a bag; 'mean'. An empty bag gives zeros. */
  readonly mode?: BagMode | undefined;
  /** Multiplies each row that is read, for 'sum'; of the shape of the indices. */
  readonly perSampleWeights?: Tensor | null | undefined;
  /** Whether the last offset is where the last bag ends, and indices behind it belong to none; false. */
  readonly includeLastOffset?: boolean | undefined;
}

const reductions = { sum: 'sum', mean: 'mean', max: 'amax' } as const;

/** Refuses modes that don't exist, and 'max' where gradients are divided. */
export function checkMode(op: string, mode: BagMode, scaleGradByFreq: boolean): void {
  if (!Object.hasOwn(reductions, mode))
    throw new ValueError(op, `mode is '${String(mode)}'; it must be 'sum', 'mean' or 'max'`);
  if (scaleGradByFreq && mode === 'max') throw new ValueError(op, "scaleGradByFreq goes with 'sum' and 'mean' only");
}

/** The bag of each index, or the one after the last for padding. Scalars: padding, bags. */
const bagOp = new Op('map', 'embeddingBag', {
  inPlace: false,
  build: () => {
    const [bag, row] = [operand(0, 'i32'), operand(1, 'i32')];
    const [padding, bags] = [scalar(0, 'i32'), scalar(1, 'i32')];
    return { outputs: [{ dtype: 'int64', expression: select(equal(row, padding), bags, bag) }], scalars: 2 };
  },
});

/** Refuses indices and offsets that make no bags. */
function checkBags(indices: Tensor, { offsets = null, includeLastOffset = false }: EmbeddingBagOptions): void {
  const { shape } = indices.layout;
  if (shape.length === 2) {
    if (offsets !== null)
      throw new ShapeError('embeddingBag', `every row of a matrix is a bag; leave offsets out for ${shapeText(shape)}`);
    return;
  }
  if (shape.length !== 1)
    throw new ShapeError('embeddingBag', `the indices must be a vector or a matrix, got shape ${shapeText(shape)}`);
  if (offsets === null || sizesOf('embeddingBag', offsets).length !== 1)
    throw new ShapeError('embeddingBag', 'a vector of indices needs offsets, a vector that says where each bag begins');
  if (dtypes[offsets.dtype].category !== 'integer')
    throw new DTypeError('embeddingBag', `offsets must be integers, got ${offsets.dtype}; convert with .to('int64')`);
  if (includeLastOffset && offsets.layout.size === 0)
    throw new ShapeError('embeddingBag', 'includeLastOffset needs an offset at least');
}

/** Numbers of the bags, one for each index, and how many bags there are. */
function bagsOf(indices: Tensor, { offsets = null, includeLastOffset = false }: EmbeddingBagOptions): [Tensor, number] {
  const { shape, size } = indices.layout;
  const { backend } = indices;
  if (offsets === null) {
    const rows = arange(shape[0]!, { dtype: 'int64', backend }) as Tensor;
    return [reshape(expand(reshape(rows, [shape[0]!, 1]), shape), [size]), shape[0]!];
  }
  // No place but 0 is in a vector of one element.
  const first = toDType(slice(offsets, 0, 0, Math.min(offsets.layout.size, size, 1)), 'int64') as Tensor;
  pick("embeddingBag's first offset must be 0", first, 0, first).dispose();
  const options = { dtype: 'int64', backend } as const;
  const starts = clamp(toDType(offsets, 'int64'), { min: 0, max: size }) as Tensor;
  const begun = zeros([size + 1], options) as Tensor;
  dispatchInto(rowsAdded, [begun, ones([offsets.layout.size], options) as Tensor, starts]);
  // Behind the last bag's end lies one more bag, in which padding is, too.
  const numbers = slice(cumsum(begun, 0), 0, 0, size).sub(1 as never) as Tensor;
  return [numbers, offsets.layout.size - (includeLastOffset ? 1 : 0)];
}

const into = (combine: 'sum' | 'max' | 'min' | 'replace'): Op<'scatter'> =>
  new Op('scatter', 'embeddingBag', { form: 'outer', dims: [0], at: 0, combine, inPlace: true });
const rowsAdded = into('sum');
const rowsRaised = into('max');
const rowsLowered = into('min');
const rowsReplaced = into('replace');
const rowsRead = new Op('gather', 'embeddingBag', { form: 'outer', dims: [0], at: 0 });

/** The number of a row where its value wins, else the number of rows, the scalar. Inputs: values, what wins in their bags, numbers of the rows. NaN wins. */
const winnerOp = new Op('map', 'embeddingBag', {
  inPlace: false,
  build: ([layout]) => {
    const type = dtypes[layout!.dtype].scalar;
    const [value, best] = [operand(0, type), operand(1, type)];
    const wins = or(equal(value, best), isNotANumber(value));
    const expression = select(wins, operand(2, 'i32'), scalar(0, 'i32'));
    return { outputs: [{ dtype: 'int64', expression }], scalars: 1 };
  },
});

/** What is made of the rows of each bag, zeros of empty ones, for tables of integers too: every element by itself. */
function ofElements(rows: Tensor, places: Tensor, count: number, mode: BagMode): Tensor {
  const { layout, dtype, backend } = rows;
  const start = zeros([count, layout.shape[1]!], { dtype: dtype as never, backend }) as Tensor;
  const wide = expand(reshape(places, [layout.shape[0]!, 1]), layout.shape);
  return scatterReduce(start, 0, wide, rows, reductions[mode], { includeSelf: false }) as Tensor;
}

/** The largest values of each bag, zeros of empty ones; outside of any graph. */
function largestOf(rows: Tensor, places: Tensor, count: number): Tensor {
  const { layout, dtype, backend } = rows;
  const best = zeros([count, layout.shape[1]!], { dtype: dtype as never, backend }) as Tensor;
  const lowest = full([1, 1], Number.NEGATIVE_INFINITY, { dtype: dtype as never, backend }) as Tensor;
  noGrad<void>(() => {
    dispatchInto(rowsReplaced, [best, expand(lowest, layout.shape), places]);
    dispatchInto(rowsRaised, [best, rows, places]);
  });
  return best;
}

/** The same, picked from the rows: of equal ones the first, which gets the gradient. */
function firstOf(rows: Tensor, places: Tensor, count: number): Tensor {
  const [size, columns] = rows.layout.shape as [number, number];
  const options = { dtype: 'int64', backend: rows.backend } as const;
  const [first, isEmpty] = noGrad<[Tensor, Tensor]>(() => {
    const best = dispatch(rowsRead, largestOf(rows, places, count), places);
    const numbers = reshape(arange(size, options) as Tensor, [size, 1]);
    const winners = dispatch(winnerOp, rows, best, numbers, [size]);
    const first = full([count, columns], size, options) as Tensor;
    dispatchInto(rowsLowered, [first, winners, places]);
    const isEmpty = first.eq(size as never) as Tensor;
    return [maskedFill(first, isEmpty, 0) as Tensor, isEmpty];
  });
  return maskedFill(gather(rows, 0, first), isEmpty, 0) as Tensor;
}

/** Sums or means of rows by their bags; an empty bag has zeros. */
function totalsOf(rows: Tensor, places: Tensor, count: number, mode: BagMode): Tensor {
  const { layout, dtype, backend } = rows;
  const options = { dtype: dtype as never, backend };
  const totals = indexAdd(zeros([count, layout.shape[1]!], options) as Tensor, 0, places, rows) as Tensor;
  if (mode !== 'mean') return totals;
  const members = zeros([count, 1], options) as Tensor;
  dispatchInto(rowsAdded, [members, expand(ones([1, 1], options) as Tensor, [layout.shape[0]!, 1]), places]);
  return div(totals, clamp(members, { min: 1 }) as never) as Tensor;
}

/** The same of bags of one size, (bags, size, d), none of which is empty. */
function alike(rows: Tensor, weights: Tensor | null, mode: BagMode): Tensor {
  const dim = 1;
  if (mode === 'max') {
    if (!rows.requiresGrad) return amax(rows, { dim }) as Tensor;
    return reshape(gather(rows, dim, argmax(rows, { dim, keepdim: true })), [rows.shape[0]!, rows.shape[2]!]);
  }
  if (weights === null) return (mode === 'sum' ? sum(rows, { dim }) : mean(rows, { dim })) as Tensor;
  const [bags, size, columns] = rows.layout.shape as [number, number, number];
  return reshape(matmul(reshape(weights, [bags, 1, size]), rows as never) as Tensor, [bags, columns]);
}

/**
 * The sum, mean or largest values of the rows of `weight` (n, d) in each bag of indices: (bags, d). Indices at `paddingIdx` belong to no bag. Of equal largest values the first gets
 * the gradient. PyTorch: `F.embedding_bag`.
 * @param indices (bags, size), or a vector with `offsets`
 * @throws what `embedding` throws; IndexError (at the latest when the result is read) if the first offset isn't 0; ShapeError for indices, offsets and weights that don't fit; ValueError for `perSampleWeights` with another mode than 'sum'
 * @example
 * ```ts
 * import { embeddingBag } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const table = tensor([[1, 0], [1, 2], [3, 4]]);
 * console.log(await embeddingBag(tensor([[0n, 1n], [2n, 2n]]), table).toArray()); // prints: [ [ 1, 1 ], [ 3, 4 ] ]
 * const offsets = tensor([0n, 1n]);
 * console.log(await embeddingBag(tensor([0n, 1n, 2n]), table, { offsets, mode: 'sum' }).toArray()); // prints: [ [ 1, 0 ], [ 4, 6 ] ]
 * ```
 */
export function embeddingBag<W extends Tensor>(
  indices: Tensor,
  weight: W,
  options: EmbeddingBagOptions = {},
): Tensor<Shape, W['dtype']> {
  const op = 'embeddingBag';
  const { mode = 'mean', perSampleWeights = null } = checkNamed(op, options);
  const [shape, table] = [sizesOf(op, indices), sizesOf(op, weight)];
  checkMode(op, mode, options.scaleGradByFreq === true);
  if (perSampleWeights !== null && mode !== 'sum')
    throw new ValueError(op, `perSampleWeights go with mode 'sum' only, not with '${mode}'`);
  if (perSampleWeights !== null && !sameNumbers(sizesOf(op, perSampleWeights), shape))
    throw new ShapeError(
      op,
      `perSampleWeights have shape ${shapeText(perSampleWeights.layout.shape)}, the indices ${shapeText(shape)}; they must be the same`,
    );
  return scope(() => {
    checkBags(indices, options);
    const padding = paddingRow(op, options.paddingIdx, table[0] ?? 0);
    const { size } = indices.layout;
    const isOfFloats = isFloat(weight.dtype);
    const isPlain = perSampleWeights === null || perSampleWeights.dtype === weight.dtype;
    if (shape.length === 2 && size > 0 && padding === null && isOfFloats && isPlain)
      return alike(rowsOf(op, indices, weight, options), perSampleWeights, mode) as never;
    const [bags, count] = bagsOf(indices, options);
    const flat = reshape(indices, [size]);
    const rows = rowsOf(op, flat, weight, options);
    const values =
      perSampleWeights === null ? rows : (mul(rows, reshape(perSampleWeights, [size, 1]) as never) as Tensor);
    if (values.dtype !== weight.dtype)
      throw new DTypeError(
        op,
        `perSampleWeights are ${perSampleWeights!.dtype}, the weight is ${weight.dtype}; convert one with .to(dtype)`,
      );
    // Padding goes to one more bag, which is left out of the result.
    const places = dispatch(bagOp, bags, flat, null, [padding ?? -1, count]);
    const largest = values.requiresGrad ? firstOf : largestOf;
    const make = !isOfFloats ? ofElements : mode === 'max' && size > 0 ? largest : totalsOf;
    return slice(make(values, places, count + 1, mode), 0, 0, count) as never;
  });
}
