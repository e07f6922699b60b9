/** Makes `rows` ops: a few reductions over the last dimension and one output, in one kernel. */
import { type Combine, dtypes, type Expression, input } from '@nn/backend';
import type { Layout } from '../../core/layout.ts';
import { Op, type RowsBuild, type RowsGradient } from '../../core/op.ts';

type Over = (...values: Expression[]) => Expression;

export interface RowsRow {
  /** Over the operands and the reductions before it. */
  readonly reductions: readonly { readonly combine: Combine; readonly body: Over }[];
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
    const finished = row.reductions.map((_, k) => input(layouts.length + k, type));
    const reductions = row.reductions.map(({ combine, body }, k) => ({
      combine,
      body: body(...operands, ...finished.slice(0, k)),
    }));
    const outputs = [{ dtype, expression: row.output(...operands, ...finished), perRow: row.perRow === true }];
    return { reductions, outputs, scalars: 0 };
  };
  return new Op('rows', name, { build, gradient: row.gradient ?? null });
}
