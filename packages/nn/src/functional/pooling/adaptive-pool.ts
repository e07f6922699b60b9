/** Adaptive pooling: the windows follow from the size that is wanted. Where it divides the input's they are those of an ordinary pooling. */
import { and, dtypes, input, same, select, ValueError } from '@nn/backend';
import { div, type Shape, type Tensor } from '@nn/tensor';
import { checkNamed, dispatchMany, Op, shapeText, widened } from '@nn/tensor/internal';
import { type Division, gathered, lengths, masks, separated } from './adaptive-windows.ts';
import { average, checkFloats } from './avg-pool.ts';
import { extremesOf, largestOf, slide } from './extremes.ts';
import { checkNumbers, type Pooled, pooled } from './max-pool.ts';
import { type Pooling, planesOf } from './max-pool-function.ts';
import { placesOf } from './place-table.ts';
import { Remembered } from './remembered.ts';
import { checkRank, complete, type WindowGeometry } from './window.ts';
import { asWindows, type Windows } from './window-views.ts';

/** One size for all spatial dimensions, or one for each; null keeps the input's. */
export type OutputSize = number | null | readonly (number | null)[];

export interface AdaptiveMaxPoolOptions<R extends boolean = boolean> {
  /** Give `{ values, indices }`: also the places of the largest elements, row-major in the spatial dimensions; false. */
  readonly returnIndices?: R | undefined;
}

export type AdaptiveAvgPoolFunction = <A extends Tensor>(input: A, outputSize: OutputSize) => Tensor<Shape, A['dtype']>;

export type AdaptiveMaxPoolFunction = <A extends Tensor, R extends boolean = false>(
  input: A,
  outputSize: OutputSize,
  options?: AdaptiveMaxPoolOptions<R>,
) => Pooled<R, A['dtype']>;

function division(op: string, x: Tensor, spatial: number, outputSize: OutputSize): Division {
  const size = x.layout.shape.slice(-spatial);
  const asked = typeof outputSize === 'object' && outputSize !== null ? outputSize : size.map(() => outputSize);
  if (asked.length !== spatial || asked.some((n) => n !== null && (!Number.isInteger(n) || n < 0)))
    throw new ValueError(
      op,
      `outputSize is a whole number ≥ 0, null, or a list of ${spatial}, got ${Array.isArray(outputSize) ? `(${outputSize.join(', ')})` : String(outputSize)} for input ${shapeText(x.layout.shape)}`,
    );
  return { size, count: asked.map((n, d) => n ?? size[d]!) };
}

/** The window of an ordinary pooling that does the same, or null. */
function regular({ size, count }: Division): WindowGeometry | null {
  if (!count.every((m, d) => m > 0 && size[d]! % m === 0)) return null;
  const kernel = size.map((n, d) => n / count[d]!);
  const [ones, zeros] = [kernel.map(() => 1), kernel.map(() => 0)];
  return complete({ size, kernel, stride: kernel, dilation: ones, padding: zeros, count });
}

const sums = new Map<number, Op<'reduce'>>();

/** Sums over the elements of windows, without what is only there to fill them up. Operands: windows, a mask for each dimension. */
function sumOp(lead: number, spatial: number): Op<'reduce'> {
  const key = lead * 4 + spatial;
  let op = sums.get(key);
  if (op === undefined) {
    op = new Op('reduce', 'adaptiveAvgPool', {
      dims: Array.from({ length: spatial }, (_, d) => lead + 2 * d + 1),
      keepdim: false,
      build: ([windows, ...rest]) => {
        const x = input(0, dtypes[windows!.dtype].scalar);
        const inside = rest.map((_, d) => input(d + 1, 'bool')).reduce((all, one) => and(all, one));
        return { dtype: windows!.dtype, combine: 'sum', body: select(inside, x, same(0, x)), epilogue: x, scalars: 0 };
      },
    });
    sums.set(key, op);
  }
  return op;
}

/** The sizes of an adaptive pooling, and the window of an ordinary one that does the same, if there is one. */
interface Adapted {
  readonly into: Division;
  readonly window: WindowGeometry | null;
}

const adaptiveAvgPool = (op: string, spatial: number): AdaptiveAvgPoolFunction => {
  const known = new Remembered<Adapted>();
  const adapted = (x: Tensor, outputSize: OutputSize): Adapted => {
    checkRank(op, x, spatial);
    checkFloats(op, x);
    const into = division(op, x, spatial, outputSize);
    return { into, window: regular(into) };
  };
  return (x, outputSize) => {
    const asked = [outputSize];
    const { into, window } = known.find(x?.layout, asked) ?? known.add(x?.layout, asked, adapted(x, outputSize));
    if (window !== null) return average(x, window, {}) as never;
    return widened(x, (wide) => {
      const windows = gathered(wide, into);
      const inside = masks(wide, into);
      const total = dispatchMany(sumOp(wide.layout.shape.length - spatial, spatial), [windows, ...inside])[0]!;
      const divisors = lengths(wide, into);
      const out = div(total, divisors) as Tensor;
      for (const t of [windows, ...inside, total, divisors]) t.dispose();
      return out;
    }) as never;
  };
};

