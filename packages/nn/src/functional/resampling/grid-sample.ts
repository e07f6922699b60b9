/**
 * Reading an image at points that a grid holds. Every point reads a few elements around it: their places and weights are computed by ops along each dimension (`grid-axis.ts`), the
 * elements are gathered, weighed and added. What lies outside reads a zero that stands behind the image's last element.
 */
import {
  add,
  cast,
  coordinate,
  type DType,
  DTypeError,
  dtypes,
  type Expression,
  input,
  isFloat,
  less,
  mul,
  or,
  ShapeError,
  same,
  scalar,
  select,
  ValueError,
} from '@nn/backend';
import { pad, type Shape, type Tensor, toDType } from '@nn/tensor';
import { checkNamed, dispatch, dispatchCreate, dispatchMany, expand, gatherOps, layoutOf, Op, reshape, shapeText, sizeOf, sizesOf, slice, widened } from '@nn/tensor/internal'; // biome-ignore format: a list
import { reachOf, type Sampling, type SamplingMode, type SamplingPadding, tapsAlong } from './grid-axis.ts';

export interface GridSampleOptions {
  /** 'bilinear' (of volumes too); 'nearest'; 'bicubic', for images. */
  readonly mode?: SamplingMode | undefined;
  /** What is read outside of the image; 'zeros'. */
  readonly paddingMode?: SamplingPadding | undefined;
  /** -1 and 1 are the centres of the first and last elements, instead of their outer edges; false. */
  readonly alignCorners?: boolean | null | undefined;
}

const gatherOp = gatherOps('gridSample', { form: 'aligned' })([2], 2);

/** Ops made once for each number of spatial dimensions and dtype. */
function interned<K extends Op['kind']>(make: (spatial: number, dtype: DType) => Op<K>) {
  const made = new Map<string, Op<K>>();
  return (spatial: number, dtype: DType): Op<K> => {
    const key = `${spatial} ${dtype}`;
    let op = made.get(key);
    if (op === undefined) {
      op = make(spatial, dtype);
      made.set(key, op);
    }
    return op;
  };
}

/** The product of weights along each dimension, x first. */
const weightOp = interned(
  (spatial, dtype) =>
    new Op('map', 'gridSample', {
      inPlace: false,
      build: () => {
        const weights = Array.from({ length: spatial }, (_, d) => input(d, dtypes[dtype].scalar));
        return { outputs: [{ dtype, expression: weights.reduce((product, w) => mul(product, w)) }], scalars: 0 };
      },
    }),
);

/** Row-major places of places along each dimension, x first. Scalars: the strides, then the place of the zero. */
const placeOp = interned(
  (spatial) =>
    new Op('map', 'gridSample', {
      inPlace: false,
      build: () => {
        const places = Array.from({ length: spatial }, (_, d) => input(d, 'i32'));
        const outside = places.map((p): Expression => less(p, same(0, p))).reduce((any, one) => or(any, one));
        const place = places.map((p, d) => mul(p, scalar(d, 'i32'))).reduce((sum, part) => add(sum, part));
        const expression = select(outside, scalar(spatial, 'i32'), place);
        return { outputs: [{ dtype: 'int64', expression }], scalars: spatial + 1 };
      },
    }),
);

/** Σ over taps of what they read (N, C, taps, points) by their weights (N, 1, taps, points). */
const sumOp = interned(
  (_, dtype) =>
    new Op('reduce', 'gridSample', {
      dims: [2],
      keepdim: false,
      build: () => {
        const [x, w] = [input(0, dtypes[dtype].scalar), input(1, dtypes[dtype].scalar)];
        return { dtype, combine: 'sum', body: mul(x, w), epilogue: x, scalars: 0 };
      },
    }),
);

/** Offsets of the taps along a dimension, one after the other. */
const offsetsOp = interned(
  (_, dtype) =>
    new Op('map', 'gridSample', {
      inPlace: false,
      build: () => {
        const { scalar: type } = dtypes[dtype];
        const expression = add(cast(coordinate, type), scalar(0, type));
        return { outputs: [{ dtype, expression }], scalars: 1 };
      },
    }),
);

function check(op: string, x: Tensor, grid: Tensor, { mode, padding }: Sampling): void {
  const [image, points] = [sizesOf(op, x), sizesOf(op, grid)];
  const spatial = image.length - 2;
  const both = `got an input of ${shapeText(image)} and a grid of ${shapeText(points)}`;
  if ((spatial !== 2 && spatial !== 3) || points.length !== image.length)
    throw new ShapeError(op, `takes (N, C, H, W) and (N, H, W, 2), or (N, C, D, H, W) and (N, D, H, W, 3); ${both}`);
  if (image[0] !== points[0])
    throw new ShapeError(op, `the input and the grid differ in the number of images; ${both}`);
  if (points.at(-1) !== spatial)
    throw new ShapeError(op, `the grid's last dimension must hold ${spatial} coordinates; ${both}`);
  if (image.some((n, d) => n === 0 && d > 0))
    throw new ShapeError(op, `only the number of images and of points may be 0; ${both}`);
  if (!isFloat(x.dtype) || x.dtype !== grid.dtype)
    throw new DTypeError(op, `the input and the grid must be floats of one dtype, got ${x.dtype} and ${grid.dtype}; convert one with .to(…)`); // biome-ignore format: a sentence
  if (!Object.hasOwn(reachOf, mode))
    throw new ValueError(op, `mode must be 'bilinear', 'nearest' or 'bicubic', got '${String(mode)}'`);
  if (padding !== 'zeros' && padding !== 'border' && padding !== 'reflection')
    throw new ValueError(op, `paddingMode must be 'zeros', 'border' or 'reflection', got '${String(padding)}'`);
  if (mode === 'bicubic' && spatial !== 2) throw new ShapeError(op, `mode 'bicubic' is for images; ${both}`);
}

