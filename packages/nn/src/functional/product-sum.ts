/** Sums of products along the last dimension, in one launch. */
import { castTo, dtypes, input, mul } from '@nn/backend';
import { resultType, type Tensor } from '@nn/tensor';
import { dispatch, Op } from '@nn/tensor/internal';

const byRank = new Map<number, Op<'reduce'>>();

/** Σ over the last dimension of x · y, which broadcast. */
export function productSum(x: Tensor, y: Tensor): Tensor {
  const rank = Math.max(x.ndim, y.ndim);
  let op = byRank.get(rank);
  if (op === undefined) {
    op = new Op('reduce', 'productSum', {
      dims: [rank - 1],
      keepdim: false,
      build: (layouts) => {
        const dtype = resultType(layouts);
        const [a, b] = layouts.map((layout, i) => castTo(input(i, dtypes[layout.dtype].scalar), dtype));
        const body = mul(a!, b!);
        return { dtype, combine: 'sum', body, epilogue: input(0, body.type), scalars: 0 };
      },
    });
    byRank.set(rank, op);
  }
  return dispatch(op, x, y);
}
