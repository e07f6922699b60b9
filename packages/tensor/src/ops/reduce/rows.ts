/** Makes ops of a few reductions and one output: over the last dimension in one `rows` kernel, over others as `reduce` and `map`. */
import { type Combine, type DType, dtypes, type Expression, input } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import type { Layout } from '../../core/layout.ts';
import { Op, type RowsBuild, type RowsGradient } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { finish } from '../shape/views.ts';

type Over = (...values: Expression[]) => Expression;

export interface RowsRow {
  /** Over the operands and the reductions before it; `finish` is applied to each once it is done. */
  readonly reductions: readonly { readonly combine: Combine; readonly body: Over; readonly finish?: Over }[];
  /** Over the operands, then the reductions. */
  readonly output: Over;
  /** One value a row instead of one an element, over the reductions alone; false. */
  readonly perRow?: boolean;
  /** Stated gradients; derived from the rest where absent. */
  readonly gradient?: (j: number) => RowsGradient;
}

export const sumOf = (body: Over): RowsRow['reductions'][number] => ({ combine: 'sum', body });
export const largest: RowsRow['reductions'][number] = { combine: 'max', body: (x) => x! };

/** An op over operands of one dtype, which is the result's. */
export function rowsOp(name: string, row: RowsRow): Op<'rows'> {
  const build = (layouts: readonly Layout[]): RowsBuild => {
    const { dtype } = layouts[0]!;
    const type = dtypes[dtype].scalar;
    const operands = layouts.map((_, i) => input(i, type));
    const finished = row.reductions.map(({ finish }, k) => {
      const found = input(layouts.length + k, type);
      return finish === undefined ? found : finish(found);
    });
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
 * float32, as in rows. The result is of the first operand's dtype if not told otherwise.
 */
export function acrossOps(
  name: string,
  row: RowsRow,
): (dim: number, operands: readonly [Tensor, ...Tensor[]], dtype?: DType) => Tensor {
  const reductions: Op<'reduce'>[][] = [];
  const results = new Map<DType, Op<'map'>>();
  const values = (layouts: readonly Layout[]): Expression[] =>
    layouts.map((_, i) => input(i, dtypes[layouts[0]!.dtype].scalar));
  const reduction = (dim: number, { combine, body, finish }: RowsRow['reductions'][number]): Op<'reduce'> =>
    new Op('reduce', name, {
      dims: [dim],
      keepdim: true,
      build: (layouts) => {
        const { dtype } = layouts[0]!;
        const whole = body(...values(layouts));
        const found = input(0, whole.type);
        const epilogue = finish === undefined ? found : finish(found);
        return { dtype: dtype === 'float16' ? 'float32' : dtype, combine, body: whole, epilogue, scalars: 0 };
      },
    });
  const result = (dtype: DType): Op<'map'> =>
    new Op('map', name, {
      inPlace: false,
      build: (layouts) => ({ outputs: [{ dtype, expression: row.output(...values(layouts)) }], scalars: 0 }),
    });
  return (dim, operands, dtype = operands[0].dtype) => {
    reductions[dim] ??= row.reductions.map((each) => reduction(dim, each));
    if (!results.has(dtype)) results.set(dtype, result(dtype));
    const all = [...operands] as [Tensor, Tensor, Tensor];
    for (const op of reductions[dim]) all.push(dispatch(op, ...all));
    return finish(dispatch(results.get(dtype)!, ...all), operands[0], ...all.slice(operands.length));
  };
}
