/**
 * Rows of a table by indices. Without options that is one gather, whose gradient adds up; rows that get no gradient, or one divided by how often they are read, take a
 * backward of their own, so that forwards stay one gather too.
 */
import { Function as CustomFunction, type FunctionContext, noGrad } from '@nn/autograd';
import { add, DTypeError, div, dtypes, equal, less, mul, input as operand, ShapeError, same, scalar, select, ValueError } from '@nn/backend'; // biome-ignore format: a list
import { embeddingLookup, norm, ones, type Shape, type Tensor, zeros } from '@nn/tensor';
import { checkNamed, dispatch, dispatchInto, dispatchMany, Op, reshape, shapeText, sizesOf } from '@nn/tensor/internal';
import { indexOf } from './classes.ts';

export interface EmbeddingOptions {
  /** This row gets no gradient; counted from the end if negative. None. */
  readonly paddingIdx?: number | null | undefined;
  /** Rows that are read and whose norm is larger are scaled down to it first, in the weight itself. None. */
  readonly maxNorm?: number | null | undefined;
  /** The p of that norm; 2. */
  readonly normType?: number | undefined;
  /** Divides the gradient of each row by how often the row occurs among the indices; false. */
  readonly scaleGradByFreq?: boolean | undefined;
  /** Gradients are dense; true is refused. */
  readonly sparse?: false | undefined;
}

/** The row that `paddingIdx` means, or null for none. */
export function paddingRow(op: string, paddingIdx: number | null | undefined, rows: number): number | null {
  if (paddingIdx === null || paddingIdx === undefined) return null;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows)
    throw new ValueError(op, `paddingIdx is ${paddingIdx}; it must lie within the ${rows} embeddings`);
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

export function refuseSparse(op: string, sparse: boolean | undefined): void {
  if (sparse === true)
    throw new ValueError(op, 'sparse gradients are not supported; leave sparse out, gradients are dense then');
}

export function checkTable(op: string, indices: Tensor, weight: Tensor): void {
  if (sizesOf(op, weight).length !== 2)
    throw new ShapeError(op, `the weight must be a matrix, got shape ${shapeText(weight.layout.shape)}`);
  sizesOf(op, indices);
  if (indices.dtype !== 'int64' && indices.dtype !== 'int32')
    throw new DTypeError(op, `the indices must be int64 or int32, got ${indices.dtype}; convert with .to('int64')`);
}

/** x · maxNorm / (norm + 1e-7) where the norm is above maxNorm, the scalar. */
const rescaleOp = new Op('map', 'embedding', {
  inPlace: false,
  build: ([layout]) => {
    const { dtype } = layout!;
    const type = dtypes[dtype].scalar;
    const [x, size, most] = [operand(0, type), operand(1, type), scalar(0, type)];
    const factor = div(most, add(size, same(1e-7, size)));
    return { outputs: [{ dtype, expression: select(less(most, size), mul(x, factor), x) }], scalars: 1 };
  },
});

const rowsReplaced = new Op('scatter', 'embedding', { form: 'outer', dims: [0], at: 0, combine: 'replace', inPlace: true }); // biome-ignore format: one line
const rowsAdded = new Op('scatter', 'embedding', { form: 'outer', dims: [0], at: 0, combine: 'sum', inPlace: true });

/** Scales the rows that the indices name in place. A row that is named twice is written twice, with the same values. */
function renormalize(weight: Tensor, index: Tensor, maxNorm: number, p: number): void {
  noGrad<void>(() => {
    const rows = embeddingLookup(weight, index) as Tensor;
    const sizes = norm(rows, { p, dim: -1, keepdim: true } as never) as Tensor;
    const scaled = dispatch(rescaleOp, rows, sizes, null, [maxNorm]);
    dispatchInto(rowsReplaced, [weight, scaled, index]);
    for (const t of [rows, sizes, scaled]) t.dispose();
  });
}

