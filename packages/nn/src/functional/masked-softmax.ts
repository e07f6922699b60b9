/**
 * The softmax of attention as one `rows` kernel each, forwards and backwards: the scale, the mask and the causal bound are part of its expressions, and what is left out
 * becomes exactly 0 (a tiny number instead would go on as a denormal, which costs many times as much). Knows nothing of queries and keys.
 */
import { add, coordinate, div, dtypes, type Expression, equal, exp, input, lessEqual, mul, rem, same, scalar, select, sub } from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import { dispatch, type Layout, Op, type RowsBuild } from '@nn/tensor/internal';

/** How a mask says what takes part: 'kept' (bool) where true; 'added' (float) is added to the scores, so that -∞ leaves out. */
export type MaskKind = 'none' | 'kept' | 'added';

export interface MaskedSoftmaxOptions {
  /** Multiplies the scores. */
  readonly scale: number;
  /** Broadcasts to the scores. */
  readonly mask: Tensor | null;
  /** Row i of each matrix sees columns up to i only. */
  readonly causal: boolean;
  /** What a row becomes that sees nothing: 0, as in PyTorch's scaled_dot_product_attention, or NaN, as softmax over -∞ is. */
  readonly empty: 'zero' | 'nan';
}

const floatOf = (layout: Layout) => dtypes[layout.dtype].scalar;
const sumOf = (body: Expression): RowsBuild['reductions'][number] => ({ combine: 'sum', body });

/** A rows op over operands of one float type, whose scalar 0 is the scale. */
function slopeOp(
  scalars: number,
  reductions: (x: readonly Expression[]) => Expression[],
  output: (x: readonly Expression[], sums: readonly Expression[], scale: Expression) => Expression,
  gradient: ((j: number) => { readonly operands: readonly ('output' | 'gradient' | number)[]; readonly op: Op }) | null,
): Op<'rows'> {
  return new Op('rows', 'softmaxBackward', {
    build: (layouts) => {
      const { dtype } = layouts[0]!;
      const type = floatOf(layouts[0]!);
      const operands = layouts.map((_, i) => input(i, type));
      const bodies = reductions(operands);
      const sums = bodies.map((_, k) => input(layouts.length + k, type));
      const expression = output(operands, sums, scalar(0, type));
      return { reductions: bodies.map(sumOf), outputs: [{ dtype, expression, perRow: false }], scalars };
    },
    gradient,
  });
}

/** Gradients for a number of run-time scalars: of the scores, which are scaled, and of an added mask, which isn't. */
function slopes(scalars: number): { readonly scores: Op<'rows'>; readonly mask: Op<'rows'> } {
  const family = (scaled: (x: Expression, scale: Expression) => Expression): Op<'rows'> => {
    // dx = s y (g - Σ y g) of y = softmax(s x). With h the gradient of dx: dy = s (h (g - Σ y g) - g Σ h y), and dg = s y (h - Σ y h), which is dx of (y, h).
    const curvature = slopeOp(
      scalars,
      ([h, y, g]) => [mul(y!, g!), mul(h!, y!)],
      ([h, , g], [yg, hy], scale) => scaled(sub(mul(h!, sub(g!, yg!)), mul(g!, hy!)), scale),
      null,
    );
    const slope: Op<'rows'> = slopeOp(
      scalars,
      ([y, g]) => [mul(y!, g!)],
      ([y, g], [total], scale) => scaled(mul(y!, sub(g!, total!)), scale),
      (j) => (j === 0 ? { operands: ['gradient', 0, 1], op: curvature } : { operands: [0, 'gradient'], op: slope }),
    );
    return slope;
  };
  return { scores: family((x, scale) => mul(scale, x)), mask: family((x) => x) };
}
const slopesOf = { plain: slopes(1), causal: slopes(3) };

/** Scalars: the scale; of causal ones the number of columns and of rows. */
function softmaxOp(kind: MaskKind, causal: boolean, empty: MaskedSoftmaxOptions['empty']): Op<'rows'> {
  const backward = causal ? slopesOf.causal : slopesOf.plain;
  return new Op('rows', 'softmax', {
    build: (layouts) => {
      const { dtype } = layouts[0]!;
      const type = floatOf(layouts[0]!);
      const nothing = same(Number.NEGATIVE_INFINITY, input(0, type));
      let x = mul(scalar(0, type), input(0, type));
      if (kind === 'kept') x = select(input(1, 'bool'), x, nothing);
      if (kind === 'added') x = add(x, input(1, type));
      if (causal) {
        const column = rem(coordinate, scalar(1, 'i32'));
        const row = rem(div(coordinate, scalar(1, 'i32')), scalar(2, 'i32'));
        x = select(lessEqual(column, row), x, nothing);
      }
      const [most, total] = [input(layouts.length, type), input(layouts.length + 1, type)];
      const share = select(equal(x, nothing), same(0, x), exp(sub(x, most)));
      const divisor = empty === 'zero' ? select(equal(total, same(0, total)), same(1, total), total) : total;
      return {
        reductions: [{ combine: 'max', body: x }, sumOf(share)],
        outputs: [{ dtype, expression: div(share, divisor), perRow: false }],
        scalars: causal ? 3 : 1,
      };
    },
    gradient: (j) => ({ operands: ['output', 'gradient'], op: j === 0 ? backward.scores : backward.mask }),
  });
}

const ops = new Map<string, Op<'rows'>>();

/** exp(s x + mask) over its sum along the last dimension of scores (…, rows, columns), with exact zeros for what is left out. */
export function maskedSoftmax(scores: Tensor, { scale, mask, causal, empty }: MaskedSoftmaxOptions): Tensor {
  const kind: MaskKind = mask === null ? 'none' : mask.dtype === 'bool' ? 'kept' : 'added';
  const key = `${kind} ${causal} ${empty}`;
  let op = ops.get(key);
  if (op === undefined) {
    op = softmaxOp(kind, causal, empty);
    ops.set(key, op);
  }
  const { shape } = scores.layout;
  const [rows, columns] = shape.slice(-2) as [number, number];
  return dispatch(op, scores, mask, null, causal ? [scale, columns, rows] : [scale]);
}
