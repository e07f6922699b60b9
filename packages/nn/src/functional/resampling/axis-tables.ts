/**
 * Places and weights of an axis as tensors of a device. They depend on sizes alone and every step asks for the same ones, so each device keeps a few. Like the poolings' tables
 * they are written from the host: what a step computes may be lost with the step.
 */
import type { DType } from '@nn/backend';
import { type Tensor, tagged } from '@nn/tensor';
import { type Device, factory, fresh, layoutOf, outlive, share } from '@nn/tensor/internal';
import type { Axis } from './axis.ts';

/** One tensor (taps, elements) for the places, and one for the weights if there are any. */
export interface AxisTables {
  readonly places: Tensor;
  readonly weights: Tensor | null;
}

interface Kept {
  readonly axis: Axis;
  readonly dtype: DType;
  readonly tables: AxisTables;
}

/** Tables that a device keeps, and elements of one, at most. */
const most = 48;
const mostElements = 1 << 14;

const kept = new WeakMap<Device, Kept[]>();

function written(device: Device, axis: Axis, dtype: DType): AxisTables {
  const shape = [axis.taps, axis.to];
  const table = (type: DType, values: Int32Array | Float32Array | Float64Array): Tensor => {
    const made = tagged('resampling', () => fresh(layoutOf(device, type, shape), 'resampling'));
    device.backend.write(made.storage.block, made.storage.origin, type, values);
    return made;
  };
  const { places, weights } = axis;
  const own = weights === null || dtype === 'float64' ? weights : new Float32Array(weights);
  return { places: table('int64', places), weights: own === null ? null : table(dtype, own) };
}

/** Another handle, which its holder disposes of. */
const handle = ({ storage, layout, start }: Tensor): Tensor => factory.make(share(storage), layout, start);

function keptTables(device: Device, axis: Axis, dtype: DType): AxisTables {
  let entries = kept.get(device);
  if (entries === undefined) {
    entries = [];
    kept.set(device, entries);
  }
  for (const entry of entries)
    if (entry.axis === axis && (entry.dtype === dtype || axis.weights === null)) return entry.tables;
  const { places, weights } = written(device, axis, dtype);
  const tables = { places: outlive(places), weights: weights === null ? null : outlive(weights) };
  if (entries.length === most) {
    const oldest = entries.shift()!.tables;
    oldest.places.dispose();
    oldest.weights?.dispose();
  }
  entries.push({ axis, dtype, tables });
  return tables;
}

/** The tables of an axis, weights of a float dtype. The caller's to dispose of. */
export function tablesOf(device: Device, axis: Axis, dtype: DType): AxisTables {
  if (axis.places.length > mostElements) return written(device, axis, dtype);
  const { places, weights } = keptTables(device, axis, dtype);
  return { places: handle(places), weights: weights === null ? null : handle(weights) };
}
