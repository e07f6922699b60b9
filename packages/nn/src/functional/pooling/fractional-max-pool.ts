/**
 * Max pooling by windows whose starts are drawn (Graham 2014): their distances are random, and there are as many as are asked for. The windows of all planes are gathered, since each plane
 * has its own; what is done to them is `maxPool`'s.
 */
import { add, cast, castTo, dtypes, type Expression, equal, input, isFloat, mul, ShapeError, scalar, select, sub, ValueError } from '@nn/backend'; // biome-ignore format: a list
import { arange, type Generator, gather, type PerDimension, rand, type Tensor } from '@nn/tensor';
import { checkNamed, dispatch, dispatchMany, fromFlat, Op, reshape, sameNumbers, shapeText, sizeOf, sizesOf, slice } from '@nn/tensor/internal'; // biome-ignore format: a list
import { perAxis } from '../per-axis.ts';
import { extremesOf, largestOf } from './extremes.ts';
import { checkNumbers, type Pooled, pooled } from './max-pool.ts';
import { planesOf } from './max-pool-function.ts';
import { checkRank } from './window.ts';
import { asWindows } from './window-views.ts';
import { bySpatial, weighted } from './windows.ts';

export interface FractionalMaxPoolOptions<R extends boolean = boolean> {
  /** The spatial sizes of the result: one for all, or one for each. This or `outputRatio` is needed. */
  readonly outputSize?: PerDimension | null | undefined;
  /** The same as parts of the input's sizes, between 0 and 1. */
  readonly outputRatio?: PerDimension | null | undefined;
  /** Give `{ values, indices }`: also the places of the largest elements, row-major in the spatial dimensions; false. */
  readonly returnIndices?: R | undefined;
  /** Uniform numbers from [0, 1) that say where windows start, (N, C, spatial dimensions); drawn if absent. PyTorch: `_random_samples`. */
  readonly randomSamples?: Tensor | null | undefined;
  /** Where the numbers are drawn from; the default generator. */
  readonly generator?: Generator | undefined;
}

export type FractionalMaxPoolFunction = <A extends Tensor, R extends boolean = false>(
  input: A,
  kernelSize: PerDimension,
  options?: FractionalMaxPoolOptions<R>,
) => Pooled<R, A['dtype']>;

/** Where window p starts: ⌊(p + u) α⌋ − ⌊u α⌋ for a number u, but the last at the end. Inputs: u, p. Scalars: α, the last window, its start. */
const startOp = new Op('map', 'fractionalMaxPool', {
  inPlace: false,
  build: ([samples]) => {
    const { scalar: type } = dtypes[samples!.dtype];
    const [u, p, step] = [input(0, type), input(1, 'i32'), scalar(0, type)];
    const whole = (x: Expression): Expression => cast(x, 'i32');
    const start = sub(whole(mul(add(castTo(p, samples!.dtype), u), step)), whole(mul(u, step)));
    const expression = select(equal(p, scalar(1, 'i32')), scalar(2, 'i32'), start);
    return { outputs: [{ dtype: 'int64', expression }], scalars: 3 };
  },
});

/** Places in a plane: of each window's start, by dimension, and of an element from there. Scalars: the plane's strides. */
const placeOp = bySpatial(
  (spatial) =>
    new Op('map', 'fractionalMaxPool', {
      inPlace: false,
      build: () => {
        const starts = Array.from({ length: spatial }, (_, d) => input(d, 'i32'));
        const expression = add(weighted(starts, 0), input(spatial, 'i32'));
        return { outputs: [{ dtype: 'int64', expression }], scalars: spatial };
      },
    }),
);

/** Sizes that settings mean, and what they are of. */
interface Sizes {
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly out: readonly number[];
}

/** Refuses anything but one of two ways to say a size, and ratios that leave nothing. */
export function checkSizes(op: string, spatial: number, options: FractionalMaxPoolOptions): void {
  const { outputSize = null, outputRatio = null } = options;
  if ((outputSize === null) === (outputRatio === null))
    throw new ValueError(op, 'takes either an outputSize or an outputRatio: give one of them');
  if (outputSize !== null) perAxis(op, 'outputSize', outputSize, spatial, 1);
  const ratios = typeof outputRatio === 'number' ? [outputRatio] : (outputRatio ?? []);
  if (outputRatio !== null && ratios.length !== 1 && ratios.length !== spatial)
    throw new ValueError(op, `outputRatio has ${ratios.length} numbers, expected one or ${spatial}`);
  const wrong = ratios.findIndex((ratio) => !(ratio > 0 && ratio < 1));
  if (wrong >= 0) throw new ValueError(op, `outputRatio must be between 0 and 1, but got ${ratios[wrong]}`);
}

function sizesFor(
  op: string,
  spatial: number,
  x: Tensor,
  kernelSize: PerDimension,
  options: FractionalMaxPoolOptions,
): Sizes {
  const { outputSize, outputRatio } = options;
  const kernel = perAxis(op, 'kernelSize', kernelSize, spatial, 1);
  const size = x.layout.shape.slice(-spatial);
  const ratio = (d: number): number =>
    typeof outputRatio === 'number' ? outputRatio : (outputRatio!.at(d) ?? outputRatio![0]!);
  const out = perAxis(op, 'outputSize', outputSize ?? size.map((n, d) => Math.trunc(n * ratio(d))), spatial, 0);
  const none = out.indexOf(0);
  if (none >= 0)
    throw new ValueError(
      op,
      `an outputRatio of ${ratio(none)} leaves nothing of size ${size[none]}; take a larger one`,
    );
  const tight = size.findIndex((n, d) => out[d]! + kernel[d]! - 1 > n);
  if (tight >= 0)
    throw new ShapeError(
      op,
      `${out[tight]} windows of ${kernel[tight]} do not fit size ${size[tight]}; take a smaller kernel or an outputSize of at most ${size[tight]! - kernel[tight]! + 1}`,
    );
  return { size, kernel, out };
}

