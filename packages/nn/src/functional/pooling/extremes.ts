/**
 * The largest element under every window, and where it lies. Large windows take a reduction for the values and one for the places, which takes the least place at which the value
 * stands, so that of equals the first wins, and of NaNs, as in PyTorch, the last. Places count in the input without its padding, row-major over the spatial dimensions.
 */
import {
  constant,
  dtypes,
  type Expression,
  equal,
  input,
  isFloatScalar,
  less,
  notEqual,
  select,
  sub,
} from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, Op, reshape } from '@nn/tensor/internal';
import { nowhere, placesOf } from './place-table.ts';
import { smallExtremes, smallLargest } from './small-windows.ts';
import type { WindowGeometry } from './window.ts';
import { type Windows, wholeOf, windowsIn } from './window-views.ts';
import { byDims, padded } from './windows.ts';

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

/** Counts places down from -1, so that the least is the last; and back. */
const mirrored = (place: Expression): Expression => sub(constant(-1, 'i32'), place);

/** Over windows, their values, and the place of every element. */
const placeOfValueOp = byDims(
  (dims) =>
    new Op('reduce', 'maxPoolIndices', {
      dims,
      keepdim: false,
      build: ([windows]) => {
        const { scalar } = dtypes[windows!.dtype];
        const [x, value, place] = [input(0, scalar), input(1, scalar), input(2, 'i32')];
        const found = select(equal(x, value), place, nowhere);
        const least = input(0, 'i32');
        if (!isFloatScalar(scalar)) return { dtype: 'int64', combine: 'min', body: found, epilogue: least, scalars: 0 };
        const body = select(notEqual(x, x), mirrored(place), found);
        const epilogue = select(less(least, constant(0, 'i32')), mirrored(least), least);
        return { dtype: 'int64', combine: 'min', body, epilogue, scalars: 0 };
      },
    }),
);

/** The largest element of each window. */
export function largestOf(windows: Windows): Tensor {
  const small = smallLargest(windows);
  if (small !== null) return small;
  const whole = wholeOf(windows);
  const values = dispatch(valueOp(whole.layout.shape.length, windows.views.spatial), whole);
  whole.dispose();
  return values;
}

/** The largest elements and their places. `places` are windows over a table that says where the elements lie; `isInside`: as in memory. */
export function extremesOf(windows: Windows, places: Windows, isInside: boolean): Tensor[] {
  const small = smallExtremes(windows, places, isInside);
  if (small !== null) return small;
  const { spatial } = windows.views;
  const values = largestOf(windows);
  const column = reshape(values, [...values.layout.shape, ...new Array<number>(spatial).fill(1)]);
  const [whole, wholePlaces] = [wholeOf(windows), wholeOf(places)];
  const indices = dispatch(placeOfValueOp(whole.layout.shape.length, spatial), whole, column, wholePlaces);
  for (const t of [column, whole, wholePlaces]) t.dispose();
  return [values, indices];
}

/** What fills the padding: nothing is smaller. */
const least = (x: Tensor): number =>
  isFloatScalar(dtypes[x.dtype].scalar) ? Number.NEGATIVE_INFINITY : x.dtype === 'uint8' ? 0 : -2147483648;

/** The largest elements under a window; the places too if they are wanted. */
export function slide(x: Tensor, window: WindowGeometry, wantsIndices: boolean): Tensor[] {
  const source = padded(x, window, least(x));
  const windows = windowsIn(source, window);
  const found = wantsIndices ? withPlaces(windows, window) : [largestOf(windows)];
  if (source !== x) source.dispose();
  return found;
}

function withPlaces(windows: Windows, window: WindowGeometry): Tensor[] {
  const table = placesOf(windows.source.layout.device, window);
  const found = extremesOf(windows, windowsIn(table, window), !window.isPadded);
  table.dispose();
  return found;
}
