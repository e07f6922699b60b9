/** Makes ops of a few reductions and one output: over the last dimension in one `rows` kernel, over others as `reduce` and `map`. */
import { type Combine, dtypes, type Expression, input } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import type { Layout } from '../../core/layout.ts';
import { Op, type RowsBuild, type RowsGradient } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { single } from '../elementwise/build.ts';
import { finish } from '../shape/views.ts';

type Over = (...values: Expression[]) => Expression;

export interface RowsRow {
  /** Over the operands and the reductions before it, with what is made of the combined value. */
  readonly reductions: readonly { readonly combine: Combine; readonly body: Over; readonly epilogue?: Over }[];
  /** Over the operands, then the reductions. */
  readonly output: Over;
  /** One value a row instead of one an element, over the reductions alone; false. */
  readonly perRow?: boolean;
  /** Stated gradients; derived from the rest where absent. */
  readonly gradient?: (j: number) => RowsGradient;
}

const itself: Over = (found) => found!;

export const sumOf = (body: Over): RowsRow['reductions'][number] => ({ combine: 'sum', body });
export const largest: RowsRow['reductions'][number] = { combine: 'max', body: (x) => x! };

/** An op over operands of one dtype, which is the result's. */
export function rowsOp(name: string, row: RowsRow): Op<'rows'> {
  const build = (layouts: readonly Layout[]): RowsBuild => {
    const { dtype } = layouts[0]!;
    const type = dtypes[dtype].scalar;
    const operands = layouts.map((_, i) => input(i, type));
    const finished = row.reductions.map(({ epilogue = itself }, k) => epilogue(input(layouts.length + k, type)));
    const reductions = row.reductions.map(({ combine, body }, k) => ({
      combine,
      body: body(...operands, ...finished.slice(0, k)),
    }));
    const outputs = [{ dtype, expression: row.output(...operands, ...finished), perRow: row.perRow === true }];
    return { reductions, outputs, scalars: 0 };
  };
  return new Op('rows', name, { build, gradient: row.gradient ?? null });
}

/**
 * The same over dimension `dim`, wherever up to three operands and reductions lie: a `reduce` for each reduction, which keeps the dimension, and a `map`. Float16 is reduced in
 * float32, as in rows.
 */
export function acrossOps(name: string, row: RowsRow): (dim: number, ...operands: [Tensor, Tensor?]) => Tensor {
  const reductions: Op<'reduce'>[][] = [];
  const values = (layouts: readonly Layout[]): Expression[] =>
    layouts.map((_, i) => input(i, dtypes[layouts[0]!.dtype].scalar));
  const result = new Op('map', name, {
    inPlace: false,
    build: (layouts) => single(layouts[0]!.dtype, row.output(...values(layouts))),
  });
  return (dim, ...operands) => {
    reductions[dim] ??= row.reductions.map(
      ({ combine, body, epilogue = itself }) =>
        new Op('reduce', name, {
          dims: [dim],
          keepdim: true,
          build: (layouts) => {
            const { dtype } = layouts[0]!;
            const whole = body(...values(layouts));
            return {
              dtype: dtype === 'float16' ? 'float32' : dtype,
              combine,
              body: whole,
              epilogue: epilogue(input(0, whole.type)),
              scalars: 0,
            };
          },
        }),
    );
    const all = operands.slice() as Tensor[] as [Tensor, Tensor, Tensor];
    for (const op of reductions[dim]) all.push(dispatch(op, ...all));
    return finish(dispatch(result, ...all), all[0], ...all.slice(operands.length));
  };
}
