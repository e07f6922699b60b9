/**
 * Means, variances and their kin of normalizations, in two passes: the squares are those of distances from the mean, so that a mean far from 0 costs no digits. Every op
 * here has a derivative, so backwards that compute their statistics again can be differentiated.
 */
import { add, type DType, div, dtypes, type Expression, input, mul, same, scalar, sqrt, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, dispatchMany, type Layout, Op } from '@nn/tensor/internal';

/** Operands of one scalar type: expressions by position, the type's scalars by number. */
export interface Operands {
  readonly at: (i: number) => Expression;
  readonly number: (k: number) => Expression;
}

/** The dtype in which statistics and sums wait for their use: those of float16 would lose digits. */
export const wideType = (dtype: DType): DType => (dtype === 'float16' ? 'float32' : dtype);

const operandsOf = ([layout]: readonly Layout[]): Operands & { readonly dtype: Layout['dtype'] } => {
  const { dtype } = layout!;
  const type = dtypes[dtype].scalar;
  return { dtype, at: (i) => input(i, type), number: (k) => scalar(k, type) };
};

/** Sums of `body` over dimensions, which stay with size 1, in the wide dtype; divided by run-time number 0 if `mean`. Ops are made once for each set of dimensions. */
export function summing(
  name: string,
  body: (operands: Operands) => Expression,
  mean = false,
): (dims: readonly number[]) => Op<'reduce'> {
  const made = new Map<string, Op<'reduce'>>();
  return (dims) => {
    const key = dims.join();
    let op = made.get(key);
    if (op === undefined) {
      op = new Op('reduce', name, {
        dims,
        keepdim: true,
        build: (layouts) => {
          const { dtype, at, number } = operandsOf(layouts);
          const epilogue = mean ? div(at(0), number(0)) : at(0);
          return {
            dtype: wideType(dtype),
            combine: 'sum',
            body: body({ at, number }),
            epilogue,
            scalars: mean ? 1 : 0,
          };
        },
      });
      made.set(key, op);
    }
    return op;
  };
}

/** A map of operands of one scalar type, in the dtype of the first. */
export const mapping = (name: string, scalars: number, expression: (operands: Operands) => Expression): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: (layouts) => {
      const { dtype, at, number } = operandsOf(layouts);
      return { outputs: [{ dtype, expression: expression({ at, number }) }], scalars };
    },
  });

/** 1 / √(variance + eps). */
export const inverse = (variance: Expression, eps: Expression): Expression =>
  div(same(1, variance), sqrt(add(variance, eps)));

const meanOps = summing('mean', ({ at }) => at(0), true);
const varianceOps = summing(
  'var',
  ({ at }) => {
    const distance = sub(at(0), at(1));
    return mul(distance, distance);
  },
  true,
);
const inverseOp = mapping('rsqrt', 1, ({ at, number }) => inverse(at(0), number(0)));

export const countOver = (x: Tensor, dims: readonly number[]): number =>
  dims.reduce((n, d) => n * x.layout.shape[d]!, 1);

/** Means over dimensions, which stay with size 1. */
export const meanOver = (x: Tensor, dims: readonly number[]): Tensor =>
  dispatch(meanOps(dims), x, null, null, [countOver(x, dims)]);

/** Mean and variance (over n) over dimensions, which stay with size 1. */
export function momentsOver(x: Tensor, dims: readonly number[]): [mean: Tensor, variance: Tensor] {
  const mean = meanOver(x, dims);
  return [mean, dispatch(varianceOps(dims), x, mean, null, [countOver(x, dims)])];
}

/** 1 / √(variance + eps), element by element. */
export const inverseDeviation = (variance: Tensor, eps: number): Tensor =>
  dispatch(inverseOp, variance, null, null, [eps]);

/** Mean and 1 / √(variance + eps) over dimensions, which stay with size 1. */
export function statisticsOver(x: Tensor, dims: readonly number[], eps: number): [mean: Tensor, deviation: Tensor] {
  const [mean, variance] = momentsOver(x, dims);
  const deviation = inverseDeviation(variance, eps);
  variance.dispose();
  return [mean, deviation];
}

/** Over rows of x: scalars are the row's length and eps. */
const rowOp = new Op('rows', 'rowStatistics', {
  gradient: null,
  build: (layouts) => {
    const { dtype, at, number } = operandsOf(layouts);
    const mean = div(at(1), number(0));
    const distance = sub(at(0), mean);
    const variance = div(at(2), number(0));
    return {
      reductions: [
        { combine: 'sum', body: at(0) },
        { combine: 'sum', body: mul(distance, distance) },
      ],
      outputs: [mean, inverse(variance, number(1)), variance].map((expression) => ({
        dtype: wideType(dtype),
        expression,
        perRow: true,
      })),
      scalars: 2,
    };
  },
});

/** Mean, 1 / √(variance + eps) and variance of each row of a matrix, in one launch; the first alone is differentiable. */
export const rowStatistics = (x: Tensor, eps: number): [mean: Tensor, deviation: Tensor, variance: Tensor] =>
  dispatchMany(rowOp, [x], [x.layout.shape[1]!, eps]) as [Tensor, Tensor, Tensor];
