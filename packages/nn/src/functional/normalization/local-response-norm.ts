/** Local response normalization: each element is divided by the squares of its neighbours in the channels next to it. */
import { add, div, mul, pow, ShapeError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed, dispatch, shapeText, sizeOf, sizesOf } from '@nn/tensor/internal';
import { complete } from '../pooling/window.ts';
import { windowSum } from '../pooling/window-sum.ts';
import { checkFloats } from './check.ts';
import { mapping } from './moments.ts';
import { inShape, release, resultIn } from './regroup.ts';

export interface LocalResponseNormOptions {
  /** Factor of the mean of squares; 1e-4. */
  readonly alpha?: number | undefined;
  /** The power of the divisor; 0.75. */
  readonly beta?: number | undefined;
  /** What the divisor starts from; 1. */
  readonly k?: number | undefined;
}

export type LocalResponseNormFunction = <A extends Tensor>(
  input: A,
  size: number,
  options?: LocalResponseNormOptions,
) => Tensor<A['~shape'], A['dtype']>;

const squareOp = mapping('localResponseNorm', 0, ({ at }) => mul(at(0), at(0)));
/** x / (k + alpha · mean)^beta, over x and the means. */
const divideOp = mapping('localResponseNorm', 3, ({ at, number }) =>
  div(at(0), pow(add(mul(at(1), number(0)), number(2)), number(1))),
);

/**
 * x / (k + alpha · the mean of squares in `size` channels around)^beta for (N, C, …), zeros beyond the first and the last channel. Krizhevsky, Sutskever & Hinton, "ImageNet
 * classification with deep convolutional neural networks", 2012. PyTorch: `F.local_response_norm`.
 * @param size number of neighbouring channels, the element's own included
 * @param options `alpha` (1e-4), `beta` (0.75), `k` (1)
 * @example
 * ```ts
 * import { localResponseNorm } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[1], [2], [2]]]);
 * console.log(await localResponseNorm(x, 3, { alpha: 3, beta: 1, k: 0 }).flatten().toArray());
 * // prints: [ 0.20000000298023224, 0.2222222238779068, 0.25 ]
 * ```
 */
export const localResponseNorm: LocalResponseNormFunction = (x, size, options = {}) => {
  const op = 'localResponseNorm';
  const { alpha = 1e-4, beta = 0.75, k = 1 } = checkNamed('localResponseNorm', options);
  const shape = sizesOf(op, x);
  if (shape.length < 3)
    throw new ShapeError(op, `the input has ${shape.length} dimensions, expected at least 3: ${shapeText(shape)}`);
  if (!Number.isInteger(size) || size < 1) throw new ValueError(op, `size is a whole number ≥ 1, got ${size}`);
  checkFloats(op, x);
  const channels = shape[1]!;
  const positions = sizeOf(shape.slice(2));
  const wide = inShape(x, [shape[0]!, channels, positions]);
  const squares = dispatch(squareOp, wide);
  const means = windowSum(
    squares,
    complete({
      size: [channels, positions],
      kernel: [size, 1],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [Math.floor(size / 2), 0],
      count: [channels, positions],
    }),
    size,
  );
  const out = dispatch(divideOp, wide, means, null, [alpha, beta, k]);
  squares.dispose();
  means.dispose();
  release(wide, x);
  return resultIn(out, shape) as never;
};
