/** Differences of neighbours. */
import { equal, not, sub, ValueError } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { element, single } from '../elementwise/build.ts';
import { joined } from '../shape/join.ts';
import { clone, sliceView } from '../shape/views.ts';

/** Bools differ or don't; numbers are subtracted. */
const differenceOp = new Op('map', 'diff', {
  inPlace: false,
  build: ([later, earlier]) => {
    const [x, y] = [element(later!, 0), element(earlier!, 1)];
    return single(later!.dtype, later!.dtype === 'bool' ? not(equal(x, y)) : sub(x, y));
  },
});

export interface DiffOptions {
  /** How often to take differences; 1. */
  readonly n?: number | undefined;
  /** Along which dimension; -1. */
  readonly dim?: number | undefined;
  /** What to put before the first element, and behind the last one. */
  readonly prepend?: Tensor | undefined;
  readonly append?: Tensor | undefined;
}

/**
 * `x[i + 1] - x[i]` along a dimension, `n` times over; of bools whether they differ. The dimension gets shorter by n. PyTorch: `torch.diff`.
 * @example
 * ```ts
 * import { diff, tensor } from '@nn/tensor';
 * console.log(await diff(tensor([1, 4, 9])).toArray()); // prints: [ 3, 5 ]
 * ```
 */
export function diff<A extends Tensor>(x: A, options: DiffOptions = {}): Tensor<Shape, A['dtype']> {
  const { n = 1, prepend, append } = checkNamed('diff', options);
  if (x.layout.shape.length === 0)
    throw new ValueError('diff', 'a tensor without dimensions has no neighbours; reshape it first');
  if (!Number.isInteger(n) || n < 0) throw new ValueError('diff', `n is ${n}; it must be a whole number ≥ 0`);
  const d = dimension('diff', options.dim ?? -1, x.layout.shape.length);
  const parts = [prepend, x, append].filter((part) => part !== undefined);
  let result = parts.length > 1 ? joined('diff', parts, d) : n === 0 ? clone(x) : x;
  // Without elements left, further differences are the same.
  const times = Math.min(n, Math.max(1, result.layout.shape[d]!));
  for (let i = 0; i < times; i++) {
    const size = Math.max(result.layout.shape[d]! - 1, 0);
    const [later, earlier] = [Math.min(1, size), 0].map((start) => sliceView(result, d, start, size)) as [
      Tensor,
      Tensor,
    ];
    const next = dispatch(differenceOp, later, earlier);
    for (const t of [later, earlier]) t.dispose();
    if (result !== x) result.dispose();
    result = next;
  }
  return result as never;
}
