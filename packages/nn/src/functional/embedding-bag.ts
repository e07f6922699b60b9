/** Sums, means and maxima of rows of a table, bag by bag: every row is added to its bag's place in one scatter. */
import { noGrad } from '@nn/autograd';
import { DTypeError, dtypes, equal, isNotANumber, input as operand, or, ShapeError, scalar, select, ValueError } from '@nn/backend'; // biome-ignore format: a list
import {
  arange,
  full,
  gather,
  maskedFill,
  mul,
  type Shape,
  scatterReduce,
  scope,
  searchsorted,
  type Tensor,
  toDType,
  zeros,
} from '@nn/tensor';
import { checkNamed, dispatch, expand, Op, reshape, sameNumbers, shapeText, sizesOf, slice } from '@nn/tensor/internal';
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

/** Numbers of the bags, one for each index, and how many bags there are. */
function bagsOf(indices: Tensor, { offsets = null, includeLastOffset = false }: EmbeddingBagOptions): [Tensor, number] {
  const { shape, size } = indices.layout;
  const { backend } = indices;
  if (shape.length === 2) {
    if (offsets !== null)
      throw new ShapeError('embeddingBag', `every row of a matrix is a bag; leave offsets out for ${shapeText(shape)}`);
    const rows = arange(shape[0]!, { dtype: 'int64', backend }) as Tensor;
    return [reshape(expand(reshape(rows, [shape[0]!, 1]), shape), [size]), shape[0]!];
  }
  if (shape.length !== 1)
    throw new ShapeError('embeddingBag', `the indices must be a vector or a matrix, got shape ${shapeText(shape)}`);
  if (offsets === null || sizesOf('embeddingBag', offsets).length !== 1)
    throw new ShapeError('embeddingBag', 'a vector of indices needs offsets, a vector that says where each bag begins');
  if (dtypes[offsets.dtype].category !== 'integer')
    throw new DTypeError('embeddingBag', `offsets must be integers, got ${offsets.dtype}; convert with .to('int64')`);
  const count = offsets.layout.size - (includeLastOffset ? 1 : 0);
  if (count < 0) throw new ShapeError('embeddingBag', 'includeLastOffset needs an offset at least');
  // No place but 0 is in a vector of one element.
  const first = toDType(slice(offsets, 0, 0, Math.min(offsets.layout.size, size, 1)), 'int64') as Tensor;
  pick("embeddingBag's first offset must be 0", first, 0, first).dispose();
  const places = arange(size, { dtype: offsets.dtype, backend } as never) as Tensor;
  // What lies behind the last bag's end comes into one more bag, as padding does.
  const after = searchsorted(offsets, places, { right: true }) as Tensor;
  return [after.sub(1 as never) as Tensor, count];
}

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

/** The largest values of each bag, picked from the rows: of equal ones the first, which gets the gradient. Zeros of empty bags. */
function firstOf(rows: Tensor, places: Tensor, best: Tensor): Tensor {
  const size = rows.layout.shape[0]!;
  const options = { dtype: 'int64', backend: rows.backend } as const;
  const numbers = reshape(arange(size, options) as Tensor, [size, 1]);
  const winners = dispatch(winnerOp, rows, gather(best, 0, places), numbers, [size]);
  const first = scatterReduce(full([...best.layout.shape], size, options), 0, places, winners, 'amin') as Tensor;
  const isEmpty = first.eq(size as never) as Tensor;
  return maskedFill(gather(rows, 0, maskedFill(first, isEmpty, 0)), isEmpty, 0) as Tensor;
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
    const [bags, count] = bagsOf(indices, options);
    const padding = paddingRow(op, options.paddingIdx, table[0] ?? 0);
    const { size } = indices.layout;
    const flat = reshape(indices, [size]);
    const rows = rowsOf(op, flat, weight, options);
    const columns = table[1]!;
    const values =
      perSampleWeights === null ? rows : (mul(rows, reshape(perSampleWeights, [size, 1]) as never) as Tensor);
    // Padding goes to one more bag, which is left out of the result.
    const places = dispatch(bagOp, bags, flat, null, [padding ?? -1, count]);
    const wide = expand(reshape(places, [size, 1]), [size, columns]);
    const start = zeros([count + 1, columns], { dtype: weight.dtype as never, backend: weight.backend }) as Tensor;
    const reduce = (): Tensor =>
      scatterReduce(start, 0, wide, values, reductions[mode], { includeSelf: false }) as Tensor;
    const picks = mode === 'max' && size > 0 && values.requiresGrad;
    return slice(picks ? firstOf(values, wide, noGrad(reduce)) : reduce(), 0, 0, count) as never;
  });
}
