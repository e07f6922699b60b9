/**
 * Indices that don't count from the end: classes, rows of a table. Kernels take an index below 0 as one from the end, so those are moved where no dimension reaches, and an
 * error that names one is told in the user's numbers.
 */
import { constant, type Expression, IndexError, less, same, select, sub } from '@nn/backend';

/** Such an index as a gather or scatter may have it. Down to -99 999 999 it follows `11` and zeros in the decimals of what stands for it, where `told` finds it again. */
export const guarded = (index: Expression): Expression =>
  select(less(index, same(0, index)), sub(index, constant(1_100_000_000, 'i32')), index);

/** What a backend threw, in the user's numbers. */
export function told(error: unknown): unknown {
  const found = error instanceof IndexError && /-(?=\d{10})110*(.*)/.exec(error.message);
  return found ? new IndexError(error.op, `index -${found[1]}; indices start at 0 here`) : error;
}
