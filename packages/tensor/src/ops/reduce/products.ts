/** Products of all elements but one, which stay right where elements are zero: nothing is divided by an element. */
import { filled } from '../../core/fill.ts';
import { assign } from '../../core/in-place.ts';
import type { Tensor } from '../../tensor.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { permute, reshape, sliceView } from '../shape/views.ts';
import { running } from './scan-op.ts';

/** For each element the product of the others along `dims`. */
export function productOfOthers(x: Tensor, dims: readonly number[]): Tensor {
  const { shape } = x;
  const kept = shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...kept, ...dims];
  const moved = permute(x, order);
  const n = dims.reduce((p, d) => p * shape[d]!, 1);
  const rows = reshape(moved, [...kept.map((d) => shape[d]!), n]);
  const others = n === 0 ? rows : (mul(before(rows), after(rows)) as Tensor);
  const back = order.map((_, d) => order.indexOf(d));
  return permute(reshape(others, moved.shape), back);
}

/** Exclusive running product from the left: 1, x₀, x₀x₁, … */
function before(x: Tensor): Tensor {
  return shifted(x, running(x, 'product', false), 0);
}

/** Exclusive running product from the right. */
function after(x: Tensor): Tensor {
  return shifted(x, running(x, 'product', true), 1);
}

/** Moves running products by one place along the last dimension: forward (0) or back (1); a 1 comes in. */
function shifted(x: Tensor, products: Tensor, direction: 0 | 1): Tensor {
  const last = x.shape.length - 1;
  const n = x.shape[last]!;
  const out = filled(x.layout.device, x.dtype, x.shape, 1);
  if (n > 1)
    assign(sliceView(out, last, 1 - direction, n - 1), sliceView(products, last, direction, n - 1), { fresh: true });
  return out;
}