/** The largest elements of windows of different lengths, which may repeat an element: it has the same place each time. */
function slideApart(x: Tensor, into: Division, wantsIndices: boolean): Tensor[] {
  const spatial = into.size.length;
  const repeated = gathered(x, into);
  const apart = separated(repeated, spatial);
  const windows = asWindows(apart, spatial);
  const found = wantsIndices ? withPlaces(windows, into) : [largestOf(windows)];
  apart.dispose();
  repeated.dispose();
  return found;
}

function withPlaces(windows: Windows, into: Division): Tensor[] {
  const { size } = into;
  const nothing = size.map(() => 0);
  const table = placesOf(windows.source.layout.device, { size, padding: nothing, after: nothing });
  const repeated = gathered(table, into);
  const apart = separated(repeated, size.length);
  const found = extremesOf(windows, asWindows(apart, size.length), false);
  for (const t of [table, repeated, apart]) t.dispose();
  return found;
}

const adaptiveMaxPool = (op: string, spatial: number): AdaptiveMaxPoolFunction => {
  const known = new Remembered<Pooling>();
  const pooling = (x: Tensor, outputSize: OutputSize): Pooling => {
    checkRank(op, x, spatial);
    checkNumbers(op, x);
    const into = division(op, x, spatial, outputSize);
    const window = regular(into);
    const planes = planesOf(x.layout.shape, spatial, window);
    if (window !== null) return { planes, find: (t, wantsIndices) => slide(t, window, wantsIndices) };
    return { planes, find: (t, wantsIndices) => slideApart(t, into, wantsIndices) };
  };
  return (x, outputSize, options = {}) => {
    const asked = [outputSize];
    return pooled(
      x,
      known.find(x?.layout, asked) ?? known.add(x?.layout, asked, pooling(x, outputSize)),
      checkNamed(op, options).returnIndices === true,
    );
  };
};

/** Means over (N, C, L) or (C, L) such that `outputSize` of them remain; as `adaptiveAvgPool2d`. PyTorch: `F.adaptive_avg_pool1d`. */
export const adaptiveAvgPool1d: AdaptiveAvgPoolFunction = adaptiveAvgPool('adaptiveAvgPool1d', 1);

/**
 * Means over (N, C, H, W) or (C, H, W), floats only, in windows that give the wanted size: output i of m sees elements ⌊i n/m⌋ to before ⌈(i+1) n/m⌉ of n. PyTorch: `F.adaptive_avg_pool2d`.
 * @param outputSize one size for both dimensions, or two; null keeps a size
 * @example
 * ```ts
 * import { adaptiveAvgPool2d } from '@nn/nn';
 * import { arange } from '@nn/tensor';
 * const x = arange(6, { dtype: 'float32' }).reshape([1, 2, 3]);
 * console.log(await adaptiveAvgPool2d(x, 1).item()); // prints: 2.5
 * console.log(await adaptiveAvgPool2d(x, [null, 2]).toArray()); // prints: [ [ [ 0.5, 1.5 ], [ 3.5, 4.5 ] ] ]
 * ```
 */
export const adaptiveAvgPool2d: AdaptiveAvgPoolFunction = adaptiveAvgPool('adaptiveAvgPool2d', 2);

/** Means over (N, C, D, H, W) or (C, D, H, W); as `adaptiveAvgPool2d`. PyTorch: `F.adaptive_avg_pool3d`. */
export const adaptiveAvgPool3d: AdaptiveAvgPoolFunction = adaptiveAvgPool('adaptiveAvgPool3d', 3);

/** The largest elements over (N, C, L) or (C, L); as `adaptiveMaxPool2d`. PyTorch: `F.adaptive_max_pool1d`. */
export const adaptiveMaxPool1d: AdaptiveMaxPoolFunction = adaptiveMaxPool('adaptiveMaxPool1d', 1);

/**
 * The largest elements over (N, C, H, W) or (C, H, W), in the windows of `adaptiveAvgPool2d`; ties, NaN and indices as in `maxPool2d`. PyTorch: `F.adaptive_max_pool2d`.
 * @param outputSize one size for both dimensions, or two; null keeps a size
 * @param options `returnIndices` (false)
 * @example
 * ```ts
 * import { adaptiveMaxPool2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await adaptiveMaxPool2d(tensor([[[1, 5, 2], [4, 3, 6]]]), [1, 2]).toArray()); // prints: [ [ [ 5, 6 ] ] ]
 * ```
 */
export const adaptiveMaxPool2d: AdaptiveMaxPoolFunction = adaptiveMaxPool('adaptiveMaxPool2d', 2);

/** The largest elements over (N, C, D, H, W) or (C, D, H, W); as `adaptiveMaxPool2d`. PyTorch: `F.adaptive_max_pool3d`. */
export const adaptiveMaxPool3d: AdaptiveMaxPoolFunction = adaptiveMaxPool('adaptiveMaxPool3d', 3);