/** What every point reads: weights and row-major places, both (N, 1, taps, points). */
function tapsOf(grid: Tensor, sizes: readonly number[], sampling: Sampling): { weights: Tensor; places: Tensor } {
  const { layout, dtype } = grid;
  const spatial = sizes.length;
  const [n, points] = [layout.shape[0]!, sizeOf(layout.shape.slice(1, -1))];
  const { first, count } = reachOf[sampling.mode];
  const offsets = dispatchCreate(offsetsOp(1, dtype), layoutOf(layout.device, dtype, [count]), [first]);
  const steps: Tensor[] = [offsets];
  const kept = (t: Tensor): Tensor => {
    steps.push(t);
    return t;
  };
  const along = sizes.map((_, d) => {
    // Coordinates are x first, and x is the last dimension of the image: so are the taps along it.
    const taps = sizes.map((__, k) => (k === spatial - 1 - d ? count : 1));
    const column = kept(slice(grid, spatial + 1, d, 1));
    const coordinates = kept(reshape(column, [n, ...sizes.map(() => 1), points]));
    return tapsAlong(coordinates, kept(reshape(offsets, [...taps, 1])), sizes[spatial - 1 - d]!, sampling);
  });
  for (const pair of along) steps.push(...pair);
  const strides = sizes.map((_, d) => sizeOf(sizes.slice(spatial - d)));
  const product = dispatchMany(weightOp(spatial, dtype), along.map(([w]) => w))[0]!; // biome-ignore format: one call
  const place = dispatchMany(placeOp(spatial, 'int64'), along.map(([, p]) => p), [...strides, sizeOf(sizes)])[0]!; // biome-ignore format: one call
  const shape = [n, 1, count ** spatial, points];
  const found = { weights: reshape(product, shape), places: reshape(place, shape) };
  for (const t of [...steps, product, place]) t.dispose();
  return found;
}

function sampled(x: Tensor, grid: Tensor, sampling: Sampling): Tensor {
  const [n, c, ...sizes] = x.layout.shape as [number, number, ...number[]];
  const { weights, places } = tapsOf(grid, sizes, sampling);
  const [taps, points] = places.layout.shape.slice(2) as [number, number];
  const rows = reshape(x, [n, c, sizeOf(sizes)]);
  const withZero = pad(rows, [0, 1]) as Tensor;
  const row = reshape(places, [n, 1, taps * points]);
  const index = expand(row, [n, c, taps * points]);
  const read = dispatch(gatherOp, withZero, index);
  const parts = reshape(read, [n, c, taps, points]);
  const sums = dispatch(sumOp(1, x.dtype), parts, weights);
  const out = reshape(sums, [n, c, ...grid.layout.shape.slice(1, -1)]);
  out.base = null;
  for (const t of [weights, places, rows, withZero, row, index, read, parts, sums]) t.dispose();
  return out;
}

/**
 * An image (N, C, H, W), or a volume (N, C, D, H, W), read at the points of a grid (N, H', W', 2) or (N, D', H', W', 3). A point is x, y (and z) between -1 and 1 from edge to
 * edge: x along the last dimension. Gives (N, C, H', W'), differentiable in both, twice too. PyTorch: `F.grid_sample`.
 * @param input floats
 * @param grid the same dtype
 * @param options `mode` ('bilinear'), `paddingMode` ('zeros'), `alignCorners` (false)
 * @throws ShapeError if shapes don't belong together or bicubic meets a volume; DTypeError for dtypes that differ or aren't floats; ValueError for an unknown mode
 * @example
 * ```ts
 * import { affineGrid, gridSample } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[[1, 2], [3, 4]]]]);
 * const middle = tensor([[[[0, 0]]]]);
 * console.log(await gridSample(x, middle).item()); // prints: 2.5
 * const mirrored = affineGrid(tensor([[[-1, 0, 0], [0, 1, 0]]]), [1, 1, 2, 2]);
 * console.log(await gridSample(x, mirrored).at(0, 0).toArray()); // prints: [ [ 2, 1 ], [ 4, 3 ] ]
 * ```
 */
export function gridSample<A extends Tensor>(
  input: A,
  grid: Tensor,
  options: GridSampleOptions = {},
): Tensor<Shape, A['dtype']> {
  const { mode = 'bilinear', paddingMode: padding = 'zeros', alignCorners } = checkNamed('gridSample', options);
  const sampling: Sampling = { mode, padding, alignCorners: alignCorners === true };
  check('gridSample', input, grid, sampling);
  return widened(input, (wide) => {
    const points = toDType(grid, wide.dtype) as Tensor;
    const out = sampled(wide, points, sampling);
    if (points !== grid) points.dispose();
    return out;
  }) as never;
}