/** g without the rows that belong to the padding (scalar 0), over how often each row is read if that is given. */
const shareOp = new Op('map', 'embeddingBackward', {
  inPlace: false,
  build: (layouts) => {
    const { dtype } = layouts[0]!;
    const type = dtypes[dtype].scalar;
    const g = operand(0, type);
    const shared = layouts.length > 2 ? div(g, operand(2, type)) : g;
    const isPadding = equal(operand(1, 'i32'), scalar(0, 'i32'));
    return { outputs: [{ dtype, expression: select(isPadding, same(0, g), shared) }], scalars: 1 };
  },
});

/** How often the row of each index is read. */
function frequencies(index: Tensor, weight: Tensor): Tensor {
  const options = { dtype: weight.dtype, backend: weight.backend };
  const counts = zeros([weight.layout.shape[0]!], options) as Tensor;
  const each = ones([...index.layout.shape], options) as Tensor;
  dispatchInto(rowsAdded, [counts, each, index]);
  const found = dispatch(countsRead, counts, index);
  counts.dispose();
  each.dispose();
  return found;
}
const countsRead = new Op('gather', 'embedding', { form: 'outer', dims: [0], at: 0 });

class EmbeddingRows extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(
    ctx: FunctionContext,
    weight: Tensor,
    index: Tensor,
    padding: number,
    counted: boolean,
  ): Tensor {
    const counts = counted && ctx.needsInputGrad[0] === true ? [frequencies(index, weight)] : [];
    ctx.saveForBackward(index, ...counts);
    for (const t of counts) t.dispose();
    ctx.values['padding'] = padding;
    ctx.values['shape'] = weight.layout.shape;
    return embeddingLookup(weight, index) as Tensor;
  }

  static override backward(ctx: FunctionContext, g: Tensor): readonly (Tensor | null)[] {
    const [index] = ctx.savedTensors as [Tensor];
    const columns = ctx.savedTensors.map((t) => reshape(t, [...t.layout.shape, 1]));
    const shared = dispatchMany(shareOp, [g, ...columns], [ctx.values['padding'] as number])[0]!;
    const sums = zeros(ctx.values['shape'] as number[], { dtype: g.dtype, backend: g.backend }) as Tensor;
    dispatchInto(rowsAdded, [sums, shared, index]);
    for (const t of [shared, ...columns]) t.dispose();
    return [sums, null];
  }
}

/** The rows, by indices that are known to fit; for `embedding` and `embeddingBag`. */
export function rowsOf(op: string, indices: Tensor, weight: Tensor, options: EmbeddingOptions): Tensor {
  const { maxNorm = null, normType = 2, scaleGradByFreq = false } = checkNamed(op, options);
  checkTable(op, indices, weight);
  refuseSparse(op, options.sparse);
  const rows = weight.layout.shape[0]!;
  const padding = paddingRow(op, options.paddingIdx, rows);
  const index = indexOf(op, indices);
  if (maxNorm !== null) renormalize(weight, index, maxNorm, normType);
  const out =
    padding === null && !scaleGradByFreq
      ? (embeddingLookup(weight, index) as Tensor)
      : EmbeddingRows.apply(weight, index, padding ?? -1, scaleGradByFreq);
  index.dispose();
  return out;
}

/**
 * The rows of `weight` (n, d) at the indices, of any shape: (…) gives (…, d). PyTorch: `F.embedding`.
 * @param indices int64 or int32, from 0 to n - 1
 * @throws IndexError (at the latest when the result is read) for an index out of range; ShapeError, DTypeError for what doesn't fit; ValueError for a `paddingIdx` out of
 * range and for `sparse`
 * @example
 * ```ts
 * import { embedding } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const table = tensor([[0, 0], [1, 2], [3, 4]]);
 * console.log(await embedding(tensor([2n, 1n]), table).toArray()); // prints: [ [ 3, 4 ], [ 1, 2 ] ]
 * ```
 */
export function embedding<I extends Tensor, W extends Tensor>(
  indices: I,
  weight: W,
  options: EmbeddingOptions = {},
): Tensor<Shape, W['dtype']> {
  return rowsOf('embedding', indices, weight, options) as never;
}
