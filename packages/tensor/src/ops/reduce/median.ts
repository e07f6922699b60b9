/** Medians: elements chosen by their rank, the lower one of two. */

import {
  and,
  cast,
  type DType,
  div,
  type Expression,
  equal,
  isFloat,
  isFloatScalar,
  isNotANumber,
  less,
  max,
  or,
  same,
  scalar,
  select,
  sub,
} from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { reshape } from '../shape/views.ts';
import { checkNotEmpty, reduction } from './build.ts';
import { orderOf, placesOfRanks } from './order.ts';
import { type Chosen, chosenAt, pick } from './pick.ts';
import type { MedianFunction } from './signatures.ts';

type Name = 'median' | 'nanmedian';

const missingOf = reduction('median', {
  combine: 'sum',
  dtype: () => 'int64',
  body: ([x]) => cast(isNotANumber(x!), 'i32'),
});

/** Where the median stands among n sorted elements of which the last `missing` are NaN: the first NaN, or past them. */
const ranks: { readonly [N in Name]: (missing: Expression, n: Expression) => Expression } = {
  median: (missing, n) => {
    const zero = same(0, n);
    return select(less(zero, missing), sub(n, missing), div(sub(n, same(1, n)), same(2, n)));
  },
  nanmedian: (missing, n) => max(same(0, n), div(sub(sub(n, missing), same(1, n)), same(2, n))),
};

const rankOp = (name: Name): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: ([missing]) => single('int64', ranks[name](element(missing!, 0), scalar(0, 'i32')), 1),
  });

const rankOps = { median: rankOp('median'), nanmedian: rankOp('nanmedian') };

/** Where the median lies along `dim`, the dimension kept. */
function placeOf(name: Name, x: Tensor, dim: number): Tensor {
  const n = x.layout.shape[dim] ?? 1;
  if (!isFloat(x.dtype)) return placesOfRanks(x, dim, false, Math.floor((n - 1) / 2), 1);
  const order = orderOf(x, dim, false);
  if (x.layout.shape.length === 0) return order;
  const missing = missingOf(x, { dim, keepdim: true });
  const rank = dispatch(rankOps[name], missing, null, null, [n]);
  const place = pick(name, order, rank, dim);
  for (const t of [order, missing, rank]) t.dispose();
  return place;
}

/** The elements equal to a value share its gradient: it is the largest of them. */
const sharing = (name: Name) =>
  reduction(name, {
    combine: 'max',
    dtype: (dtype: DType) => dtype,
    body: ([x, value]) => {
      if (!isFloatScalar(x!.type)) return x!;
      const both = or(equal(x!, value!), and(isNotANumber(x!), isNotANumber(value!)));
      return select(both, x!, same(Number.NEGATIVE_INFINITY, x!));
    },
  });

const sharers = { median: sharing('median'), nanmedian: sharing('nanmedian') };

function medianOf(name: Name) {
  return (
    x: Tensor,
    options: { readonly dim?: number | undefined; readonly keepdim?: boolean | undefined } = {},
  ): Tensor | Chosen => {
    const { dim: along, keepdim } = checkNamed(name, options);
    if (along !== undefined) {
      checkNotEmpty(name, x, along);
      const dim = dimension(name, along, x.layout.shape.length);
      return chosenAt(
        name,
        x,
        untracked(() => placeOf(name, x, dim)),
        dim,
        keepdim === true,
      );
    }
    if (isFloat(x.dtype) && x.layout.size === 0) return filled(x.layout.device, x.dtype, [], Number.NaN);
    checkNotEmpty(name, x, undefined);
    const value = untracked(() => {
      const flat = reshape(x, [x.layout.size]);
      const { values, indices } = chosenAt(name, flat, placeOf(name, flat, 0), 0, false);
      indices.dispose();
      flat.dispose();
      return values;
    });
    if (!isFloat(x.dtype)) return value;
    const result = sharers[name](x, {}, [], value);
    value.dispose();
    return result;
  };
}

/**
 * The median: the element in the middle of the sorted ones, the lower one of two; NaN if any is. `median(x)` is of all elements (equal ones share the
 * gradient; NaN of no floats); `median(x, { dim, keepdim })` gives `{ values, indices }` along a dimension, a `ShapeError` if that is empty. PyTorch:
 * `torch.median`.
 * @example
 * ```ts
 * import { median, tensor } from '@nn/tensor';
 * console.log(await median(tensor([4, 1, 3, 2])).item()); // prints: 2
 * ```
 */
export const median: MedianFunction<'median'> = medianOf('median') as never;

/** The median of the elements that are not NaN; as `median`. PyTorch: `torch.nanmedian`. */
export const nanmedian: MedianFunction<'nanmedian'> = medianOf('nanmedian') as never;
