/** log Σ exp, with the largest element taken out first so that nothing overflows. */
import { abs, add, castTo, equal, exp, log, same, select, sub } from '@nn/backend';
import { dimensions } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { sizeOf } from '../../core/layout.ts';
import { Op } from '../../core/op.ts';
import { floatType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { reshape } from '../shape/views.ts';
import { type ReduceOptions, reduction } from './build.ts';
import { untracked } from './pick.ts';
import type { FloatReduceFunction } from './signatures.ts';

/** The largest element where it is finite, else 0: taking ∞ out would make ∞ - ∞ of it. */
const shift = reduction('logsumexp', {
  combine: 'max',
  dtype: floatType,
  epilogue: (largest) => {
    const infinite = equal(abs(largest), same(Number.POSITIVE_INFINITY, largest));
    return select(infinite, same(0, largest), largest);
  },
});

const scaled = reduction('logsumexp', {
  combine: 'sum',
  dtype: floatType,
  body: ([x, largest], dtype) => exp(sub(castTo(x!, dtype), largest!)),
});

const unscaled = new Op('map', 'logsumexp', {
  inPlace: false,
  build: ([sum, largest]) => single(sum!.dtype, add(log(element(sum!, 0)), element(largest!, 1))),
});

/**
 * log Σ exp(x) over all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`), without overflow: the largest element m is taken out,
 * log Σ exp(x) = m + log Σ exp(x - m). Integers become floats. -∞ of nothing and of rows of -∞. PyTorch: `torch.logsumexp`.
 * @example
 * ```ts
 * import { logsumexp, tensor } from '@nn/tensor';
 * console.log(await logsumexp(tensor([1000, 1000])).item()); // prints: 1000.6931762695312
 * ```
 */
export const logsumexp: FloatReduceFunction<'logsumexp'> = ((x: Tensor, options?: ReduceOptions): Tensor => {
  const kept = { dim: options?.dim, keepdim: true };
  const { shape } = x.layout;
  const dims = dimensions('logsumexp', options?.dim, shape.length);
  // The shift is constant to the gradient: in the result it cancels, at every order.
  const largest = untracked(() => {
    if (sizeOf(shape) > 0) return shift(x, kept);
    const ones = shape.map((n, d) => (dims.includes(d) ? 1 : n));
    return filled(x.layout.device, floatType(x.dtype), ones, 0);
  });
  const sum = scaled(x, options, [], largest);
  const result = dispatch(unscaled, sum, reshape(largest, sum.layout.shape));
  sum.dispose();
  largest.dispose();
  return result;
}) as never;
