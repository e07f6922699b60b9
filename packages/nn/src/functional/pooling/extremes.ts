/**
 * The largest element under every window, and where it lies. Large windows take a reduction for the values and one for the places, which takes the least place at which the value
 * stands, so that of equals the first wins. Places count in the input without its padding, row-major over the spatial dimensions.
 */
import { and, dtypes, type Expression, equal, input, isFloatScalar, less, lessEqual, not, notEqual, or, select, sub } from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import { type Device, dispatch, dispatchCreate, layoutOf, Op, reshape, sizeOf } from '@nn/tensor/internal';
import { nowhere, smallExtremes, smallLargest } from './small-windows.ts';
import { isPadded, paddedSize, type WindowGeometry } from './window.ts';
import { byDims, bySpatial, padded, placeOf, tableOp, weighted, whole, windowView, zero } from './windows.ts';

const valueOp = byDims(
  (dims) =>
    new Op('reduce', 'maxPool', {
      dims,
      keepdim: false,
      build: ([windows]) => {
        const x = input(0, dtypes[windows!.dtype].scalar);
        return { dtype: windows!.dtype, combine: 'max', body: x, epilogue: x, scalars: 0 };
      },
    }),
);

/** Over windows, their values, and the place of every element. A NaN is where a NaN is. */
const placeOfValueOp = byDims(
  (dims) =>
    new Op('reduce', 'maxPoolIndices', {
      dims,
      keepdim: false,
      build: ([windows]) => {
        const { scalar } = dtypes[windows!.dtype];
        const [x, value, place] = [input(0, scalar), input(1, scalar), input(2, 'i32')];
        const found = isFloatScalar(scalar) ? or(equal(x, value), notEqual(x, x)) : equal(x, value);
        const body = select(found, place, nowhere);
        return { dtype: 'int64', combine: 'min', body, epilogue: input(0, 'i32'), scalars: 0 };
      },
    }),
);

const lineOp = tableOp('maxPoolPlaces', placeOf(1, 0)[0]!, 0);

/** Places under padding: scalars are the padded sizes, the padding, the sizes, and the places' strides. Nothing is found in the padding. */
const paddedLineOp = bySpatial((spatial) => {
  const place = placeOf(spatial, 0).map((p, d) => sub(p, whole(spatial + d)));
  const inside = place
    .map((p, d): Expression => and(lessEqual(zero, p), less(p, whole(2 * spatial + d))))
    .reduce((all, one) => and(all, one));
  return tableOp('maxPoolPlaces', select(not(inside), nowhere, weighted(place, 3 * spatial)), 4 * spatial);
});

/** The place of every element of a plane. */
export const placesOf = (device: Device, size: readonly number[]): Tensor =>
  dispatchCreate(lineOp, layoutOf(device, 'int64', size), []);

/** The place of every element of the padded input. */
function placesIn(x: Tensor, window: WindowGeometry): Tensor {
  const { size, padding } = window;
  const { device } = x.layout;
  if (!isPadded(window)) return placesOf(device, size);
  const sizes = paddedSize(window);
  const steps = size.map((_, d) => sizeOf(size.slice(d + 1)));
  const layout = layoutOf(device, 'int64', sizes);
  return dispatchCreate(paddedLineOp(size.length), layout, [...sizes, ...padding, ...size, ...steps]);
}

/** The largest element of each window (leading sizes, positions, elements). */
export const largestOf = (windows: Tensor, spatial: number): Tensor =>
  smallLargest(windows, spatial) ?? dispatch(valueOp(windows.layout.shape.length, spatial), windows);

/**
 * The largest elements and their places. `places` (positions, elements) says where the elements of the windows lie; `isInside`: as in memory.
 */
export function extremesOf(windows: Tensor, places: Tensor, spatial: number, isInside: boolean): Tensor[] {
  const small = smallExtremes(windows, places, spatial, isInside);
  if (small !== null) return small;
  const values = largestOf(windows, spatial);
  const wide = reshape(values, [...values.layout.shape, ...new Array<number>(spatial).fill(1)]);
  const indices = dispatch(placeOfValueOp(windows.layout.shape.length, spatial), windows, wide, places);
  wide.dispose();
  return [values, indices];
}

/** What fills the padding: nothing is smaller. */
const least = (x: Tensor): number =>
  isFloatScalar(dtypes[x.dtype].scalar) ? Number.NEGATIVE_INFINITY : x.dtype === 'uint8' ? 0 : -2147483648;

/** The largest elements under a window; the places too if they are wanted. */
export function slide(x: Tensor, window: WindowGeometry, wantsIndices: boolean): Tensor[] {
  const spatial = window.size.length;
  const source = padded(x, window, least(x));
  const windows = windowView(source, window);
  const found = wantsIndices ? withPlaces(x, windows, window) : [largestOf(windows, spatial)];
  windows.dispose();
  if (source !== x) source.dispose();
  return found;
}

function withPlaces(x: Tensor, windows: Tensor, window: WindowGeometry): Tensor[] {
  const line = placesIn(x, window);
  const places = windowView(line, window);
  const found = extremesOf(windows, places, window.size.length, !isPadded(window));
  places.dispose();
  line.dispose();
  return found;
}
