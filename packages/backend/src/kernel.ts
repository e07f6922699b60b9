/**
 * The nine kinds of kernel. A kernel is structure alone: kind, expressions, dtypes, ranks after collapsing, layout classes. It is
 * compiled once and found again by `kernelKey`. Sizes, strides, offsets and run-time numbers come with each launch.
 *
 * Operands of a launch are numbered outputs first, then inputs. `input(i)` in an expression is input operand i; `coordinate` is the
 * row-major index in the iteration shape (of `reduce`: kept dimensions, then reduced ones; of an epilogue: the output's shape).
 * An operand is read and written in the scalar type of its dtype (`dtypes`), so an output's expression has that type; what an integer
 * dtype is too narrow for wraps, what float16 is too narrow for is rounded as it is stored, to nearest, ties to even.
 */
import type { DType } from './dtype.ts';
import type { Expression } from './scalar/expression.ts';

/** How an operand lies over the iteration: dense in row-major order, one element for all, or by strides. */
export type Access = 'contiguous' | 'splat' | 'strided';

export interface Operand {
  readonly dtype: DType;
  readonly access: Access;
}

/** Sums and products are of numbers; bools take 'max' (or) and 'min' (and). The extreme of anything with a NaN is NaN. */
export type Combine = 'sum' | 'product' | 'max' | 'min';

/** `out_j[i] = expression_j(in…[i])`. Sizes: the iteration, `rank` of them; a stride per operand and dimension. */
export interface MapKernel {
  readonly kind: 'map';
  readonly rank: number;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly MapOutput[];
  /** Number of run-time scalars. */
  readonly scalars: number;
}

export interface MapOutput extends Operand {
  readonly expression: Expression;
  /** The input (same buffer, offset and strides) that this output replaces, or -1. */
  readonly overwrites: number;
}

/**
 * `out[i] = epilogue(combine over r of body(in…[i, r]))`. Sizes: `rank` kept ones, then `reducedRank` reduced ones; the output has strides
 * for the kept ones only. Without reduced elements the result is the combine's identity. `argmax` and `argmin` give the row-major index
 * among the reduced elements: the first of equals, the first NaN if there is one; the epilogue doesn't apply to them. The order of a sum depends on the sizes alone.
 * Float sums and products run in at least the body's precision.
 */
export interface ReduceKernel {
  readonly kind: 'reduce';
  readonly rank: number;
  readonly reducedRank: number;
  readonly inputs: readonly Operand[];
  readonly output: Operand;
  readonly combine: Combine | 'argmax' | 'argmin';
  readonly body: Expression;
  /** Over `input(0)`, the combined value, and scalars. */
  readonly epilogue: Expression;
  readonly scalars: number;
}

/**
 * `out[i] = source[walk(i) + Σ_k index_k[i] · extents[2k + 1]]`: the source (input 0) has a stride per iteration dimension (0 along indexed ones), and
 * index operand k (input k + 1, an integer dtype) selects along a dimension of size `extents[2k]` and stride `extents[2k + 1]`. Negative indices
 * count from the end; one out of range is an `IndexError` (`index 5 is out of bounds for dimension with size 3`): thrown by the launch where the
 * backend sees it, else at the next read. What such a launch wrote is undefined.
 */
export interface GatherKernel {
  readonly kind: 'gather';
  readonly rank: number;
  readonly dtype: DType;
  readonly source: Operand;
  readonly indices: readonly Operand[];
  readonly output: Operand;
}

/**
 * `out[walk(i) + Σ_k index_k[i] · extents[2k + 1]] combine= value[i]`, in ascending row-major order of i, each step rounded to the dtype; the
 * output holds its starting values already.
 * Inputs: the value (0), then the indices as for `gather`. 'replace': the last of equals stays.
 */
export interface ScatterKernel {
  readonly kind: 'scatter';
  readonly rank: number;
  readonly dtype: DType;
  readonly value: Operand;
  readonly indices: readonly Operand[];
  readonly output: Operand;
  readonly combine: Combine | 'replace';
}

