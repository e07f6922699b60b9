/** Signatures of the functions that make tensors: `export const zeros: CreationFunction = (shape, options) => …`. */
import type { Backend, DType } from '@nn/backend';
import type { Tensor } from '../tensor.ts';
import type {
  Checked,
  Data,
  DTypeOfValue,
  NestedShape,
  RangeDType,
  RangeLength,
  Shape,
  ShapeOr,
  ValueOf,
} from './index.ts';

interface CreationOptions<D> {
  readonly dtype?: D | undefined;
  readonly backend?: Backend | undefined;
  readonly requiresGrad?: boolean | undefined;
}
/** zeros, ones, empty, rand, randn. */
export type CreationFunction = <const S extends Shape, D extends DType = 'float32'>(
  shape: S,
  options?: CreationOptions<D>,
) => Tensor<[...S], NoInfer<D>>;
/** full. */
export type FullFunction = <
  const S extends Shape,
  V extends number | boolean | bigint,
  D extends DType = DTypeOfValue<V>,
>(
  shape: S,
  value: V,
  options?: CreationOptions<D>,
) => Tensor<[...S], NoInfer<D>>;
/** zerosLike, onesLike, emptyLike, randLike, randnLike. */
export type LikeFunction = <A extends Tensor, D extends DType = A['dtype']>(
  input: A,
  options?: CreationOptions<D>,
) => Tensor<A['~shape'], NoInfer<D>>;
/** eye(n), eye(n, m). */
export type EyeFunction = <N extends number, M extends number = N, D extends DType = 'float32'>(
  n: N,
  m?: M,
  options?: CreationOptions<D>,
) => Tensor<[N, NoInfer<M>], NoInfer<D>>;
/** arange(end), arange(start, end, { step }). */
export interface ArangeFunction {
  <E extends number, D extends DType = RangeDType<E>>(
    end: E,
    options?: CreationOptions<D>,
  ): Tensor<[RangeLength<0, E, 1>], NoInfer<D>>;
  <S extends number, E extends number, P extends number = 1, D extends DType = RangeDType<S | E | P>>(
    start: S,
    end: E,
    options?: CreationOptions<D> & { readonly step?: P | undefined },
  ): Tensor<[RangeLength<S, E, P>], NoInfer<D>>;
}
/** tensor(data). */
export type TensorFunction = <const T extends Data, D extends DType = DTypeOfValue<ValueOf<T>>>(
  data: Checked<NestedShape<T>, T>,
  options?: CreationOptions<D>,
) => Tensor<ShapeOr<NestedShape<T>>, NoInfer<D>>;
