/**
 * Tables of places: of every element of a padded plane, where it lies in the plane itself, row-major. They depend on sizes alone and every step asks for the same ones, so each device
 * keeps a few. What is kept is written from the host: a device may refuse a step's commands and serve on, and then a table that the step computed would be wrong for good.
 */
import { and, constant, type Expression, less, lessEqual, not, select, sub } from '@nn/backend';
import { type Tensor, tagged } from '@nn/tensor';
import { type Device, dispatchCreate, factory, fresh, layoutOf, outlive, sameNumbers, share, sizeOf } from '@nn/tensor/internal'; // biome-ignore format: a list
import { paddedSize, type WindowGeometry } from './window.ts';
import { bySpatial, placeOf, tableOp, weighted, whole, zero } from './windows.ts';

/** A plane and what is around it. */
export type Plane = Pick<WindowGeometry, 'size' | 'padding' | 'after'>;

const largest = 2147483647;

/** Larger than any place: what stands in the padding. */
export const nowhere: Expression = constant(largest, 'i32');

/** Tables that a device keeps, and elements of one, at most. */
const most = 8;
const mostElements = 1 << 16;

interface Kept {
  readonly plane: Plane;
  readonly table: Tensor;
}

const kept = new WeakMap<Device, Kept[]>();

const isSame = (a: Plane, b: Plane): boolean =>
  sameNumbers(a.size, b.size) && sameNumbers(a.padding, b.padding) && sameNumbers(a.after, b.after);

/** Scalars are the padded sizes, the padding, the sizes, and the places' strides. */
const placesOp = bySpatial((spatial) => {
  const place = placeOf(spatial, 0).map((p, d) => sub(p, whole(spatial + d)));
  const inside = place
    .map((p, d): Expression => and(lessEqual(zero, p), less(p, whole(2 * spatial + d))))
    .reduce((all, one) => and(all, one));
  return tableOp('maxPoolPlaces', select(not(inside), nowhere, weighted(place, 3 * spatial)), 4 * spatial);
});

function computed(device: Device, plane: Plane): Tensor {
  const { size, padding } = plane;
  const sizes = paddedSize(plane);
  const steps = size.map((_, d) => sizeOf(size.slice(d + 1)));
  const layout = layoutOf(device, 'int64', sizes);
  return dispatchCreate(placesOp(size.length), layout, [...sizes, ...padding, ...size, ...steps]);
}

function written(device: Device, plane: Plane): Tensor {
  const { size, padding } = plane;
  const sizes = paddedSize(plane);
  let places = new Int32Array(1);
  for (const [d, wide] of sizes.entries()) {
    const outer = places;
    places = new Int32Array(outer.length * wide).fill(largest);
    for (const [i, place] of outer.entries())
      if (place !== largest)
        for (let j = 0; j < size[d]!; j++) places[i * wide + padding[d]! + j] = place * size[d]! + j;
  }
  const table = tagged('maxPoolPlaces', () => fresh(layoutOf(device, 'int64', sizes), 'maxPoolPlaces'));
  device.backend.write(table.storage.block, table.storage.origin, 'int64', places);
  return outlive(table);
}

function keptTable(device: Device, plane: Plane): Tensor {
  let tables = kept.get(device);
  if (tables === undefined) {
    tables = [];
    kept.set(device, tables);
  }
  for (const each of tables) if (isSame(each.plane, plane)) return each.table;
  const table = written(device, plane);
  if (tables.length === most) tables.shift()!.table.dispose();
  const { size, padding, after } = plane;
  tables.push({ plane: { size, padding, after }, table });
  return table;
}

/** The table of a plane, int64 of its padded sizes. The caller's to dispose of. */
export function placesOf(device: Device, plane: Plane): Tensor {
  if (sizeOf(paddedSize(plane)) > mostElements) return computed(device, plane);
  const { storage, layout, start } = keptTable(device, plane);
  return factory.make(share(storage), layout, start);
}
