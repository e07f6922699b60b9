/**
 * softmax and its logarithm as one `rows` kernel each, forwards and backwards: the largest element is taken out of every row, so that nothing
 * overflows. The gradients are stated over the result, which is what they need, and so are theirs. Rows of -∞ give NaN, as in PyTorch.
 */
import { add, dtypes, type Expression, exp, input, log, mul, neg, sub } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { copyOp } from '../../core/copy.ts';
import { dispatch } from '../../core/dispatch.ts';
import type { Layout } from '../../core/layout.ts';
import { Op, type RowsBuild, type RowsGradient } from '../../core/op.ts';
import { floatType } from '../../core/promotion.ts';
import type { DType } from '@nn/backend';
import type { Tensor } from '../../tensor.ts';
import { unary } from '../elementwise/build.ts';
import { transpose } from '../shape/views.ts';
import { converted } from './convert.ts';
import type { SoftmaxFunction } from './signatures.ts';

interface RowsRow {
  /** Over the operands and the reductions before it. */
  readonly reductions: readonly { readonly combine: 'sum' | 'max'; readonly body: (...values: Expression[]) => Expression }[];
  /** Over the operands, then the reductions. */
  readonly output: (...values: Expression[]) => Expression;
}

/** One output an element, of the operands' common dtype. */
function rowsOp(name: string, row: RowsRow, gradient: (j: number) => RowsGradient | null): Op<'rows'> {
  const build = (layouts: readonly Layout[]): RowsBuild => {
    const { dtype } = layouts[0]!;
    const type = dtypes[dtype].scalar;
    const operands = layouts.map((_, i) => input(i, type));
    const finished = row.reductions.map((_, k) => input(layouts.length + k, type));
    return {
      reductions: row.reductions.map(({ combine, body }, k) => ({ combine, body: body(...operands, ...finished.slice(0, k)) })),
      outputs: [{ dtype, expression: row.output(...operands, ...finished), perRow: false }],
      scalars: 0,
    };
  };
  return new Op('rows', name, { build, gradient });
}

const sumOf = (body: (...values: Expression[]) => Expression) => ({ combine: 'sum' as const, body });
const largest = { combine: 'max' as const, body: (x: Expression) => x };

// y = softmax(x): dx = y (g - Σ y g). With h the gradient of dx: dy = h (g - Σ y g) - g Σ h y, dg = y (h - Σ h y), which is dx of (y, h).
