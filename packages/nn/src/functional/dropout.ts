/** Dropout of whole channels, and dropout that keeps mean and variance. Plain dropout is an op of @nn/tensor. */
import {
  add,
  cast,
  DTypeError,
  dtypes,
  input,
  isFloat,
  mul,
  ShapeError,
  scalar,
  select,
  ValueError,
} from '@nn/backend';
import { bernoulli_, type DropoutOptions, dropout, empty, ones, type Tensor } from '@nn/tensor';
import { checkNamed, dispatch, Op, shapeText, sizesOf } from '@nn/tensor/internal';

/** Refuses what is no probability, in PyTorch's words. */
export function checkProbability(op: string, p: number): void {
  if (!(typeof p === 'number' && p >= 0 && p <= 1))
    throw new ValueError(op, `dropout probability has to be between 0 and 1, but got ${String(p)}`);
}

/** One number for each channel of x (N, C, …), broadcast over the rest. */
function channelShape(op: string, x: Tensor, channels: number): number[] {
  const { shape } = x.layout;
  if (!isFloat(x.dtype)) throw new DTypeError(op, `takes floats, got ${x.dtype}; convert with .to('float32') first`);
  return shape.map((n, d) => (d <= channels ? n : 1));
}

/** Drops channels: dimensions up to `channels` choose, the rest of each is dropped or kept as a whole. */
function dropChannels(op: string, x: Tensor, channels: number, options: DropoutOptions): Tensor {
  const { p = 0.5, training = true } = checkNamed(op, options);
  checkProbability(op, p);
  if (!training || p === 0) return x;
  const whole = ones(channelShape(op, x, channels), { dtype: x.dtype, backend: x.backend });
  const mask = dropout(whole as Tensor, options);
  const out = x.mul(mask as never) as Tensor;
  whole.dispose();
  mask.dispose();
  return out;
}

/** Dropout of channels of (N, C, L…), `spatial` dimensions after them; without a batch where `unbatched` ranks allow it. */
function channelDropout(
  op: string,
  spatial: number,
  isBatched: (rank: number) => boolean,
): <A extends Tensor>(x: A, options?: DropoutOptions) => Tensor<A['~shape'], A['dtype']> {
  return (x, options = {}) => {
    const rank = sizesOf(op, x).length;
    if (rank !== spatial + 1 && rank !== spatial + 2)
      throw new ShapeError(
        op,
        `the input has ${rank} dimensions, expected ${spatial + 1} or ${spatial + 2}: ${shapeText(x.layout.shape)}`,
      );
    return dropChannels(op, x, isBatched(rank) ? 1 : 0, options) as never;
  };
}

type ChannelDropout = <A extends Tensor>(x: A, options?: DropoutOptions) => Tensor<A['~shape'], A['dtype']>;

/** Dropout of whole channels of (N, C, L) or (C, L). PyTorch: `F.dropout1d`. */
export const dropout1d: ChannelDropout = channelDropout('dropout1d', 1, (rank) => rank === 3);

/** Dropout of whole channels of (N, C, H, W); three dimensions are taken for (N, C, L), as PyTorch does. PyTorch: `F.dropout2d`. */
export const dropout2d: ChannelDropout = channelDropout('dropout2d', 2, () => true);

/** Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W). PyTorch: `F.dropout3d`. */
export const dropout3d: ChannelDropout = channelDropout('dropout3d', 3, (rank) => rank === 5);

/** -scale · alpha of selu: where selu goes for x → -∞. */
const saturation = -1.7580993408473766;

/** x a + b where kept, else saturation a + b; scalars a, b and saturation a + b. */
const alphaOp = new Op('map', 'alphaDropout', {
  inPlace: false,
  build: ([layout]) => {
    const { dtype } = layout!;
    const type = dtypes[dtype].scalar;
    const x = input(0, type);
    const kept = add(mul(x, scalar(0, type)), scalar(1, type));
    return {
      outputs: [{ dtype, expression: select(cast(input(1, type), 'bool'), kept, scalar(2, type)) }],
      scalars: 3,
    };
  },
});

function alphaDrop(op: string, x: Tensor, shape: readonly number[], options: DropoutOptions): Tensor {
  const { p = 0.5, training = true, generator } = checkNamed(op, options);
  checkProbability(op, p);
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0 as never) as Tensor;
  if (!isFloat(x.dtype)) throw new DTypeError(op, `takes floats, got ${x.dtype}; convert with .to('float32') first`);
  const mask = bernoulli_(empty(shape, { dtype: x.dtype, backend: x.backend }) as Tensor, 1 - p, { generator });
  const a = 1 / Math.sqrt((1 - p) * (1 + p * saturation * saturation));
  const b = -a * p * saturation;
  const out = dispatch(alphaOp, x, mask, null, [a, b, saturation * a + b]);
  mask.dispose();
  return out;
}

/**
 * Dropout to selu's limit instead of 0, rescaled so that mean 0 and variance 1 stay (Klambauer et al. 2017); x itself unless `training`. PyTorch: `F.alpha_dropout`.
 */
export const alphaDropout: ChannelDropout = (x, options = {}) =>
  alphaDrop('alphaDropout', x, sizesOf('alphaDropout', x), options) as never;

/** The same for whole channels of (N, C, …). PyTorch: `F.feature_alpha_dropout`. */
export const featureAlphaDropout: ChannelDropout = (x, options = {}) => {
  if (x.layout.shape.length < 2)
    throw new ShapeError('featureAlphaDropout', `the input must be (N, C, …), got ${shapeText(x.layout.shape)}`);
  return alphaDrop('featureAlphaDropout', x, channelShape('featureAlphaDropout', x, 1), options) as never;
};
