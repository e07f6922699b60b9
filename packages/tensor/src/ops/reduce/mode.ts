/** The element that occurs most often along a dimension. */

import { add, coordinate, type Expression, equal, not, rem, same, scalar, select, sub } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { assign } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { contiguous, finish, sliceView, transpose } from '../shape/views.ts';
import { checkNotEmpty, reduction } from './build.ts';
import { ordered } from './order.ts';
import { chosenAt, pick } from './pick.ts';
import { scanOp } from './scan-op.ts';
import type { ModeFunction } from './signatures.ts';

/** Where a row of the coordinate's last dimension, of size scalar 0, stands. */
const column = (): Expression => rem(coordinate, scalar(0, 'i32'));

/** The position of each element but the first, where it differs from the one before it; else 0. Over sorted rows: where runs begin. */
const beginnings = new Op('map', 'mode', {
  inPlace: false,
  build: ([later, earlier]) => {
    const at = add(column(), same(1, coordinate));
    const differs = not(equal(element(later!, 0), element(earlier!, 1)));
    return single('int64', select(differs, at, same(0, at)), 1);
  },
});

/** How far an element is into its run. */
const reach = new Op('map', 'mode', {
  inPlace: false,
  build: ([start]) => single('int64', sub(column(), element(start!, 0)), 1),
});

const runningStart = new Map<number, Op<'scan'>>();

function startsOf(dim: number): Op<'scan'> {
  let op = runningStart.get(dim);
  if (op === undefined) {
    op = scanOp('mode', { dim, combine: 'max', reverse: false, indices: false });
    runningStart.set(dim, op);
  }
  return op;
}

const longest = reduction('mode', { combine: 'argmax', dtype: () => 'int64', body: ([x]) => x! });

/**
 * Of x with its dimension last: sorted, equal elements lie in runs. The first of the longest runs is that of the smallest most frequent element, and a
 * stable sort ends it with the last occurrence, the one that PyTorch names.
 */
function placeOf(x: Tensor): Tensor {
  const { shape, device } = x.layout;
  const last = shape.length - 1;
  const n = shape[last]!;
  const { values, indices } = ordered(x, last, false);
  const begins = filled(device, 'int64', shape, 0);
  if (n > 1) {
    const [later, earlier] = [1, 0].map((start) => sliceView(values, last, start, n - 1)) as [Tensor, Tensor];
    const target = sliceView(begins, last, 1, n - 1);
    const found = dispatch(beginnings, later, earlier, null, [n - 1]);
    assign(target, found);
    for (const t of [later, earlier, target, found]) t.dispose();
  }
  const starts = dispatch(startsOf(last), begins);
  const into = dispatch(reach, starts, null, null, [n]);
  const end = longest(into, { dim: last, keepdim: true });
  const place = pick('mode', indices, end, last);
  for (const t of [values, indices, begins, starts, into, end]) t.dispose();
  return place;
}

/**
 * `{ values, indices }` of the most frequent element along `dim` (the last one; kept with size 1 if `keepdim`): the smallest of equally frequent ones, and where
 * it occurs last. PyTorch: `torch.mode`.
 * @example
 * ```ts
 * import { mode, tensor } from '@nn/tensor';
 * const { values, indices } = mode(tensor([3, 1, 3, 2, 1]));
 * console.log(await values.item(), await indices.item()); // prints: 1 4
 * ```
 */
export const mode: ModeFunction<'mode'> = ((
  x: Tensor,
  options: { readonly dim?: number | undefined; readonly keepdim?: boolean | undefined } = {},
) => {
  const { shape, device } = x.layout;
  const dim = dimension('mode', checkNamed('mode', options).dim ?? -1, shape.length);
  checkNotEmpty('mode', x, dim);
  const last = shape.length - 1;
  const places = untracked(() => {
    if (shape.length === 0) return filled(device, 'int64', [], 0);
    const moved = transpose(x, dim, last);
    const found = placeOf(moved);
    const back = transpose(found, dim, last);
    return finish(contiguous(back), x, moved, found, back);
  });
  return chosenAt('mode', x, places, dim, options.keepdim === true);
}) as never;
