/** Derivatives of products and running products that stay right where elements are zero: nothing is divided by an element. */
import { mul, type Tensor } from '@nn/tensor';
import {
  assign,
  copyOp,
  dispatch,
  expand,
  filled,
  fresh,
  layoutOf,
  Op,
  permute,
  reshape,
  slice,
  stridedView,
} from '@nn/tensor/internal';

const ops = new Map<string, Op<'scan'>>();

/** Running sum or product along the last dimension. */
export function running(x: Tensor, combine: 'sum' | 'product', reverse: boolean): Tensor {
  const dim = x.shape.length - 1;
  const key = `${combine}${dim}${reverse}`;
  let op = ops.get(key);
  if (op === undefined) {
    op = new Op('scan', combine === 'sum' ? 'cumsum' : 'cumprod', { dim, combine, reverse, indices: false });
    ops.set(key, op);
  }
  return dispatch(op, x);
}

/** For each element the product of the others along `dims`. */
export function productOfOthers(x: Tensor, dims: readonly number[]): Tensor {
  const { shape } = x;
  const kept = shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...kept, ...dims];
  const moved = permute(x, order);
  const n = dims.reduce((p, d) => p * shape[d]!, 1);
  const rows = reshape(moved, [...kept.map((d) => shape[d]!), n]);
  const others = n === 0 ? rows : mul(before(rows), after(rows));
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
  if (n > 1) assign(slice(out, last, 1 - direction, n - 1), slice(products, last, direction, n - 1), { fresh: true });
  return out;
}

/**
 * Gradient of y = cumprod(x) along the last dimension: x̄ₖ = Σ_{i ≥ k} ȳᵢ Π_{l ≤ i, l ≠ k} x_l (≤ and ≥ swap in reverse). Row k of an n×n table
 * holds the running products with xₖ replaced by 1, which is right for any zeros and to any order of derivative.
 */
export function runningProductGradient(x: Tensor, g: Tensor, reverse: boolean): Tensor {
  const last = x.shape.length - 1;
  const n = x.shape[last]!;
  if (n === 0) return g;
  const square = [...x.shape, n];
  const table = fresh(layoutOf(x.layout.device, x.dtype, square), 'cumprodGradient');
  assign(table, expand(reshape(x, [...x.shape.slice(0, last), 1, n]), square), { fresh: true });
  assign(diagonal(table), expand(filled(x.layout.device, x.dtype, [], 1), x.shape));
  const omitted = running(table, 'product', reverse);
  const weighted = mul(omitted, reshape(g, [...g.shape.slice(0, last), 1, n]));
  // Summed from the far end, the diagonal holds the sums over i ≥ k.
  return dispatch(copyOp, diagonal(running(weighted, 'sum', !reverse)));
}

/** The view [..., k] of a dense table [..., k, k]. */
function diagonal(table: Tensor): Tensor {
  const shape = table.shape.slice(0, -1);
  const n = shape[shape.length - 1]!;
  return stridedView(table, shape, [...table.layout.strides.slice(0, -2), n + 1], 0);
}
