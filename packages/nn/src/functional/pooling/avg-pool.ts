/** Average pooling: a window runs over the spatial dimensions, and the mean of the elements under it stays. */
import {
  add,
  cast,
  DTypeError,
  dtypes,
  type Expression,
  isFloat,
  max,
  min,
  mul,
  neg,
  sub,
  ValueError,
} from '@nn/backend';
import { div, type PerDimension, type Shape, type Tensor } from '@nn/tensor';
import { checkNamed, dispatchCreate, layoutOf, Op, widened } from '@nn/tensor/internal';
import { Remembered } from './remembered.ts';
import { checkRank, type WindowGeometry, type WindowOptions, windowOver } from './window.ts';
import { windowSum } from './window-sum.ts';
import { bySpatial, placeOf, whole } from './windows.ts';

export interface AvgPoolOptions extends Omit<WindowOptions, 'dilation'> {
  /** Count the zeros of the padding as elements; true. What `ceilMode` adds beyond it never counts. */
  readonly countIncludePad?: boolean | undefined;
  /** Divide by this instead of the number of elements. */
  readonly divisorOverride?: number | null | undefined;
}

export type AvgPoolFunction = <A extends Tensor>(
  input: A,
  kernelSize: PerDimension,
  options?: AvgPoolOptions,
) => Tensor<Shape, A['dtype']>;

export function checkFloats(op: string, x: Tensor): void {
  if (!isFloat(x.dtype))
    throw new DTypeError(op, `means are fractions, which ${x.dtype} can't hold; convert with .to('float32') first`);
}

/** How many elements each window counts. Scalars by dimension: number of windows, stride, kernel, padding, size, and what is counted of the padding. */
const countsOp = bySpatial(
  (spatial) =>
    new Op('map', 'avgPoolCounts', {
      inPlace: false,
      build: ([layout]) => {
        const number = (field: number, d: number): Expression => whole(field * spatial + d);
        const counted = placeOf(spatial, 0).map((place, d) => {
          const [stride, kernel, padding, size, extra] = [1, 2, 3, 4, 5].map((field) => number(field, d)) as [
            Expression, Expression, Expression, Expression, Expression,
          ]; // biome-ignore format: a list
          const start = sub(mul(place, stride), padding);
          const end = min(add(start, kernel), add(size, extra));
          return sub(end, max(start, neg(extra)));
        });
        const { dtype } = layout!;
        const expression = cast(
          counted.reduce((product, n) => mul(product, n)),
          dtypes[dtype].scalar,
        );
        return { outputs: [{ dtype, expression }], scalars: 6 * spatial };
      },
    }),
);

function counts(x: Tensor, window: WindowGeometry, includesPadding: boolean): Tensor {
  const { count, stride, kernel, padding, size } = window;
  const extra = includesPadding ? padding : padding.map(() => 0);
  return dispatchCreate(countsOp(size.length), layoutOf(x.layout.device, x.dtype, count), [
    ...[count, stride, kernel, padding, size, extra].flat(),
  ]);
}

/** The mean under each window. */
export function average(
  x: Tensor,
  window: WindowGeometry,
  { countIncludePad = true, divisorOverride }: AvgPoolOptions,
): Tensor {
  const { kernel, padding, after } = window;
  const isEven = !window.isPadded || (countIncludePad && after.every((n, d) => n <= padding[d]!));
  const full = kernel.reduce((product, k) => product * k, 1);
  if (divisorOverride !== undefined && divisorOverride !== null) return windowSum(x, window, divisorOverride);
  if (isEven) return windowSum(x, window, full);
  return widened(x, (wide) => {
    const sums = windowSum(wide, window, 1);
    const divisors = counts(wide, window, countIncludePad);
    const out = div(sums, divisors) as Tensor;
    sums.dispose();
    divisors.dispose();
    return out;
  });
}

const avgPool = (op: string, spatial: number): AvgPoolFunction => {
  const known = new Remembered<WindowGeometry>();
  return (x, kernelSize, options = {}) => {
    const asked = [kernelSize, checkNamed(op, options).stride, options.padding, options.ceilMode];
    const window = known.find(x?.layout, asked);
    if (window === null) {
      checkRank(op, x, spatial);
      checkFloats(op, x);
    }
    const { divisorOverride } = options;
    if (typeof divisorOverride === 'number' && !(Math.abs(divisorOverride) > 0))
      throw new ValueError(
        op,
        `divisorOverride must not be ${divisorOverride}; leave it out to divide by the elements`,
      );
    const over = window ?? known.add(x?.layout, asked, windowOver(op, x, spatial, kernelSize, options));
    return average(x, over, options) as never;
  };
};

/** The mean under a window over (N, C, L) or (C, L); options as `avgPool2d`. PyTorch: `F.avg_pool1d`. */
export const avgPool1d: AvgPoolFunction = avgPool('avgPool1d', 1);

/**
 * The mean under a window over (N, C, H, W) or (C, H, W), floats only. The padding is zeros. PyTorch: `F.avg_pool2d`.
 * @param kernelSize the window's size: one number, or one for each spatial dimension; the options too
 * @param options `stride` (the kernel size), `padding` (0), `ceilMode` (false), `countIncludePad` (true), `divisorOverride` (none)
 * @throws ShapeError if the window doesn't fit; ValueError for padding of more than half of the kernel
 * @example
 * ```ts
 * import { avgPool2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[1, 2], [3, 4]]]);
 * console.log(await avgPool2d(x, 2).toArray()); // prints: [ [ [ 2.5 ] ] ]
 * console.log(await avgPool2d(x, 2, { divisorOverride: 1 }).toArray()); // prints: [ [ [ 10 ] ] ]
 * ```
 */
export const avgPool2d: AvgPoolFunction = avgPool('avgPool2d', 2);

/** The mean under a window over (N, C, D, H, W) or (C, D, H, W); options as `avgPool2d`. PyTorch: `F.avg_pool3d`. */
export const avgPool3d: AvgPoolFunction = avgPool('avgPool3d', 3);
