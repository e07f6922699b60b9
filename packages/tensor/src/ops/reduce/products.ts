/** Products of all elements but one, which stay right where elements are zero: nothing is divided by an element. */
import { castTo, type DType, type Expression, mul as times } from '@nn/backend';
import { fresh } from '../../core/dispatch.ts';
import { filledLike } from '../../core/fill.ts';
import { assign, dispatchInto } from '../../core/in-place.ts';
import { layoutOf, sizeOf } from '../../core/layout.ts';
import { Op } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { mul } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { finish, permute, reshape, sliceView, transpose } from '../shape/views.ts';
import { widened } from '../shape/widened.ts';
import { running } from './scan-op.ts';

/** Elements up to which few launches are quicker than launches that are quick. */
const few = 1024;

/** For each element the product of the others along `dims`, to any order of derivative. */
export const productOfOthers = (x: Tensor, dims: readonly number[]): Tensor =>
  widened(x, (wide) => {
    const { shape } = wide;
    // Dimensions that lie side by side stay where they are.
    const kept = shape.map((_, d) => d).filter((d) => !dims.includes(d));
    const [before, after] = [kept.filter((d) => d < dims[0]!), kept.filter((d) => d > dims[0]!)];
    const order = [...before, ...dims, ...after];
    const sizes = [before, dims, after].map((list) => sizeOf(list.map((d) => shape[d]!)));
    const moved = permute(wide, order);
    const line = reshape(moved, sizes);
    const found = othersAlong(line);
    const others = reshape(found, moved.shape);
    const back = order.map((_, d) => order.indexOf(d));
    return finish(permute(others, back), wide, moved, line, found, others);
  });

/** The product of inputs 1 and 2, over input 0. */
const productOp = new Op('map', 'prodBackward', {
  inPlace: true,
  build: (layouts) => {
    const [left, right] = [1, 2].map((i) => castTo(element(layouts[i]!, i), 'float64')) as [Expression, Expression];
    return single(layouts[0]!.dtype, castTo(times(left, right), layouts[0]!.dtype));
  },
});

/**
 * The same along dimension 1 of three, by halves: where c is it of the products of a and b, it is [cb, ca] of [a, b]. What an odd number leaves over is in the
 * middle. Each step takes half of the work of the one before. What meets in a product of thousands is kept in float64, as roundings of factors add up; a backend
 * that lacks it takes running products, which are as exact as the backend makes them.
 */
function othersAlong(x: Tensor): Tensor {
  const { device, dtype, shape, size } = x.layout;
  const [rows, n, columns] = shape as [number, number, number];
  if (n < 2 || size <= few || !device.backend.dtypes.includes('float64')) return othersByRuns(x);
  const [pairs, half] = [Math.floor(n / 2), Math.ceil(n / 2)];
  const used: Tensor[] = [];
  const part = (t: Tensor, start: number, length = pairs): Tensor => {
    const view = sliceView(t, 1, start, length);
    used.push(view);
    return view;
  };
  const room = (type: DType, length: number): Tensor => fresh(layoutOf(device, type, [rows, length, columns]), 'prod');
  const multiply = (target: Tensor, left: Tensor, right: Tensor): void => {
    dispatchInto(productOp, [target, left, right], [], { fresh: true });
  };
  const middle = (target: Tensor, source: Tensor): void => {
    if (pairs < half) assign(part(target, pairs, 1), part(source, pairs, 1), { fresh: true });
  };
  const [first, second] = [part(x, 0), part(x, half)];
  const products = room('float64', half);
  multiply(part(products, 0), first, second);
  middle(products, x);
  const others = othersAlong(products);
  const factor = part(others, 0);
  const out = room(dtype, n);
  multiply(part(out, 0), factor, second);
  multiply(part(out, half), factor, first);
  middle(out, others);
  return finish(out, x, ...used, products, others);
}

/** The same from running products of both ends. */
function othersByRuns(x: Tensor): Tensor {
  const moved = transpose(x, 1, 2);
  const [left, right] = [exclusive(moved, false), exclusive(moved, true)];
  const others = mul(left, right) as Tensor;
  return finish(transpose(others, 1, 2), x, moved, left, right, others);
}

/** Running products along the last dimension without the element itself: 1, x₀, x₀x₁, … */
function exclusive(x: Tensor, reverse: boolean): Tensor {
  const out = filledLike(x, 1);
  const n = x.shape[2]!;
  if (n < 2) return out;
  const products = running(x, 'product', reverse);
  const [target, source] = [sliceView(out, 2, reverse ? 0 : 1, n - 1), sliceView(products, 2, reverse ? 1 : 0, n - 1)];
  assign(target, source, { fresh: true });
  return finish(out, out, target, source, products);
}
