/**
 * Makes reductions: one op for each set of dimensions, `keepdim` and asked-for dtype, found by a small number. Knows how a reduction is said to
 * the core, not which ones there are.
 */
import { type Combine, castTo, type DType, dtypes, type Expression, input, ShapeError, ValueError } from '@nn/backend';
import { dimensions, shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import type { Layout } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op, type ReduceAttributes, type ReduceBuild } from '../../core/op.ts';
import { checkDType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { sizesOf } from '../elementwise/operand.ts';

/** Which dimensions a reduction runs over. */
export interface ReduceOptions {
  /** The dimension or dimensions to reduce; all of them by default. */
  readonly dim?: number | readonly number[] | null | undefined;
  /** Keep reduced dimensions with size 1; false. */
  readonly keepdim?: boolean | undefined;
}

/** The same, with a dtype for the elements to be converted to first. */
export interface TypedReduceOptions extends ReduceOptions {
  readonly dtype?: DType | undefined;
}

/** What is reduced and how: a row for `reduction`. Expressions are over elements as stored; `dtype` is the result's. */
export interface Reduction {
  readonly combine: ReduceBuild['combine'] | ((dtype: DType) => Combine);
  /** dtype of the result where none is asked for, from that of the first operand. */
  readonly dtype: (from: DType) => DType;
  /** What is combined; a cast of the element to the result's dtype by default. */
  readonly body?: (operands: readonly Expression[], dtype: DType) => Expression;
  /** Over the combined value, and run-time scalars. */
  readonly epilogue?: (combined: Expression, dtype: DType) => Expression;
  readonly scalars?: number;
  /** Of a product: see `ReduceAttributes`. */
  readonly others?: ReduceAttributes['others'];
}

/** Reduces x, or x together with a second operand that broadcasts. */
export type Reducer = (x: Tensor, options?: TypedReduceOptions, scalars?: readonly number[], other?: Tensor) => Tensor;

const dtypeNames = Object.keys(dtypes) as DType[];

/** A reduction by its public name. */
export function reduction(name: string, row: Reduction): Reducer {
  const ops = new Map<number, Op<'reduce'>>();
  return (x, options, scalars, other) => {
    if (options !== undefined) {
      if (typeof options !== 'object' || Array.isArray(options)) throw positional(name, options);
      checkNamed(name, options);
    }
    const dims = dimensions(name, options?.dim, sizesOf(name, x).length);
    const keepdim = options?.keepdim === true;
    const asked = options?.dtype;
    checkDType(name, asked ?? x.dtype);
    let key = asked === undefined ? 0 : dtypeNames.indexOf(asked) + 1;
    for (const d of dims) key += 2 ** (d + 4);
    if (keepdim) key += 8;
    let op = ops.get(key);
    if (op === undefined) {
      const build = (layouts: readonly Layout[]): ReduceBuild => buildReduction(row, layouts, asked);
      op = new Op('reduce', name, { build, dims, keepdim, others: row.others });
      ops.set(key, op);
    }
    return dispatch(op, x, other ?? null, null, scalars);
  };
}

/** Dimensions given as PyTorch takes them, by callers that the compiler doesn't check. */
const positional = (name: string, given: unknown): ValueError =>
  new ValueError(
    name,
    `dimensions go into the options: write { dim: ${Array.isArray(given) ? `[${given.join(', ')}]` : String(given)} } instead of ${String(given)}`,
  );

function buildReduction(row: Reduction, layouts: readonly Layout[], asked: DType | undefined): ReduceBuild {
  const dtype = asked ?? row.dtype(layouts[0]!.dtype);
  const operands = layouts.map((layout, i) => input(i, dtypes[layout.dtype].scalar));
  const body = row.body === undefined ? castTo(operands[0]!, dtype) : row.body(operands, dtype);
  const combined = input(0, body.type);
  return {
    dtype,
    combine: typeof row.combine === 'function' ? row.combine(dtype) : row.combine,
    body,
    epilogue: row.epilogue?.(combined, dtype) ?? combined,
    scalars: row.scalars ?? 0,
  };
}

/** How many elements are reduced to one. */
export function reducedCount(op: string, x: Tensor, dim: ReduceOptions['dim']): number {
  const { shape } = x.layout;
  return dimensions(op, dim, shape.length).reduce((product, d) => product * shape[d]!, 1);
}

/** Refuses to pick an element where there is none. */
export function checkNotEmpty(op: string, x: Tensor, dim: ReduceOptions['dim']): void {
  const shape = sizesOf(op, x);
  const empty = dimensions(op, dim, shape.length).find((d) => shape[d] === 0);
  if (empty !== undefined)
    throw new ShapeError(
      op,
      `dimension ${empty} of shape ${shapeText(shape)} has no elements to choose from; reduce another dimension, or check numel() first`,
    );
}
