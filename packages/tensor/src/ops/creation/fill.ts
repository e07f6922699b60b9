/** Tensors of one value, or of none in particular, in a given shape or another tensor's. */
import type { Backend, DType } from '@nn/backend';
import { fresh } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { layoutOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { checkDType, getDefaultDType, type Scalar } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { CreationFunction, LikeFunction } from '../../types/creation-signatures.ts';
import type { DTypeOfValue, ScalarLike, Shape } from '../../types/index.ts';
import { plainNumber, sizesOf } from '../elementwise/operand.ts';
import { convert, dtypeOfNumber } from './from-data.ts';
import { checkSizes, deviceFor, type TensorOptions, track } from './options.ts';

/** What can fill a tensor. */
type Value = number | boolean | bigint | Scalar;

const numberOf = (op: string, value: Value): number =>
  typeof value === 'bigint' ? Number(value) : plainNumber(op, value);

function fillWith(
  op: string,
  shape: readonly number[],
  value: number,
  dtype: DType,
  options: TensorOptions | undefined,
): Tensor {
  checkSizes(op, shape);
  checkDType(op, dtype);
  return track(filled(deviceFor(op, options), dtype, shape, convert(value, dtype)), options);
}

const constantOf =
  (op: string, value: number) =>
  (shape: readonly number[], options?: TensorOptions): Tensor =>
    fillWith(op, shape, value, options?.dtype ?? getDefaultDType(), options);

/** Options that another tensor gives where the user doesn't. */
export const like = (
  op: string,
  x: Tensor,
  options: TensorOptions = {},
): TensorOptions & { readonly dtype: DType; readonly backend: Backend } => ({
  ...checkNamed(op, options),
  dtype: options.dtype ?? x.dtype,
  backend: options.backend ?? x.backend,
});

const constantLike =
  (op: string, value: number) =>
  (x: Tensor, options?: TensorOptions): Tensor => {
    const own = like(op, x, options);
    return fillWith(op, sizesOf(op, x), value, own.dtype, own);
  };

/**
 * A tensor of zeros; float32 unless told otherwise. PyTorch: `torch.zeros`.
 * @example
 * ```ts
 * import { zeros } from '@nn/tensor';
 * console.log(await zeros([2, 2]).toArray()); // prints: [ [ 0, 0 ], [ 0, 0 ] ]
 * ```
 */
export const zeros: CreationFunction = constantOf('zeros', 0) as never;

/** A tensor of ones; float32 unless told otherwise. PyTorch: `torch.ones`. */
export const ones: CreationFunction = constantOf('ones', 1) as never;

/** A tensor whose values are whatever the memory held; float32 unless told otherwise. PyTorch: `torch.empty`. */
export const empty: CreationFunction = ((shape: readonly number[], options?: TensorOptions): Tensor => {
  checkSizes('empty', shape);
  return track(
    fresh(layoutOf(deviceFor('empty', options), options?.dtype ?? getDefaultDType(), shape), 'empty'),
    options,
  );
}) as never;

/** The dtype that a value gives to what it fills. */
type FilledWith<V> = V extends ScalarLike ? (V['category'] extends 'float' ? 'float32' : DType) : DTypeOfValue<V>;

/**
 * A tensor of one value. dtype: that of `tensor(value)`, so numbers give floats, bigints int64 and booleans bool. PyTorch: `torch.full`.
 * @example
 * ```ts
 * import { full } from '@nn/tensor';
 * console.log(await full([3], 0.5).toArray()); // prints: [ 0.5, 0.5, 0.5 ]
 * ```
 */
export const full = <const S extends Shape, V extends Value, D extends DType = FilledWith<V>>(
  shape: S,
  value: V,
  options?: TensorOptions<D>,
): Tensor<[...S], NoInfer<D>> =>
  fillWith('full', shape, numberOf('full', value), options?.dtype ?? dtypeOfNumber(value), options) as never;

/** One value without dimensions, in the default float type unless told otherwise. PyTorch: `torch.scalar_tensor`. */
export const scalarTensor = <D extends DType = 'float32'>(
  value: Value,
  options?: TensorOptions<D>,
): Tensor<[], NoInfer<D>> =>
  fillWith('scalarTensor', [], numberOf('scalarTensor', value), options?.dtype ?? getDefaultDType(), options) as never;

/** Zeros in the shape, dtype and place of x. PyTorch: `torch.zeros_like`. */
export const zerosLike: LikeFunction = constantLike('zerosLike', 0) as never;

/** Ones in the shape, dtype and place of x. PyTorch: `torch.ones_like`. */
export const onesLike: LikeFunction = constantLike('onesLike', 1) as never;

/** One value in the shape, dtype and place of x. PyTorch: `torch.full_like`. */
export const fullLike = <A extends Tensor, D extends DType = A['dtype']>(
  x: A,
  value: Value,
  options?: TensorOptions<D>,
): Tensor<A['~shape'], NoInfer<D>> => constantLike('fullLike', numberOf('fullLike', value))(x, options) as never;

/** Memory in the shape, dtype and place of x, whatever it held. PyTorch: `torch.empty_like`. */
export const emptyLike: LikeFunction = ((x: Tensor, options?: TensorOptions): Tensor =>
  empty(x.layout.shape, like('emptyLike', x, options))) as never;
