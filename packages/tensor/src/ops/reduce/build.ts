/** Makes reductions: one op for each set of dimensions, found by a small number. */
import { castTo, type Combine, dtypes, type DType, type Expression, input } from '@nn/backend';
import { dimensions } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { Op, type ReduceBuild } from '../../core/op.ts';
import type { Layout } from '../../core/layout.ts';
import type { Tensor } from '../../tensor.ts';

export interface ReduceOptions {
  /** The dimension or dimensions to reduce; all of them by default. */
  readonly dim?: number | readonly number[] | undefined;
  /** Keep reduced dimensions with size 1; false. */
  readonly keepdim?: boolean | undefined;
}

export interface Reduction {
  readonly combine: Combine | 'argmax' | 'argmin';
  /** dtype of the result, and of the body unless that says otherwise. */
  readonly dtype: (from: DType) => DType;
  /** What is combined, from the element as stored; a cast to the result's dtype by default. */
  readonly body?: (x: Expression, dtype: DType, layout: Layout) => Expression;
  /** Over the combined value; run-time scalars allowed. */
  readonly epilogue?: (combined: Expression) => Expression;
  readonly scalars?: number;
}

/** A reduction by name: `make(x, options, scalars)`. */
export function reduction(name: string, row: Reduction): (x: Tensor, options?: ReduceOptions, scalars?: readonly number[]) => Tensor {
  const ops = new Map<number, Op<'reduce'>>();
  const build = ([layout]: readonly Layout[]): ReduceBuild => {
    const dtype = row.dtype(layout!.dtype);
    const x = input(0, dtypes[layout!.dtype].scalar);
    const body = row.body === undefined ? castTo(x, dtype) : row.body(x, dtype, layout!);
    const combined = input(0, body.type);
    return { dtype, combine: row.combine, body, epilogue: row.epilogue?.(combined) ?? combined, scalars: row.scalars ?? 0 };
  };
  return (x, options, scalars) => {
    const { shape } = x.layout;
    const dims = dimensions(name, options?.dim, shape.length);
    const keepdim = options?.keepdim === true;
    const key = dims.reduce((mask, d) => mask + 2 ** d, 0) * 2 + Number(keepdim);
    let op = ops.get(key);
    if (op === undefined) ops.set(key, (op = new Op('reduce', name, { build, dims, keepdim })));
    return dispatch(op, x, null, null, scalars);
  };
}
