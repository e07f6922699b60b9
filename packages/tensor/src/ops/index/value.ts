/** What is written at indices: numbers and tensors made ready for the dtype and shape of the tensor that they go into. */
import { type DType, DTypeError, dtypes, ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { filled } from '../../core/fill.ts';
import { isNumeric, type Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { plainNumber } from '../elementwise/operand.ts';
import { toDType } from '../shape/convert.ts';
import * as views from '../shape/views.ts';

/** A number as a tensor of this dtype holds it: fractions are cut off in integers, anything but 0 is true. */
export function stored(op: string, value: Numeric, dtype: DType): number {
  const number = plainNumber(op, value);
  const { category } = dtypes[dtype];
  if (category === 'float') return number;
  if (category === 'bool') return Number(number !== 0);
  const [low, high] = dtype === 'uint8' ? [0, 255] : [-2147483648, 2147483647];
  const whole = Math.trunc(number);
  // A comparison that NaN fails too.
  if (!(whole >= low && whole <= high))
    throw new DTypeError(op, `${number} doesn't fit in ${dtype}, which holds ${low} to ${high} here`);
  return whole;
}

/** The value as a tensor of the target's dtype; numbers become scalars. */
export const valueFor = (op: string, target: Tensor, value: Tensor | Numeric): Tensor =>
  isNumeric(value)
    ? filled(target.layout.device, target.dtype, [], stored(op, value, target.dtype))
    : (toDType(value, target.dtype) as Tensor);

/** None of the elements of t, in a shape that has none. */
export function nothingOf(t: Tensor, shape: readonly number[]): Tensor {
  const line = t.layout.shape.length === 0 ? views.reshape(t, [1]) : t;
  const none = views.sliceView(line, 0, 0, 0);
  return views.finish(views.reshape(none, shape), t, line, none);
}

/** A value without the leading dimensions of size 1 that its place lacks; an error if it doesn't broadcast there. */
export function fitted(op: string, value: Tensor, shape: readonly number[]): Tensor {
  const own = value.layout.shape;
  const extra = own.length - shape.length;
  const lead = extra > 0 && own.slice(0, extra).every((n) => n === 1) ? extra : 0;
  const rest = own.slice(lead);
  const skip = shape.length - rest.length;
  if (skip < 0 || rest.some((n, d) => n !== 1 && n !== shape[d + skip]))
    throw new ShapeError(
      op,
      `a value of shape ${shapeText(own)} does not broadcast to the indexed shape ${shapeText(shape)}`,
    );
  return lead === 0 ? value : views.reshape(value, rest);
}
