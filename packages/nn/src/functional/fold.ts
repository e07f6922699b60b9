/**
 * Windows of an image as columns, and columns added up to an image. Each is the other's gradient, and neither saves a value. Knows of places only, not what the columns are for.
 */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { add, DTypeError, dtypes, input, ShapeError } from '@nn/backend';
import type { PerDimension, Shape, Tensor } from '@nn/tensor';
import { assign, checkNamed, contiguous, dispatchInto, filled, fresh, layoutOf, Op, reshape, shapeText, sizesOf, slice, stridedView, widened } from '@nn/tensor/internal'; // biome-ignore format: a list
import { perAxis } from './per-axis.ts';
import { checkRank, complete, paddedSize, spanOf, type WindowGeometry } from './pooling/window.ts';
import { padded } from './pooling/windows.ts';

export interface FoldOptions {
  /** Distance of the elements under a window; 1. */
  readonly dilation?: PerDimension | undefined;
  /** Zeros on either side of both dimensions; 0. */
  readonly padding?: PerDimension | undefined;
  /** Steps from one window to the next; 1. */
  readonly stride?: PerDimension | undefined;
}

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** The windows over an image of a size. */
function windowOver(
  op: string,
  size: readonly number[],
  kernelSize: PerDimension,
  options: FoldOptions,
): WindowGeometry {
  const named = checkNamed(op, options);
  const kernel = perAxis(op, 'kernelSize', kernelSize, 2, 1);
  const dilation = perAxis(op, 'dilation', named.dilation ?? 1, 2, 1);
  const padding = perAxis(op, 'padding', named.padding ?? 0, 2, 0);
  const stride = perAxis(op, 'stride', named.stride ?? 1, 2, 1);
  const count = size.map((n, d) => {
    const room = n + 2 * padding[d]! - spanOf(kernel[d]!, dilation[d]!);
    return Math.floor(room / stride[d]!) + 1;
  });
  const none = count.findIndex((n) => n < 1);
  if (none >= 0)
    throw new ShapeError(
      op,
      `a window of ${spanOf(kernel[none]!, dilation[none]!)} does not fit size ${size[none]} with padding ${padding[none]}: ${shapeText(count)} windows over an image of ${shapeText(size)}; take a smaller kernel or more padding`,
    );
  return complete({ size, kernel, stride, dilation, padding, count });
}

/** Every window of x (…, C, H, W) as a column: (…, C · kernel, windows). */
function columnsOf(x: Tensor, window: WindowGeometry): Tensor {
  const { kernel, stride, dilation, count } = window;
  const source = padded(x, window, 0);
  const { shape, strides } = source.layout;
  const [planes, steps] = [shape.slice(0, -2), strides.slice(-2)];
  const sizes = [...planes, ...kernel, ...count];
  const windows = stridedView(
    source,
    sizes,
    [...strides.slice(0, -2), ...steps.map((s, d) => s * dilation[d]!), ...steps.map((s, d) => s * stride[d]!)],
    0,
  );
  const shapeOut = [...planes.slice(0, -1), planes.at(-1)! * product(kernel), product(count)];
  const out = fresh(layoutOf(x.layout.device, x.dtype, shapeOut), 'unfold');
  const places = reshape(out, sizes);
  assign(places, windows, { fresh: true });
  for (const t of [places, windows]) t.dispose();
  if (source !== x) source.dispose();
  return out;
}

const addOp = new Op('map', 'fold', {
  inPlace: true,
  build: ([image]) => {
    const { dtype } = image!;
    const type = dtypes[dtype].scalar;
    return { outputs: [{ dtype, expression: add(input(0, type), input(1, type)) }], scalars: 0 };
  },
});

/** Where elements of a window start, so many at a time that those of neighbouring windows lie apart. */
function groups(kernel: number, stride: number, dilation: number): { readonly first: number; readonly size: number }[] {
  const most = Math.ceil(stride / dilation);
  return Array.from({ length: Math.ceil(kernel / most) }, (_, k) => ({
    first: k * most,
    size: Math.min(most, kernel - k * most),
  }));
}

/** Sums of the columns (…, C · kernel, windows) where their windows lie: (…, C, H, W). Windows that overlap are added a part at a time, each part of all windows in one launch. */
function imageOf(columns: Tensor, window: WindowGeometry): Tensor {
  const { size, kernel, stride, dilation, padding, count, isPadded } = window;
  const { shape, device } = columns.layout;
  const planes = [...shape.slice(0, -2), shape.at(-2)! / product(kernel)];
  const whole = filled(device, columns.dtype, [...planes, ...paddedSize(window)], 0);
  const source = reshape(columns, [...planes, ...kernel, ...count]);
  const [outer, steps] = [whole.layout.strides.slice(0, -2), whole.layout.strides.slice(-2)];
  const far = source.layout.strides.slice(-4);
  const [rows, across] = kernel.map((k, d) => groups(k, stride[d]!, dilation[d]!)) as [Group[], Group[]];
  const apart = rows.length * across.length === 1;
  for (const i of rows)
    for (const j of across) {
      // (…, window, element, element, window): vectors run along the image's rows.
      const sizes = [...planes, count[0]!, i.size, j.size, count[1]!];
      const [down, right] = [steps[0]! * dilation[0]!, steps[1]! * dilation[1]!];
      const target = stridedView(
        whole,
        sizes,
        [...outer, steps[0]! * stride[0]!, down, right, steps[1]! * stride[1]!],
        i.first * down + j.first * right,
      );
      const part = stridedView(
        source,
        sizes,
        [...source.layout.strides.slice(0, -4), far[2]!, far[0]!, far[1]!, far[3]!],
        i.first * far[0]! + j.first * far[1]!,
      );
      if (apart) assign(target, part, { fresh: true });
      else dispatchInto(addOp, [target, part]);
      target.dispose();
      part.dispose();
    }
  source.dispose();
  return isPadded ? inner(whole, padding, size) : whole;
}
type Group = ReturnType<typeof groups>[number];

