/** Channels and pixels exchanged: sub-pixel convolution (Shi et al. 2016, arXiv:1609.05158) and shuffled groups (Zhang et al. 2017, arXiv:1707.01083). */
import { ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import * as views from './views.ts';

/** Leading dimensions, channels, rows, columns. */
function image(op: string, x: Tensor): { batch: number[]; c: number; h: number; w: number } {
  const shape = sizesOf(op, x);
  if (shape.length < 3) throw new ShapeError(op, `expected (…, channels, height, width), got ${shapeText(shape)}`);
  const [c, h, w] = shape.slice(-3) as [number, number, number];
  return { batch: shape.slice(0, -3), c, h, w };
}

function checkFactor(op: string, factor: number): void {
  if (!Number.isInteger(factor) || factor < 1)
    throw new ValueError(op, `the factor must be a whole number ≥ 1, got ${factor}`);
}

/** Reshaped, the last dimensions put in another order, copied into the final shape. */
function rearranged(
  op: string,
  x: Tensor,
  batch: readonly number[],
  apart: readonly number[],
  order: readonly number[],
  shape: readonly number[],
): Tensor {
  const wide = views.reshape(x, [...batch, ...apart]);
  const lead = batch.map((_, d) => d);
  const moved = views.reorder(wide, op, [...lead, ...order.map((d) => d + batch.length)]);
  return views.finish(views.reshape(moved, [...batch, ...shape]), x, wide, moved);
}

/**
 * [..., c·r², h, w] → [..., c, h·r, w·r]: groups of r² channels become r×r pixels. PyTorch: `torch.pixel_shuffle`.
 * @throws ShapeError if the channels are no multiple of r²
 */
export function pixelShuffle<A extends Tensor>(x: A, upscaleFactor: number): Tensor<Shape, A['dtype']> {
  checkFactor('pixelShuffle', upscaleFactor);
  const r = upscaleFactor;
  const { batch, c, h, w } = image('pixelShuffle', x);
  if (c % (r * r) !== 0)
    throw new ShapeError(
      'pixelShuffle',
      `${c} channels are not a multiple of ${r}² = ${r * r}: ${shapeText(x.layout.shape)}`,
    );
  const k = c / (r * r);
  return rearranged('pixelShuffle', x, batch, [k, r, r, h, w], [0, 3, 1, 4, 2], [k, h * r, w * r]) as never;
}

/**
 * [..., c, h·r, w·r] → [..., c·r², h, w]: undoes `pixelShuffle`. PyTorch: `torch.pixel_unshuffle`.
 * @throws ShapeError if height or width is no multiple of r
 */
export function pixelUnshuffle<A extends Tensor>(x: A, downscaleFactor: number): Tensor<Shape, A['dtype']> {
  checkFactor('pixelUnshuffle', downscaleFactor);
  const r = downscaleFactor;
  const { batch, c, h, w } = image('pixelUnshuffle', x);
  if (h % r !== 0 || w % r !== 0)
    throw new ShapeError(
      'pixelUnshuffle',
      `height ${h} and width ${w} are not multiples of ${r}: ${shapeText(x.layout.shape)}`,
    );
  return rearranged(
    'pixelUnshuffle',
    x,
    batch,
    [c, h / r, r, w / r, r],
    [0, 2, 4, 1, 3],
    [c * r * r, h / r, w / r],
  ) as never;
}

/**
 * Channels (dimension 1) of `groups` groups interleaved; PyTorch: `torch.channel_shuffle`.
 * @throws ShapeError if the channels are no multiple of the groups
 */
export function channelShuffle<A extends Tensor>(x: A, groups: number): Tensor<A['~shape'], A['dtype']> {
  checkFactor('channelShuffle', groups);
  const { shape } = x.layout;
  if (shape.length < 3)
    throw new ShapeError(
      'channelShuffle',
      `expected (batch, channels, …) with 3 dimensions at least, got ${shapeText(shape)}`,
    );
  const [n, c, ...rest] = shape as [number, number, ...number[]];
  if (c % groups !== 0)
    throw new ShapeError('channelShuffle', `${c} channels are not a multiple of ${groups} groups: ${shapeText(shape)}`);
  const order = [1, 0, ...rest.map((_, d) => d + 2)];
  return rearranged('channelShuffle', x, [n], [groups, c / groups, ...rest], order, [c, ...rest]) as never;
}