/**
 * `out[b, m, n] = epilogue(Σ_k left[b, m, k] · right[b, k, n], extra…[b, m, n])`. Sizes: `rank` batch dimensions, m, n, k. Strides: for every operand one a batch dimension and
 * then two (m and n, of an extra too; left: m and k; right: k and n). The dtype is a number's. A transposed operand is only a layout. How k is split depends on k alone.
 */
export interface MatmulKernel {
  readonly kind: 'matmul';
  readonly rank: number;
  readonly dtype: DType;
  readonly left: Layout2;
  readonly right: Layout2;
  /** Operands of the epilogue (a bias, say): inputs 2, 3 … of the launch, `input(1)`, `input(2)` … of the epilogue. */
  readonly extras: readonly Operand[];
  /** Over `input(0)`, the sum, the extras and scalars. */
  readonly epilogue: Expression;
  readonly scalars: number;
}

/** Which of a matrix' two dimensions is dense: the last, the first (a transposed matrix), or neither. */
export type Layout2 = 'rows' | 'columns' | 'strided';

/**
 * Convolution over `spatialRank` axes in layout [batch, channel, …]. The three roles are closed under differentiation:
 * forward (x, w → y), inputGradient (dy, w → dx), weightGradient (dy, x → dw). `extents`: groups, then per axis
 * stride, padding before, padding after, dilation. Sizes: those of x, then w [out, in/groups, …], then y.
 * All operands are contiguous (no strides are read), the dtype is a number's. Forward may have a bias (input 2, one value a channel) in its epilogue.
 */
export interface ConvKernel {
  readonly kind: 'conv';
  readonly role: 'forward' | 'inputGradient' | 'weightGradient';
  readonly spatialRank: number;
  readonly dtype: DType;
  /** Whether input 2 is a bias; `input(1)` of the epilogue then. */
  readonly bias: boolean;
  /** Over `input(0)`, the sum, the bias and scalars; forward only. */
  readonly epilogue: Expression;
  readonly scalars: number;
}

/**
 * Running combine along the last dimension, in the output's scalar type: `out[i, j] = combine over j' ≤ j of in[i, j']` (≥ in reverse). With
 * `indices` (of 'max' and 'min') a second output, dense int64, holds the position that the extreme came from: the last one met of equals, and
 * of NaNs, as torch.cummax says. Sizes: `rank` outer ones, then the axis.
 */
export interface ScanKernel {
  readonly kind: 'scan';
  readonly rank: number;
  readonly input: Operand;
  readonly output: Operand;
  readonly combine: Combine;
  readonly reverse: boolean;
  readonly indices: boolean;
}

/** Sorts along the last dimension, stable, NaN last (first when descending), zeros equal: outputs, dense, are the values and their indices (int64). Sizes: `rank` outer ones, then the axis. */
export interface SortKernel {
  readonly kind: 'sort';
  readonly rank: number;
  readonly input: Operand;
  readonly descending: boolean;
}

/**
 * A few dependent reductions and maps over one row held locally. Sizes: `rank` outer ones, then the row. `input(i)` is an operand while i < inputs.length;
 * `input(inputs.length + k)` is the finished reduction k, whose body may read earlier ones. A reduction's type is its body's. Outputs are dense.
 */
export interface RowsKernel {
  readonly kind: 'rows';
  readonly rank: number;
  readonly inputs: readonly Operand[];
  readonly reductions: readonly { readonly combine: Combine; readonly body: Expression }[];
  readonly outputs: readonly RowsOutput[];
  readonly scalars: number;
}

export interface RowsOutput {
  readonly dtype: DType;
  readonly expression: Expression;
  /** One value a row (it reads no operand but finished reductions; its coordinate is the row) instead of one an element. */
  readonly perRow: boolean;
}

export type Kernel =
  | MapKernel
  | ReduceKernel
  | GatherKernel
  | ScatterKernel
  | MatmulKernel
  | ConvKernel
  | ScanKernel
  | SortKernel
  | RowsKernel;

export type KernelKind = Kernel['kind'];

/** Structural identity: equal keys, equal kernels. Asked only when a plan is made. */
export function kernelKey(kernel: Kernel): string {
  return JSON.stringify(kernel, (name, value: unknown) => (isExpression(value) && name !== '' ? value.id : value));
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === 'object' && value !== null && 'args' in value && 'id' in value;