/** A dense copy of the last two dimensions without what was around them. */
function inner(whole: Tensor, first: readonly number[], size: readonly number[]): Tensor {
  const rank = whole.layout.shape.length;
  const rows = slice(whole, rank - 2, first[0]!, size[0]!);
  const part = slice(rows, rank - 1, first[1]!, size[1]!);
  const out = contiguous(part);
  for (const t of [whole, rows, part]) if (t !== out) t.dispose();
  return out;
}

class Im2Col extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(ctx: FunctionContext, x: Tensor, window: WindowGeometry): Tensor {
    ctx.values['window'] = window;
    return columnsOf(x, window);
  }

  static override backward(ctx: FunctionContext, gradient: Tensor): readonly (Tensor | null)[] {
    return [Col2Im.apply(gradient, ctx.values['window'] as WindowGeometry), null];
  }
}

class Col2Im extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(ctx: FunctionContext, columns: Tensor, window: WindowGeometry): Tensor {
    ctx.values['window'] = window;
    return widened(columns, (wide) => imageOf(wide, window));
  }

  static override backward(ctx: FunctionContext, gradient: Tensor): readonly (Tensor | null)[] {
    return [Im2Col.apply(gradient, ctx.values['window'] as WindowGeometry), null];
  }
}

/**
 * Every window over (N, C, H, W) as a column: (N, C · kernel, windows), windows row by row; without N if the input has none. Any dtype. PyTorch: `F.unfold`, im2col.
 * @param kernelSize the window's size: one number, or one for each spatial dimension; the options too
 * @param options `dilation` (1), `padding` (0, of zeros), `stride` (1)
 * @throws ShapeError if the input has another rank or no window fits; ValueError for settings that are no sizes
 * @example
 * ```ts
 * import { unfold } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[1, 2, 3], [4, 5, 6]]]);
 * console.log(await unfold(x, 2).toArray()); // prints: [ [ 1, 2 ], [ 2, 3 ], [ 4, 5 ], [ 5, 6 ] ]
 * ```
 */
export function unfold<A extends Tensor>(
  x: A,
  kernelSize: PerDimension,
  options: FoldOptions = {},
): Tensor<Shape, A['dtype']> {
  const shape = sizesOf('unfold', x);
  checkRank('unfold', x, 2);
  return Im2Col.apply(x, windowOver('unfold', shape.slice(-2), kernelSize, options)) as never;
}

/**
 * The sum of columns (N, C · kernel, windows), each where its window lies, as an image (N, C, H, W) of size `outputSize`; without N if the input has none. Undoes `unfold` where windows
 * don't overlap, and adds up where they do. PyTorch: `F.fold`, col2im.
 * @param outputSize H and W: one number, or both
 * @param kernelSize the window's size: one number, or one for each spatial dimension; the options too
 * @param options as for `unfold`
 * @throws ShapeError for columns that don't fit; DTypeError for bool; ValueError for settings that are no sizes
 * @example
 * ```ts
 * import { fold, unfold } from '@nn/nn';
 * import { ones } from '@nn/tensor';
 * const columns = unfold(ones([1, 2, 3]), 2);
 * console.log(await fold(columns, [2, 3], 2).toArray()); // prints: [ [ [ 1, 2, 1 ], [ 1, 2, 1 ] ] ]
 * ```
 */
export function fold<A extends Tensor>(
  x: A,
  outputSize: PerDimension,
  kernelSize: PerDimension,
  options: FoldOptions = {},
): Tensor<Shape, A['dtype']> {
  const shape = sizesOf('fold', x);
  if (x.dtype === 'bool')
    throw new DTypeError('fold', "adds up numbers, got bool; convert with .to('float32') or .to('int64') first");
  if (shape.length !== 2 && shape.length !== 3)
    throw new ShapeError(
      'fold',
      `the input has ${shape.length} dimensions, expected 2 or 3: ${shapeText(shape)}; columns are (C · kernel, windows), a batch before them`,
    );
  const window = windowOver('fold', perAxis('fold', 'outputSize', outputSize, 2, 1), kernelSize, options);
  const { kernel, count, size } = window;
  const [rows, windows] = [shape.at(-2)!, shape.at(-1)!];
  if (rows === 0 || rows % product(kernel) !== 0)
    throw new ShapeError(
      'fold',
      `columns of ${rows} elements in ${shapeText(shape)} are not some channels of a kernel ${shapeText(kernel)}, ${product(kernel)} elements each`,
    );
  if (windows !== product(count))
    throw new ShapeError(
      'fold',
      `${windows} columns in ${shapeText(shape)}, but ${count.join(' · ')} = ${product(count)} windows lie in an image of ${shapeText(size)}`,
    );
  return Col2Im.apply(x, window) as never;
}
