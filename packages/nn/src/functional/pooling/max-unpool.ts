/** The partial inverse of max pooling: values go back to the places that they came from, everything else is 0. */
import { DTypeError, ShapeError, ValueError } from '@nn/backend';
import type { PerDimension, Shape, Tensor } from '@nn/tensor';
import { checkNamed, dispatchInto, filled, Op, reshape, sameNumbers, shapeText, sizeOf } from '@nn/tensor/internal';
import { listed } from '../../module/listed.ts';
import { indexOf } from '../classes.ts';
import { perAxis } from '../per-axis.ts';
import { checkRank } from './window.ts';

export interface MaxUnpoolOptions {
  /** Of the pooling: steps from one window to the next; the kernel size. */
  readonly stride?: PerDimension | null | undefined;
  /** Of the pooling; 0. */
  readonly padding?: PerDimension | undefined;
  /** Spatial sizes of the result (a whole shape will do), where several would have given the same pooled sizes; (n - 1) · stride - 2 · padding + kernel. */
  readonly outputSize?: readonly number[] | null | undefined;
}

export type MaxUnpoolFunction = <A extends Tensor>(
  input: A,
  indices: Tensor,
  kernelSize: PerDimension,
  options?: MaxUnpoolOptions,
) => Tensor<Shape, A['dtype']>;

const placeAt = new Op('scatter', 'maxUnpool', {
  form: 'aligned',
  dims: [1],
  at: 0,
  combine: 'replace',
  inPlace: true,
});

/** The spatial sizes of the result. */
function outputSize(
  op: string,
  x: Tensor,
  spatial: number,
  kernelSize: PerDimension,
  options: MaxUnpoolOptions,
): number[] {
  const kernel = perAxis(op, 'kernelSize', kernelSize, spatial, 1);
  const stride = perAxis(op, 'stride', checkNamed(op, options).stride ?? kernel, spatial, 1);
  const padding = perAxis(op, 'padding', options.padding ?? 0, spatial, 0);
  const usual = x.layout.shape.slice(-spatial).map((n, d) => (n - 1) * stride[d]! - 2 * padding[d]! + kernel[d]!);
  const asked = listed(op, options.outputSize ?? usual);
  const sizes = asked.length === x.layout.shape.length ? asked.slice(-spatial) : asked;
  if (sizes.length !== spatial)
    throw new ValueError(op, `outputSize ${shapeText(asked)} must have ${spatial} or ${x.layout.shape.length} sizes`);
  const wrong = sizes.findIndex(
    (n, d) => !Number.isInteger(n) || (n !== usual[d] && Math.abs(n - usual[d]!) >= stride[d]!) || n < 1,
  );
  if (wrong >= 0)
    throw new ValueError(
      op,
      `size ${sizes[wrong]} of outputSize ${shapeText(sizes)} must lie between ${usual[wrong]! - stride[wrong]!} and ${usual[wrong]! + stride[wrong]!}, as only such sizes are pooled to ${x.layout.shape.at(wrong - spatial)}`,
    );
  return [...sizes];
}

const maxUnpool =
  (op: string, spatial: number): MaxUnpoolFunction =>
  (x, indices, kernelSize, options = {}) => {
    checkRank(op, x, spatial);
    if (indices.dtype !== 'int64')
      throw new DTypeError(op, `indices must be int64, got ${indices.dtype}; take those that maxPool${spatial}d gave`);
    if (!sameNumbers(indices.layout.shape, x.layout.shape))
      throw new ShapeError(
        op,
        `the indices have shape ${shapeText(indices.layout.shape)}, expected that of the input: ${shapeText(x.layout.shape)}`,
      );
    const sizes = outputSize(op, x, spatial, kernelSize, options);
    const lead = x.layout.shape.slice(0, -spatial);
    const rows = sizeOf(lead);
    const flat = [rows, sizeOf(x.layout.shape.slice(-spatial))];
    const zeros = filled(x.layout.device, x.dtype, [rows, sizeOf(sizes)], 0);
    // Places don't count from the end.
    const places = indexOf('maxUnpool', indices);
    const [from, at] = [reshape(x, flat), reshape(places, flat)];
    const placed = dispatchInto(placeAt, [zeros, from, at]);
    const out = reshape(placed, [...lead, ...sizes]);
    for (const t of [places, from, at, placed]) t.dispose();
    return out as never;
  };

/** Puts the values of `maxPool1d` back to where they came from; as `maxUnpool2d`. PyTorch: `F.max_unpool1d`. */
export const maxUnpool1d: MaxUnpoolFunction = maxUnpool('maxUnpool1d', 1);

/**
 * Puts the values of `maxPool2d` back to where they came from, zeros elsewhere: (N, C, H, W) or (C, H, W). PyTorch: `F.max_unpool2d`.
 * @param indices int64, of the input's shape: what `maxPool2d` gave with `returnIndices`
 * @param options `stride` (the kernel size) and `padding` (0) of the pooling; `outputSize`, where several sizes would be pooled to the input's
 * @throws IndexError for an index that is negative or beyond the result (at the next read, where the backend can't see it at once)
 * @example
 * ```ts
 * import { maxPool2d, maxUnpool2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const { values, indices } = maxPool2d(tensor([[[1, 2], [4, 3]]]), 2, { returnIndices: true });
 * console.log(await maxUnpool2d(values, indices, 2).toArray()); // prints: [ [ [ 0, 0 ], [ 4, 0 ] ] ]
 * ```
 */
export const maxUnpool2d: MaxUnpoolFunction = maxUnpool('maxUnpool2d', 2);

/** Puts the values of `maxPool3d` back to where they came from; as `maxUnpool2d`. PyTorch: `F.max_unpool3d`. */
export const maxUnpool3d: MaxUnpoolFunction = maxUnpool('maxUnpool3d', 3);
