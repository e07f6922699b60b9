/** Running sums, products, extremes along a dimension. */

import { type DType, DTypeError } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { assignOp } from '../../core/copy.ts';
import { dispatch, dispatchMany } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { floatType, sumType } from '../../core/promotion.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import type { CumulativeFunction } from '../../types/signatures.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { toDType } from '../shape/convert.ts';
import { clone, contiguous, finish } from '../shape/views.ts';
import { widened } from '../shape/widened.ts';
import { logSums } from './log-sums.ts';
import { isTracked, pick } from './pick.ts';
import { scanOp } from './scan-op.ts';
import type { CumulativeExtremeFunction, CumulativeInto, FloatCumulativeFunction } from './signatures.ts';

/** A scan op a dimension. */
function scans(
  name: string,
  combine: 'sum' | 'product' | 'max' | 'min',
  indices: boolean,
): (dim: number) => Op<'scan'> {
  const ops = new Map<number, Op<'scan'>>();
  return (dim) => {
    let op = ops.get(dim);
    if (op === undefined) {
      op = scanOp(name, { dim, combine, reverse: false, indices });
      ops.set(dim, op);
    }
    return op;
  };
}

function total(name: string, combine: 'sum' | 'product'): CumulativeFunction<string> {
  const scan = scans(name, combine, false);
  return ((x: Tensor, dim: number, options: { readonly dtype?: DType | undefined } = {}): Tensor => {
    const d = dimension(name, dim, sizesOf(name, x).length);
    const dtype = checkNamed(name, options).dtype ?? sumType(x.dtype);
    if (dtype === 'bool')
      throw new DTypeError(name, "bools don't add up or multiply; ask for another dtype, or take any() or all()");
    const source = toDType(x, dtype);
    return finish(dispatch(scan(d), source), x, source);
  }) as never;
}

/** The same over x, in its own dtype. */
function totalInto(name: string, combine: 'sum' | 'product', gradName: string): CumulativeInto<string> {
  const sums = total(name, combine);
  const write = new Op('map', name, assignOp.attributes, gradName);
  return ((x: Tensor, dim: number): Tensor => {
    // A product's gradient reads what was there.
    const source = combine === 'product' && isTracked(x) ? clone(x) : x;
    const found = sums(source, dim as never, { dtype: x.dtype }) as Tensor;
    return finish(dispatchInto(write, [x, found]), x, source, found);
  }) as never;
}

/**
 * Running sums along `dim`: `out[i] = x[0] + … + x[i]`. Integers and bools add up in int64; `dtype` converts first. PyTorch: `torch.cumsum`.
 * @example
 * ```ts
 * import { cumsum, tensor } from '@nn/tensor';
 * console.log(await cumsum(tensor([1, 2, 3]), 0).toArray()); // prints: [ 1, 3, 6 ]
 * ```
 */
export const cumsum: CumulativeFunction<'cumsum'> = total('cumsum', 'sum') as never;

/** Running products along `dim`; as `cumsum`. PyTorch: `torch.cumprod`. */
export const cumprod: CumulativeFunction<'cumprod'> = total('cumprod', 'product') as never;

/** `cumsum` in place, in the dtype of x; PyTorch: `Tensor.cumsum_`. */
export const cumsum_: CumulativeInto<'cumsum_'> = totalInto('cumsum_', 'sum', 'CumsumBackward0') as never;

/** `cumprod` in place, in the dtype of x; PyTorch: `Tensor.cumprod_`. */
export const cumprod_: CumulativeInto<'cumprod_'> = totalInto('cumprod_', 'product', 'CumprodBackward0') as never;

function extreme(name: string, combine: 'max' | 'min'): CumulativeExtremeFunction<string> {
  const scan = scans(name, combine, true);
  return ((x: Tensor, dim: number) => {
    const d = dimension(name, dim, sizesOf(name, x).length);
    const [values, found] = untracked(() => dispatchMany(scan(d), [x])) as [Tensor, Tensor];
    const indices = finish(
      untracked(() => contiguous(found)),
      x,
      found,
    );
    if (!isTracked(x)) return { values, indices };
    values.dispose();
    return { values: pick(name, x, indices, d), indices };
  }) as never;
}

/** The largest so far along `dim`, and where it is: the last of equals, which gets the gradient; NaN stays. PyTorch: `torch.cummax`. */
export const cummax: CumulativeExtremeFunction<'cummax'> = extreme('cummax', 'max') as never;

/** The smallest so far; as `cummax`. PyTorch: `torch.cummin`. */
export const cummin: CumulativeExtremeFunction<'cummin'> = extreme('cummin', 'min') as never;

/**
 * Running log Σ exp along `dim`, without overflow; integers become floats. Every sum is kept relative to the largest element so far, so that no
 * element is ever scaled by a far larger one. PyTorch: `torch.logcumsumexp`.
 */
export const logcumsumexp: FloatCumulativeFunction<'logcumsumexp'> = ((x: Tensor, dim: number): Tensor => {
  const d = dimension('logcumsumexp', dim, x.layout.shape.length);
  return widened(x, (wide) => {
    const source = toDType(wide, floatType(wide.dtype));
    return finish(logSums(source, d), wide, source);
  });
}) as never;
