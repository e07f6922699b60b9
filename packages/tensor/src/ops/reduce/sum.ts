/** Sums and means. */
import { div, type DType, dtypes, DTypeError, scalar, type ScalarType } from '@nn/backend';
import { dimensions } from '../../core/collapse.ts';
import { sumType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { type ReduceOptions, reduction } from './build.ts';

const sumOf = reduction('sum', { combine: 'sum', dtype: sumType });

/** Sum over all or some dimensions; integers and bools add up in int64; PyTorch: `torch.sum`. */
export const sum = (x: Tensor, options?: ReduceOptions): Tensor => sumOf(x, options);

const meanOf = new Map<ScalarType, ReturnType<typeof reduction>>(
  (['f32', 'f64'] as const).map((type) => [
    type,
    reduction('mean', { combine: 'sum', dtype: (d: DType) => d, epilogue: (total) => div(total, scalar(0, type)), scalars: 1 }),
  ]),
);

/** Mean over all or some dimensions, of floats; PyTorch: `torch.mean`. */
export function mean(x: Tensor, options?: ReduceOptions): Tensor {
  const of = meanOf.get(dtypes[x.dtype].scalar);
  if (of === undefined) throw new DTypeError('mean', `can't average ${x.dtype}; convert with .to('float32') first`);
  const { shape } = x.layout;
  const count = dimensions('mean', options?.dim, shape.length).reduce((p, d) => p * shape[d]!, 1);
  return of(x, options, [count]);
}
