/** A copy with one region of it replaced: what assignment to a view is without changing anything in place. */

import { ShapeError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { assign } from '../../core/in-place.ts';
import { sameNumbers } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import { diagonal, type PlaneOptions } from '../shape/diagonal.ts';
import { select } from '../shape/split.ts';
import * as views from '../shape/views.ts';
import { resolveSlice, slice } from './slice.ts';

/** Copies `x`, and `source` into the region that `make` finds there. */
function replaced(op: string, x: Tensor, source: Tensor, make: (copy: Tensor) => Tensor): Tensor {
  const out = views.clone(x);
  const region = make(out);
  if (!sameNumbers(region.layout.shape, source.layout.shape))
    throw new ShapeError(
      op,
      `the source has shape ${shapeText(source.layout.shape)}, the region ${shapeText(region.layout.shape)}; they must be equal`,
    );
  assign(region, source);
  return views.finish(out, x, region);
}

/** A copy of `x` with position `index` of a dimension replaced; PyTorch: `torch.select_scatter`. */
export const selectScatter = <A extends Tensor>(
  x: A,
  source: Tensor,
  dim: number,
  index: number,
): Tensor<A['~shape'], A['dtype']> => replaced('selectScatter', x, source, (copy) => select(copy, dim, index)) as never;

/** Which positions of a dimension. */
export interface SliceOptions {
  /** The dimension; 0. */
  readonly dim?: number | undefined;
  /** First position; the start. */
  readonly start?: number | null | undefined;
  /** Position after the last; the end. */
  readonly end?: number | null | undefined;
  /** Distance of positions; 1. */
  readonly step?: number | undefined;
}

/** A copy of `x` with a slice of a dimension replaced; PyTorch: `torch.slice_scatter`. */
export function sliceScatter<A extends Tensor>(
  x: A,
  source: Tensor,
  options: SliceOptions = {},
): Tensor<A['~shape'], A['dtype']> {
  const d = dimension('sliceScatter', checkNamed('sliceScatter', options).dim ?? 0, x.layout.shape.length);
  const found = slice(options.start ?? null, options.end ?? null, options.step ?? 1);
  const { start, length } = resolveSlice(found, x.layout.shape[d] ?? 1);
  return replaced('sliceScatter', x, source, (copy) => views.sliceView(copy, d, start, length, found.step)) as never;
}

/** A copy of `x` with a diagonal replaced; PyTorch: `torch.diagonal_scatter`. */
export const diagonalScatter = <A extends Tensor>(
  x: A,
  source: Tensor,
  options?: PlaneOptions,
): Tensor<A['~shape'], A['dtype']> =>
  replaced('diagonalScatter', x, source, (copy) => diagonal(copy, options)) as never;
