/** Tensors from JavaScript values: nested arrays, typed arrays, numbers. */
import { type Backend, type DataArray, type DType, DTypeError, dtypes, ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { fresh } from '../../core/dispatch.ts';
import { deviceOf, layoutOf, sizeOf } from '../../core/layout.ts';
import { getDefaultDType } from '../../core/promotion.ts';
import { currentDevice } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';

/** What every function that makes a tensor takes. */
export interface TensorOptions {
  /** Element type. */
  readonly dtype?: DType | undefined;
  /** Where it lives; the default backend. */
  readonly backend?: Backend | undefined;
  /** Track it for gradients (floats only; needs @nn/autograd). */
  readonly requiresGrad?: boolean | undefined;
}

/** What a tensor can be made of. */
export type Data = number | boolean | bigint | DataArray | readonly Data[];

/** Applies the option that every creation has. */
export const track = (t: Tensor, options: TensorOptions | undefined): Tensor =>
  options?.requiresGrad === true ? t.requiresGrad_() : t;

/**
 * A tensor of the given values. dtype: booleans give bool, bigints int64, numbers the default float (JavaScript can't tell 1.0 from 1, so
 * whole numbers are floats too; pass `dtype: 'int64'` for indices and labels), typed arrays their own. PyTorch: `torch.tensor`.
 */
export function fromData(data: Data, options?: TensorOptions & { readonly shape?: readonly number[] | undefined }): Tensor {
  const shape: number[] = [];
  measure(data, 0, shape);
  const to = options?.shape ?? shape;
  const dtype = options?.dtype ?? dtypeOfData(data);
  const size = sizeOf(shape);
  if (sizeOf(to) !== size) throw new ShapeError('tensor', `${size} values don't fill the shape ${shapeText(to)}, which has ${sizeOf(to)} elements`);
  const flat = new dtypes[dtype].array(size);
  fill(data, 0, shape, flat, 0, dtype);
  return track(fromFlat(flat, to, dtype, options?.backend), options);
}

/** A tensor over a copy of flat, row-major values that are of the dtype's array type already. */
export function fromFlat(flat: DataArray, shape: readonly number[], dtype: DType, backend?: Backend): Tensor {
  const device = backend === undefined ? currentDevice() : deviceOf(backend);
  const out = fresh(layoutOf(device, dtype, shape), 'tensor');
  if (flat.length > 0) device.backend.write(out.storage.block, out.storage.origin, dtype, flat);
  return out;
}

const isTyped = (data: unknown): data is DataArray => ArrayBuffer.isView(data) && !(data instanceof DataView);

/** The shape along the first elements. */
function measure(data: Data, depth: number, shape: number[]): void {
  if (isTyped(data)) shape[depth] = data.length;
  else if (Array.isArray(data)) {
    shape[depth] = data.length;
    if (data.length > 0) measure(data[0], depth + 1, shape);
  }
}

function fill(data: Data, depth: number, shape: readonly number[], flat: DataArray, at: number, dtype: DType): number {
  if (typeof data === 'number' || typeof data === 'boolean' || typeof data === 'bigint') {
    if (depth !== shape.length) throw new ShapeError('tensor', `a number stands where an array of ${shape[depth]} is expected, at depth ${depth}`);
    flat[at] = convert(Number(data), dtype);
    return at + 1;
  }
  const list = data as ArrayLike<number> & readonly Data[];
  if (list === null || typeof list !== 'object' || typeof list.length !== 'number')
    throw new ValueError('tensor', `can't make an element of ${String(data)}; give numbers, booleans, bigints, typed arrays, or nested arrays of them`);
  if (depth >= shape.length || list.length !== shape[depth])
    throw new ShapeError('tensor', `rows differ: one has ${shape[depth] ?? 'no'} elements, another ${list.length}, at depth ${depth}; all must be equal`);
  let next = at;
  for (let i = 0; i < list.length; i++) next = isTyped(data) ? put(flat, next, data[i]!, dtype) : fill(list[i]!, depth + 1, shape, flat, next, dtype);
  return next;
}

function put(flat: DataArray, at: number, value: number, dtype: DType): number {
  flat[at] = convert(value, dtype);
  return at + 1;
}

/** A value as the dtype's array will hold it; integers that don't fit are refused, as PyTorch refuses them. */
export function convert(value: number, dtype: DType): number {
  if (dtype === 'bool') return Number(value !== 0);
  if (dtypes[dtype].category === 'float') return value;
  if (!Number.isFinite(value)) throw new DTypeError('tensor', `${value} has no ${dtype}; use a float dtype`);
  const whole = Math.trunc(value);
  const [low, high] = dtype === 'uint8' ? [0, 255] : [-2147483648, 2147483647];
  if (whole < low || whole > high)
    throw new DTypeError('tensor', `${value} doesn't fit in ${dtype}, which holds ${low} to ${high} here${dtype === 'int64' ? ' (int64 is stored in 32 bits); use float64' : ''}`);
  return whole;
}

function dtypeOfData(data: Data): DType {
  if (typeof data === 'boolean') return 'bool';
  if (typeof data === 'bigint') return 'int64';
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint8Array) return 'uint8';
  if (isTyped(data) && 'BYTES_PER_ELEMENT' in data) return (data as ArrayLike<number>).length >= 0 && /Float/.test((data as object).constructor.name) ? 'float32' : 'int64';
  if (!Array.isArray(data) || data.length === 0) return getDefaultDType();
  const kinds = new Set((data as readonly Data[]).map(dtypeOfData));
  if (kinds.size === 1) return [...kinds][0]!;
  if (kinds.has('float64')) return 'float64';
  return kinds.has('float32') ? getDefaultDType() : kinds.has('int64') ? 'int64' : getDefaultDType();
}