/** Uniform numbers for every plane, (planes, spatial). */
function samplesFor(op: string, spatial: number, x: Tensor, options: FractionalMaxPoolOptions): Tensor {
  const { shape } = x.layout;
  const [batch, channels] = shape.length === spatial + 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
  const { randomSamples = null, generator } = options;
  if (randomSamples === null) {
    const dtype = x.dtype === 'float64' ? 'float64' : 'float32';
    return rand([batch * channels, spatial], { dtype, backend: x.backend, generator }) as Tensor;
  }
  const given = sizesOf(op, randomSamples);
  if (!sameNumbers(given, [batch, channels, spatial]) || !isFloat(randomSamples.dtype))
    throw new ShapeError(
      op,
      `randomSamples are ${randomSamples.dtype} of shape ${shapeText(given)}, expected floats of shape ${shapeText([batch, channels, spatial])}`,
    );
  return reshape(randomSamples, [batch * channels, spatial]);
}

/** The place of every element of every window in its plane: (planes, windows, elements). */
function placesOf(samples: Tensor, { size, kernel, out }: Sizes): Tensor {
  const [rows, spatial] = samples.layout.shape as readonly [number, number];
  const { backend } = samples;
  const steps = size.map((_, d) => sizeOf(size.slice(d + 1)));
  const starts = out.map((count, d) => {
    // Two dimensions have theirs in the order of x and y, as in PyTorch.
    const own = slice(samples, 1, spatial === 2 ? 1 - d : d, 1);
    const line = arange(count, { dtype: 'int64', backend }) as Tensor;
    const room = size[d]! - kernel[d]!;
    const found = dispatch(startOp, own, line, null, [count > 1 ? room / (count - 1) : 0, count - 1, room]);
    const aligned = reshape(found, [rows, ...out.map((_, e) => (e === d ? count : 1)), 1]);
    for (const t of [own, line, found]) t.dispose();
    return aligned;
  });
  const elements = kernel.reduce<number[]>(
    (all, n, d) => all.flatMap((place) => Array.from({ length: n }, (_, i) => place + i * steps[d]!)),
    [0],
  );
  const offsets = fromFlat(new dtypes.int64.array(elements), [elements.length], 'int64', backend);
  const places = dispatchMany(placeOp(spatial), [...starts, offsets], steps)[0]!;
  for (const t of [...starts, offsets]) t.dispose();
  return places;
}

/** The largest elements of windows at places. */
function slideOver(x: Tensor, places: Tensor, shape: readonly number[], wantsIndices: boolean): Tensor[] {
  const rows = places.layout.shape[0]!;
  const flat = reshape(x, [rows, rows === 0 ? 0 : x.layout.size / rows]);
  const at = reshape(places, [rows, sizeOf(places.layout.shape.slice(1))]);
  const gathered = gather(flat, 1, at) as Tensor;
  const sizes = [...shape, places.layout.shape.at(-1)!];
  const [windows, own] = [reshape(gathered, sizes), reshape(places, sizes)];
  const found = wantsIndices
    ? extremesOf(asWindows(windows, 1), asWindows(own, 1), false)
    : [largestOf(asWindows(windows, 1))];
  for (const t of [flat, at, gathered, windows, own]) t.dispose();
  return found;
}

const fractionalMaxPool =
  (op: string, spatial: number): FractionalMaxPoolFunction =>
  (x, kernelSize, options = {}) => {
    checkSizes(op, spatial, checkNamed(op, options));
    checkRank(op, x, spatial);
    checkNumbers(op, x);
    const sizes = sizesFor(op, spatial, x, kernelSize, options);
    const samples = samplesFor(op, spatial, x, options);
    const places = placesOf(samples, sizes);
    samples.dispose();
    const { shape } = x.layout;
    const planes = planesOf(shape, spatial, null);
    const out = [...shape.slice(0, -spatial), ...sizes.out];
    const find = (t: Tensor, wantsIndices: boolean): Tensor[] => slideOver(t, places, out, wantsIndices);
    const found: never = pooled(x, { planes, find }, options.returnIndices === true);
    places.dispose();
    return found;
  };

/**
 * The largest elements under windows over (N, C, H, W) or (C, H, W) whose distances are random, so that `outputSize` of them remain; each plane has windows of its own. Ties, NaN and indices
 * as in `maxPool2d`. PyTorch: `F.fractional_max_pool2d` (Graham 2014).
 * @param kernelSize the window's size: one number, or one for each spatial dimension
 * @param options `outputSize` or `outputRatio`, `returnIndices` (false), `randomSamples` or `generator`
 * @throws ValueError unless one of `outputSize` and `outputRatio` is given; ShapeError if so many windows don't fit
 * @example
 * ```ts
 * import { fractionalMaxPool2d } from '@nn/nn';
 * import { arange } from '@nn/tensor';
 * const x = arange(25).reshape([1, 5, 5]);
 * const pooled = fractionalMaxPool2d(x, 2, { outputSize: 3 });
 * console.log(pooled.shape, await pooled.at(0, 2, 2).item()); // prints: [ 1, 3, 3 ] 24
 * ```
 */
export const fractionalMaxPool2d: FractionalMaxPoolFunction = fractionalMaxPool('fractionalMaxPool2d', 2);

/** The same over (N, C, D, H, W) or (C, D, H, W). PyTorch: `F.fractional_max_pool3d`. */
export const fractionalMaxPool3d: FractionalMaxPoolFunction = fractionalMaxPool('fractionalMaxPool3d', 3);
