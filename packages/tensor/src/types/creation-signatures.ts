/** Signatures of the functions that make tensors: `export const zeros: CreationFunction = (shape, options) => …`. */
import type { Backend, DType } from '@nn/backend';
import type { Tensor } from '../tensor.ts';
import type { Shape } from './index.ts';

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
/** zerosLike, onesLike, emptyLike, randLike, randnLike. */
export type LikeFunction = <A extends Tensor, D extends DType = A['dtype']>(
  input: A,
  options?: CreationOptions<D>,
) => Tensor<A['~shape'], NoInfer<D>>;
/** eye(n), eye(n, m), each with options. */
export interface EyeFunction {
  <N extends number, D extends DType = 'float32'>(n: N, options?: CreationOptions<D>): Tensor<[N, N], NoInfer<D>>;
  <N extends number, M extends number = N, D extends DType = 'float32'>(
    n: N,
    m?: M,
    options?: CreationOptions<D>,
  ): Tensor<[N, NoInfer<M>], NoInfer<D>>;
}
