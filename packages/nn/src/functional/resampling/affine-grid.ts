/** The points at which an affine transformation reads an image: what `gridSample` takes. */
import { cast, coordinate, type DType, DTypeError, div, dtypes, type Expression, equal, isFloat, mul, rem, ShapeError, same, scalar, select, sub, ValueError } from '@nn/backend'; // biome-ignore format: a list
import { matmul, type Shape, type Tensor } from '@nn/tensor';
import {
  checkNamed,
  dispatchCreate,
  layoutOf,
  Op,
  reshape,
  shapeText,
  sizeOf,
  sizesOf,
  transpose,
  widened,
} from '@nn/tensor/internal';

export interface AffineGridOptions {
  /** -1 and 1 are the centres of the first and last elements, instead of their outer edges; false. */
  readonly alignCorners?: boolean | null | undefined;
}

const ops = new Map<string, Op<'map'>>();

/**
 * Homogeneous coordinates (points, x y … 1): along n elements (2i - (n - 1)) / n, or over n - 1 where the corners are aligned. Scalars by dimension, x first: n and its divisor.
 */
function pointsOp(spatial: number, dtype: DType): Op<'map'> {
  const key = `${spatial} ${dtype}`;
  let op = ops.get(key);
  if (op === undefined) {
    const type = dtypes[dtype].scalar;
    const whole = (value: number): Expression => same(value, coordinate);
    const column = rem(coordinate, whole(spatial + 1));
    let expression = cast(whole(1), type);
    let rest = div(coordinate, whole(spatial + 1));
    for (let d = 0; d < spatial; d++) {
      const n = scalar(2 * d, 'i32');
      const i = rem(rest, n);
      const numerator = sub(mul(i, whole(2)), sub(n, whole(1)));
      const value = div(cast(numerator, type), cast(scalar(2 * d + 1, 'i32'), type));
      expression = select(equal(column, whole(d)), value, expression);
      rest = div(rest, n);
    }
    op = new Op('map', 'affineGrid', {
      inPlace: false,
      build: () => ({ outputs: [{ dtype, expression }], scalars: 2 * spatial }),
    });
    ops.set(key, op);
  }
  return op;
}

function check(op: string, theta: Tensor, size: readonly number[]): void {
  const shape = sizesOf(op, theta);
  if (!isFloat(theta.dtype))
    throw new DTypeError(op, `theta must be floats, got ${theta.dtype}; convert with .to('float32')`);
  if (!Array.isArray(size) || (size.length !== 4 && size.length !== 5))
    throw new ShapeError(op, `size must be [N, C, H, W] or [N, C, D, H, W], got ${Array.isArray(size) ? shapeText(size) : String(size)}`); // biome-ignore format: a sentence
  const rows = size.length - 2;
  if (shape.length !== 3 || shape[0] !== size[0] || shape[1] !== rows || shape[2] !== rows + 1)
    throw new ShapeError(op, `for size ${shapeText(size)} theta must be ${shapeText([size[0]!, rows, rows + 1])}, got ${shapeText(shape)}`); // biome-ignore format: a sentence
  if (size.some((n, d) => !Number.isInteger(n) || n < (d === 0 ? 0 : 1)))
    throw new ValueError(op, `sizes must be whole numbers of at least 1, got ${shapeText(size)}`);
}

/**
 * The grid of an affine transformation θ (N, 2, 3) for images of size [N, C, H, W], or θ (N, 3, 4) for volumes: every point is θ times (x, y, 1) of the result's element, (N, H, W, 2).
 * Differentiable in θ. PyTorch: `F.affine_grid`.
 * @param theta floats
 * @param size the size that `gridSample` shall give, batch and channels first
 * @param options `alignCorners` (false), which `gridSample` must be told too
 * @throws ShapeError if θ doesn't fit the size; DTypeError for integers; ValueError for sizes below 1
 * @example
 * ```ts
 * import { affineGrid } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const shifted = tensor([[[1, 0, 0.5], [0, 1, 0]]]);
 * console.log(await affineGrid(shifted, [1, 1, 1, 2]).at(0, 0).toArray()); // prints: [ [ 0, 0 ], [ 1, 0 ] ]
 * ```
 */
export function affineGrid<A extends Tensor>(
  theta: A,
  size: readonly number[],
  options: AffineGridOptions = {},
): Tensor<Shape, A['dtype']> {
  check('affineGrid', theta, size);
  const { alignCorners } = checkNamed('affineGrid', options);
  const sizes = size.slice(2);
  const spatial = sizes.length;
  const divided = sizes.map((n) => [n, alignCorners === true ? Math.max(n - 1, 1) : n]);
  return widened(theta, (wide) => {
    const layout = layoutOf(wide.layout.device, wide.dtype, [sizeOf(sizes), spatial + 1]);
    const points = dispatchCreate(pointsOp(spatial, wide.dtype), layout, divided.reverse().flat());
    const columns = transpose(wide, 1, 2);
    const moved = matmul(points, columns) as Tensor;
    const out = reshape(moved, [size[0]!, ...sizes, spatial]);
    out.base = null;
    for (const t of [points, columns, moved]) t.dispose();
    return out;
  }) as never;
}
