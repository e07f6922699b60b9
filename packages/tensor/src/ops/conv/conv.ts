/**
 * Convolution and its transpose over any number of axes, from a geometry that is spelt out by axis. The functions that users call, with PyTorch's options,
 * are those of @nn/nn. The transpose of a convolution is the op that gives its input's gradient.
 */
import { dispatch } from '../../core/dispatch.ts';
import type { ConvGeometry, Op } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { add } from '../elementwise/arithmetic.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { finish, insertDim, regroup } from '../shape/views.ts';
import { checkConvolution, checkTransposed } from './check.ts';
import { convOp, dispatchConv } from './conv-op.ts';

/**
 * y[n, o, p] = b[o] + Σ w[o, c, t] · x[n, c, p · stride + t · dilation - before], zeros around x, for x [batch, channels, …] or one image
 * [channels, …], w [out, channels / groups, …] and a bias [out]: one launch, with `then` too where there is a way. Keep the geometry: plans are found by it.
 */
export function convolve(
  name: string,
  x: Tensor,
  w: Tensor,
  bias: Tensor | null,
  geometry: ConvGeometry,
  then: Op<'map'> | null = null,
): Tensor {
  sizesOf(name, x);
  sizesOf(name, w);
  checkConvolution(name, x.layout, w.layout, bias === null ? null : bias.layout, geometry);
  const op = opFor(name, geometry, null);
  if (x.layout.shape.length === w.layout.shape.length) return dispatchConv(op, x, w, bias, then);
  const batch = insertDim(x, 0);
  const out = unbatched(x, batch, dispatchConv(op, batch, w, bias));
  return then === null ? out : finish(dispatch(then, out), x, out);
}

/**
 * The transpose of `convolve` with the same geometry, for x [batch, channels, …] or [channels, …], w [channels, out / groups, …] and a bias
 * [out]: what a convolution's input of the spatial sizes `size` gets as its gradient from x, plus the bias.
 */
export function convolveTransposed(
  name: string,
  x: Tensor,
  w: Tensor,
  bias: Tensor | null,
  geometry: ConvGeometry,
  size: readonly number[],
): Tensor {
  checkTransposed(name, x.layout, w.layout, bias === null ? null : bias.layout, geometry, size);
  const op = opFor(name, geometry, size);
  if (x.layout.shape.length === w.layout.shape.length) return plus(dispatchConv(op, x, w), bias, size.length);
  const batch = insertDim(x, 0);
  return unbatched(x, batch, plus(dispatchConv(op, batch, w), bias, size.length));
}

/** A value added to each channel. */
function plus(sum: Tensor, bias: Tensor | null, axes: number): Tensor {
  if (bias === null) return sum;
  const { shape, strides } = bias.layout;
  const ones = new Array<number>(axes).fill(1);
  const channels = regroup(bias, 'view', [...shape, ...ones], [...strides, ...ones]);
  return finish(add(sum, channels) as Tensor, bias, sum, channels);
}

/** What a batch of one gave, without the batch. Nothing else reaches that batch, so the result is no view of it. */
function unbatched(x: Tensor, batch: Tensor, found: Tensor): Tensor {
  const { shape, strides } = found.layout;
  const out = regroup(found, 'squeeze', shape.slice(1), strides.slice(1));
  out.base = null;
  return finish(out, x, batch, found);
}

/** Ops by geometry, then by name and the result's sizes. */
const ops = new WeakMap<ConvGeometry, Map<string, Op<'conv'>>>();
/** Dropping ops costs plans their hits, no more. */
const opLimit = 256;

/** `convolve` without a size, its transpose with one; made once. */
function opFor(name: string, geometry: ConvGeometry, size: readonly number[] | null): Op<'conv'> {
  let known = ops.get(geometry);
  if (known === undefined) {
    known = new Map();
    ops.set(geometry, known);
  }
  const key = size === null ? name : `${name} ${size.join()}`;
  let op = known.get(key);
  if (op === undefined) {
    if (known.size >= opLimit) known.clear();
    const role = size === null ? 'forward' : 'inputGradient';
    op = convOp(name, { role, geometry, size }, 'ConvolutionBackward0');
    known.set(key, op);
  }
  return op;
}
