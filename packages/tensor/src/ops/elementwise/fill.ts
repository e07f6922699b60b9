/** Overwriting a tensor: with a value, with 0, with another tensor. */
import { constant, dtypes, ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { fillInPlace } from '../../core/fill.ts';
import { assign, dispatchInto } from '../../core/in-place.ts';
import { Op } from '../../core/op.ts';
import type { Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { Broadcast, Checked, ShapeOf } from '../../types/index.ts';
import { single } from './build.ts';
import { isTensor, plainNumber } from './operand.ts';
import type { InPlaceFunction } from './signatures.ts';

/**
 * Makes every element `value`, a number or a tensor without dimensions, converted to x's dtype: fractions lose their fraction in integers. No gradient passes
 * to what was there. PyTorch: `t.fill_`.
 * @example
 * ```ts
 * import { fill_, tensor } from '@nn/tensor';
 * console.log(await fill_(tensor([1, 2]), 7).toArray()); // prints: [ 7, 7 ]
 * ```
 */
export function fill_<A extends Tensor>(x: A, value: Tensor | Numeric): A {
  if (isTensor(value)) {
    if (value.layout.shape.length > 0)
      throw new ShapeError(
        'fill_',
        `the value has shape ${shapeText(value.layout.shape)}; it must be a number or a tensor without dimensions: use copy_ to assign a tensor`,
      );
    return assign(x, value) as A;
  }
  const number = plainNumber('fill_', value);
  const { category } = dtypes[x.layout.dtype];
  return fillInPlace(
    x,
    category === 'float' ? number : category === 'bool' ? Number(number !== 0) : Math.trunc(number),
  ) as A;
}

const zeroOp: Op<'map'> = new Op('map', 'zero_', {
  inPlace: true,
  build: ([x]) => single(x!.dtype, constant(0, dtypes[x!.dtype].scalar)),
});

/** Makes every element 0. PyTorch: `t.zero_`. */
export const zero_: InPlaceFunction = ((x: Tensor) => dispatchInto(zeroOp, [x])) as never;

/**
 * Writes `source`, which broadcasts to x's shape and is converted to its dtype, over x; x may be a view, and gradients flow to the source. PyTorch: `t.copy_`.
 * @example
 * ```ts
 * import { copy_, tensor } from '@nn/tensor';
 * const x = tensor([[1, 2], [3, 4]]);
 * copy_(x.t(), tensor([5, 6]));
 * console.log(await x.toArray()); // prints: [ [ 5, 5 ], [ 6, 6 ] ]
 * ```
 */
export const copy_: <A extends Tensor, B extends Tensor>(
  x: A,
  source: Checked<Broadcast<'copy_', ShapeOf<A>, ShapeOf<B>>, B>,
) => A = assign as never;
