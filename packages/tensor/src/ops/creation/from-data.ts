/** Tensors from JavaScript values: nested arrays, typed arrays, numbers. */
import { type Backend, type DataArray, type DType, DTypeError, dtypes, ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { fresh } from '../../core/dispatch.ts';
import { deviceOf, layoutOf, sizeOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { checkDType, getDefaultDType, promoteTypes, Scalar } from '../../core/promotion.ts';
import { currentDevice } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import type { Checked, DTypeOfValue, NestedShape, Shape, ShapeOr, ValueOf } from '../../types/index.ts';
import { toDType } from '../shape/convert.ts';
import { checkSizes, type TensorOptions, track } from './options.ts';

/** What a tensor can be made of; a `Scalar` (`float(2)`) is a number that says whether it is whole. */
export type Data = number | boolean | bigint | Scalar | DataArray | readonly Data[];

/** dtypes of typed arrays by their tag. */
const arrayTypes: Readonly<Record<string, DType>> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int32Array: 'int32',
  Uint8Array: 'uint8',
};

const tagOf = (data: unknown): string =>
  (data as { readonly [Symbol.toStringTag]?: string })?.[Symbol.toStringTag] ?? '';

/** Whether the elements lie in a typed array that a backend takes. */
function isTyped(data: unknown): data is DataArray {
  if (!ArrayBuffer.isView(data)) return false;
  const tag = tagOf(data);
  if (arrayTypes[tag] === undefined)
    throw new ValueError(
      'tensor',
      `can't take a ${tag}; pass ${Object.keys(arrayTypes).join(', ')}, or plain numbers with Array.from`,
    );
  return true;
}

const isValue = (data: unknown): data is number | boolean | bigint | Scalar =>
  typeof data === 'number' || typeof data === 'boolean' || typeof data === 'bigint' || data instanceof Scalar;

const numberOf = (value: number | boolean | bigint | Scalar): number =>
  Number(value instanceof Scalar ? value.value : value);

/** `tensor`, before its types. */
export function fromData(
  data: Data,
  options: TensorOptions & { readonly shape?: readonly number[] | undefined } = {},
): Tensor {
  const shape: number[] = [];
  measure(data, 0, shape);
  const to = checkNamed('tensor', options).shape ?? shape;
  if (to !== shape) checkSizes('tensor', to);
  const size = sizeOf(shape);
  if (sizeOf(to) !== size)
    throw new ShapeError(
      'tensor',
      `${size} values don't fill the shape ${shapeText(to)}, which has ${sizeOf(to)} elements`,
    );
  const dtype = options.dtype ?? dtypeOfData(data) ?? getDefaultDType();
  checkDType('tensor', dtype);
  if (isTyped(data) && data instanceof dtypes[dtype].array && dtype !== 'bool')
    return track(fromFlat(data, to, dtype, options.backend), options);
  const flat = new dtypes[dtype].array(size);
  fill(data, 0, shape, flat, 0, dtype);
  return track(fromFlat(flat, to, dtype, options.backend), options);
}

/** A tensor over a copy of flat, row-major values that are of the dtype's array type already. */
export function fromFlat(flat: DataArray, shape: readonly number[], dtype: DType, backend?: Backend): Tensor {
  const device = backend === undefined ? currentDevice() : deviceOf(backend);
  const out = fresh(layoutOf(device, dtype, shape), 'tensor');
  if (flat.length > 0) device.backend.write(out.storage.block, out.storage.origin, dtype, flat);
  return out;
}

/** The shape along the first elements. */
function measure(data: Data, depth: number, shape: number[]): void {
  if (isTyped(data)) shape[depth] = data.length;
  else if (Array.isArray(data)) {
    shape[depth] = data.length;
    if (data.length > 0) measure(data[0], depth + 1, shape);
  }
}

/** Writes the elements from position `at` on; the next free position. */
function fill(data: Data, depth: number, shape: readonly number[], flat: DataArray, at: number, dtype: DType): number {
  if (isValue(data)) {
    if (depth !== shape.length)
      throw new ShapeError(
        'tensor',
        `a number stands where an array of ${shape[depth]} is expected, at depth ${depth}; nest all values equally deep`,
      );
    flat[at] = convert(numberOf(data), dtype);
    return at + 1;
  }
  const typed = isTyped(data);
  if (!typed && !Array.isArray(data))
    throw new ValueError(
      'tensor',
      `can't make an element of ${String(data)}; give numbers, booleans, bigints, typed arrays, or nested arrays of them`,
    );
  if (depth >= shape.length || data.length !== shape[depth] || (typed && depth !== shape.length - 1))
    throw new ShapeError(
      'tensor',
      `rows differ: one has ${shape[depth] ?? 'no'} elements, another ${data.length}, at depth ${depth}; all must be equal`,
    );
  let next = at;
  if (typed) for (const value of data) flat[next++] = convert(value, dtype);
  else for (const part of data) next = fill(part, depth + 1, shape, flat, next, dtype);
  return next;
}

/** A value as the dtype's array will hold it; integers that don't fit are refused, as PyTorch refuses them. */
export function convert(value: number, dtype: DType): number {
  if (dtype === 'bool') return Number(value !== 0);
  if (dtypes[dtype].category === 'float') return value;
  if (!Number.isFinite(value)) throw new DTypeError('tensor', `${value} has no ${dtype}; use a float dtype`);
  const whole = Math.trunc(value);
  const [low, high] = dtype === 'uint8' ? [0, 255] : [-2147483648, 2147483647];
  if (whole < low || whole > high)
    throw new DTypeError(
      'tensor',
      `${value} doesn't fit in ${dtype}, which holds ${low} to ${high} here${dtype === 'int64' ? ' (int64 is stored in 32 bits); use float64' : ''}`,
    );
  return whole;
}

/** The dtype in which all values meet; null where there are none. */
function dtypeOfData(data: Data): DType | null {
  if (isValue(data)) return dtypeOfNumber(data);
  if (isTyped(data)) return arrayTypes[tagOf(data)]!;
  let common: DType | null = null;
  if (Array.isArray(data))
    for (const part of data as readonly Data[]) {
      const own = dtypeOfData(part);
      if (own !== null && own !== common) common = common === null ? own : promoteTypes(common, own);
    }
  return common;
}

/** JavaScript can't tell 1.0 from 1, so numbers are floats; what says that it is whole is int64. */
export function dtypeOfNumber(value: number | boolean | bigint | Scalar): DType {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int64';
  if (value instanceof Scalar && value.category !== 'float') return value.category === 'bool' ? 'bool' : 'int64';
  return getDefaultDType();
}

/** `tensor` as it is typed. */
export type TensorFunction = <
  const T extends Data,
  const S extends Shape | undefined = undefined,
  D extends DType = DTypeOfValue<ValueOf<T>>,
>(
  data: Checked<NestedShape<T>, T>,
  options?: TensorOptions<D> & { readonly shape?: S },
) => Tensor<S extends Shape ? [...S] : ShapeOr<NestedShape<T>>, NoInfer<D>>;

/**
 * A tensor of the given values: a number, nested arrays of equal lengths, or a typed array, which is copied; `shape` arranges flat values. dtype: booleans give bool,
 * bigints int64, numbers float32 (JavaScript can't tell 1.0 from 1; pass `dtype: 'int64'` for indices and labels), typed arrays their own. Errors: rows that differ, integers
 * that don't fit the dtype. PyTorch: `torch.tensor`.
 * @example
 * ```ts
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(x.shape, x.dtype); // prints: [ 2, 3 ] float32
 * console.log(tensor([true, false]).dtype, tensor([1n, 2n]).dtype); // prints: bool int64
 * ```
 */
export const tensor: TensorFunction = fromData as never;

/** The tensor itself, converted if another dtype is asked for; or a tensor of the data. PyTorch: `torch.as_tensor`. */
export function asTensor(data: Tensor | Data, options: TensorOptions = {}): Tensor {
  if (!isTensor(data)) return fromData(data, options);
  const { backend } = checkNamed('asTensor', options);
  if (backend !== undefined && backend !== data.backend)
    throw new ValueError(
      'asTensor',
      `the tensor lives on ${data.backend.name}, not on ${backend.name}; move it with await t.to(backend)`,
    );
  return track(toDType(data, options.dtype ?? data.dtype), options);
}

const isTensor = (data: unknown): data is Tensor => typeof data === 'object' && data !== null && 'layout' in data;
