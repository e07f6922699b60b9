/** Layers that put something around the last dimensions. What that is, `pad` knows. */
import { ShapeError, ValueError } from '@nn/backend';
import {
  type Apply, type Numeric, type PadMode, type PoolFunction, pad, type Ranks, Scalar, type Shape, type ShapeFunction, type Tensor, type WindowOf,
} from '@nn/tensor'; // biome-ignore format: a list
import { shapeText } from '@nn/tensor/internal';
import { PlainLayer, type UnknownShape } from '../module/layer.ts';
import { pythonBool, pythonFloat, pythonNumber, pythonTuple } from '../module/python-text.ts';

/** One number for all sides, or two for each dimension, from the last one backwards: `[left, right]`, `[left, right, top, bottom]`, with `front, back` behind them. */
export type Sides<Spatial extends keyof Ranks = keyof Ranks> = number | SidesBySpatial[Spatial];
interface SidesBySpatial {
  1: readonly [left: number, right: number];
  2: readonly [left: number, right: number, top: number, bottom: number];
  3: readonly [left: number, right: number, top: number, bottom: number, front: number, back: number];
}

/** All sides get as much as a window of one element would be given; the compiler doesn't follow crops, nor sides that differ. */
type PadFunction<Op extends string, Spatial extends keyof Ranks, P> = P extends number
  ? `${P}` extends `-${string}`
    ? UnknownShape
    : PoolFunction<Op, Spatial, WindowOf<1, 1, P, 1>>
  : UnknownShape;

/** The same for inputs of any rank, of which the compiler follows the usual ones. */
interface ConstantFunction<Op extends string, Spatial extends keyof Ranks, P> extends ShapeFunction {
  readonly out: this['in'] extends { readonly length: Ranks[Spatial]['ranks'] }
    ? Apply<PadFunction<Op, Spatial, P>, this['in']>
    : Shape;
}

abstract class PadLayer<F extends ShapeFunction> extends PlainLayer<F> {
  /** Two numbers for each dimension, from the last one backwards. */
  readonly padding: readonly number[];

  constructor(spatial: keyof Ranks, padding: Sides) {
    super();
    const given = typeof padding === 'number' ? new Array<number>(2 * spatial).fill(padding) : padding;
    if (!Array.isArray(given) || given.length !== 2 * spatial || !given.every((n) => Number.isInteger(n)))
      throw new ValueError(
        this.constructor.name,
        `padding is ${String(padding)}, expected a whole number or ${2 * spatial} of them, two for each dimension, from the last one backwards`,
      );
    this.padding = [...given];
  }

  override extraRepr(): string {
    return pythonTuple(this.padding);
  }
}

abstract class ConstantPadLayer<F extends ShapeFunction> extends PadLayer<F> {
  readonly value: Numeric;

  constructor(spatial: keyof Ranks, padding: Sides, value: Numeric) {
    super(spatial, padding);
    if (typeof value !== 'number' && typeof value !== 'boolean' && !(value instanceof Scalar))
      throw new ValueError(this.constructor.name, `value is ${String(value)}, expected a number`);
    this.value = value;
  }

  override '~compute'(input: Tensor): Tensor {
    return pad(input, this.padding, { value: this.value }) as Tensor;
  }
}

const pythonNumeric = (value: Numeric): string =>
  typeof value === 'number'
    ? pythonNumber(value)
    : typeof value === 'boolean'
      ? pythonBool(value)
      : (value.category === 'float' ? pythonFloat : pythonNumber)(value.value);

abstract class ValuePadLayer<F extends ShapeFunction> extends ConstantPadLayer<F> {
  override extraRepr(): string {
    return `padding=${pythonTuple(this.padding)}, value=${pythonNumeric(this.value)}`;
  }
}

/** A number before and after the last dimension, of an input of any rank; as `ConstantPad2d`. PyTorch: `torch.nn.ConstantPad1d`. */
export class ConstantPad1d<const P extends Sides<1> = Sides<1>> extends ValuePadLayer<
  ConstantFunction<'ConstantPad1d', 1, P>
> {
  constructor(padding: P, value: Numeric) {
    super(1, padding, value);
  }
}

/**
 * A number around the last two dimensions, of an input of any rank and dtype. Negative padding crops. PyTorch: `torch.nn.ConstantPad2d`.
 * @param padding one number for all sides, or `[left, right, top, bottom]`
 * @throws ValueError for padding that isn't that, and for a value that is no number; ShapeError in `forward` if more is cropped than there is
 * @example
 * ```ts
 * import { ConstantPad2d } from '@nn/nn';
 * import { ones } from '@nn/tensor';
 * console.log(await new ConstantPad2d([1, 0, 0, 1], 7).forward(ones([1, 1, 2])).toArray()); // prints: [ [ [ 7, 1, 1 ], [ 7, 7, 7 ] ] ]
 * ```
 */
export class ConstantPad2d<const P extends Sides<2> = Sides<2>> extends ValuePadLayer<
  ConstantFunction<'ConstantPad2d', 2, P>
> {
  constructor(padding: P, value: Numeric) {
    super(2, padding, value);
  }
}

/** A number around the last three dimensions, of an input of any rank; as `ConstantPad2d`. PyTorch: `torch.nn.ConstantPad3d`. */
export class ConstantPad3d<const P extends Sides<3> = Sides<3>> extends ValuePadLayer<
  ConstantFunction<'ConstantPad3d', 3, P>
> {
  constructor(padding: P, value: Numeric) {
    super(3, padding, value);
  }
}

/** Zeros before and after the last dimension, of an input of any rank; as `ZeroPad2d`. PyTorch: `torch.nn.ZeroPad1d`. */
export class ZeroPad1d<const P extends Sides<1> = Sides<1>> extends ConstantPadLayer<
  ConstantFunction<'ZeroPad1d', 1, P>
> {
  constructor(padding: P) {
    super(1, padding, 0);
  }
}

/**
 * Zeros around the last two dimensions, of an input of any rank and dtype. Negative padding crops. PyTorch: `torch.nn.ZeroPad2d`.
 * @param padding one number for all sides, or `[left, right, top, bottom]`
 * @throws ValueError for padding that isn't that; ShapeError in `forward` if more is cropped than there is
 * @example
 * ```ts
 * import { ZeroPad2d } from '@nn/nn';
 * import { ones } from '@nn/tensor';
 * console.log(new ZeroPad2d([1, 1, 2, 0]).forward(ones([8, 3, 28, 28])).shape); // prints: [ 8, 3, 30, 30 ]
 * ```
 */
export class ZeroPad2d<const P extends Sides<2> = Sides<2>> extends ConstantPadLayer<
  ConstantFunction<'ZeroPad2d', 2, P>
> {
  constructor(padding: P) {
    super(2, padding, 0);
  }
}

/** Zeros around the last three dimensions, of an input of any rank; as `ZeroPad2d`. PyTorch: `torch.nn.ZeroPad3d`. */
export class ZeroPad3d<const P extends Sides<3> = Sides<3>> extends ConstantPadLayer<
  ConstantFunction<'ZeroPad3d', 3, P>
> {
  constructor(padding: P) {
    super(3, padding, 0);
  }
}

/** Elements of the input itself around it, in all channels alike. */
abstract class MovedPadLayer<F extends ShapeFunction> extends PadLayer<F> {
  readonly #spatial: keyof Ranks;
  readonly #mode: PadMode;

  constructor(spatial: keyof Ranks, mode: PadMode, padding: Sides) {
    super(spatial, padding);
    this.#spatial = spatial;
    this.#mode = mode;
  }

  override '~compute'(input: Tensor): Tensor {
    const { shape } = input.layout;
    const least = this.#spatial + 1;
    if (shape.length !== least && shape.length !== least + 1)
      throw new ShapeError(
        this.constructor.name,
        `the input has ${shape.length} dimensions, expected ${least} or ${least + 1}: ${shapeText(shape)}; channels come before the ${this.#spatial} that are padded, a batch before the channels`,
      );
    return pad(input, this.padding, { mode: this.#mode }) as Tensor;
  }
}

/** (N, C, L) or (C, L) mirrored at its ends; as `ReflectionPad2d`. PyTorch: `torch.nn.ReflectionPad1d`. */
export class ReflectionPad1d<const P extends Sides<1> = Sides<1>> extends MovedPadLayer<
  PadFunction<'ReflectionPad1d', 1, P>
> {
  constructor(padding: P) {
    super(1, 'reflect', padding);
  }
}

/**
 * (N, C, H, W) or (C, H, W) mirrored at its edges, which aren't repeated. Negative padding crops. PyTorch: `torch.nn.ReflectionPad2d`.
 * @param padding one number for all sides, or `[left, right, top, bottom]`; each less than the dimension
 * @throws ValueError for padding that isn't that; ShapeError in `forward` for another rank, and for padding as long as the dimension
 * @example
 * ```ts
 * import { ReflectionPad2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await new ReflectionPad2d([2, 1, 0, 0]).forward(tensor([[[1, 2, 3]]])).toArray()); // prints: [ [ [ 3, 2, 1, 2, 3, 2 ] ] ]
 * ```
 */
export class ReflectionPad2d<const P extends Sides<2> = Sides<2>> extends MovedPadLayer<
  PadFunction<'ReflectionPad2d', 2, P>
> {
  constructor(padding: P) {
    super(2, 'reflect', padding);
  }
}

/** (N, C, D, H, W) or (C, D, H, W) mirrored at its sides; as `ReflectionPad2d`. PyTorch: `torch.nn.ReflectionPad3d`. */
export class ReflectionPad3d<const P extends Sides<3> = Sides<3>> extends MovedPadLayer<
  PadFunction<'ReflectionPad3d', 3, P>
> {
  constructor(padding: P) {
    super(3, 'reflect', padding);
  }
}

/** (N, C, L) or (C, L) with its ends repeated; as `ReplicationPad2d`. PyTorch: `torch.nn.ReplicationPad1d`. */
export class ReplicationPad1d<const P extends Sides<1> = Sides<1>> extends MovedPadLayer<
  PadFunction<'ReplicationPad1d', 1, P>
> {
  constructor(padding: P) {
    super(1, 'replicate', padding);
  }
}

/**
 * (N, C, H, W) or (C, H, W) with its edges repeated outwards. Negative padding crops. PyTorch: `torch.nn.ReplicationPad2d`.
 * @param padding one number for all sides, or `[left, right, top, bottom]`
 * @throws ValueError for padding that isn't that; ShapeError in `forward` for another rank
 * @example
 * ```ts
 * import { ReplicationPad2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await new ReplicationPad2d([2, 1, 0, 0]).forward(tensor([[[1, 2, 3]]])).toArray()); // prints: [ [ [ 1, 1, 1, 2, 3, 3 ] ] ]
 * ```
 */
export class ReplicationPad2d<const P extends Sides<2> = Sides<2>> extends MovedPadLayer<
  PadFunction<'ReplicationPad2d', 2, P>
> {
  constructor(padding: P) {
    super(2, 'replicate', padding);
  }
}

/** (N, C, D, H, W) or (C, D, H, W) with its sides repeated outwards; as `ReplicationPad2d`. PyTorch: `torch.nn.ReplicationPad3d`. */
export class ReplicationPad3d<const P extends Sides<3> = Sides<3>> extends MovedPadLayer<
  PadFunction<'ReplicationPad3d', 3, P>
> {
  constructor(padding: P) {
    super(3, 'replicate', padding);
  }
}

/** (N, C, L) or (C, L) continued from its other end; as `CircularPad2d`. PyTorch: `torch.nn.CircularPad1d`. */
export class CircularPad1d<const P extends Sides<1> = Sides<1>> extends MovedPadLayer<
  PadFunction<'CircularPad1d', 1, P>
> {
  constructor(padding: P) {
    super(1, 'circular', padding);
  }
}

/**
 * (N, C, H, W) or (C, H, W) continued from the other side. Negative padding crops. PyTorch: `torch.nn.CircularPad2d`.
 * @param padding one number for all sides, or `[left, right, top, bottom]`; each at most the dimension
 * @throws ValueError for padding that isn't that; ShapeError in `forward` for another rank, and for padding longer than the dimension
 * @example
 * ```ts
 * import { CircularPad2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await new CircularPad2d([2, 1, 0, 0]).forward(tensor([[[1, 2, 3]]])).toArray()); // prints: [ [ [ 2, 3, 1, 2, 3, 1 ] ] ]
 * ```
 */
export class CircularPad2d<const P extends Sides<2> = Sides<2>> extends MovedPadLayer<
  PadFunction<'CircularPad2d', 2, P>
> {
  constructor(padding: P) {
    super(2, 'circular', padding);
  }
}

/** (N, C, D, H, W) or (C, D, H, W) continued from the other side; as `CircularPad2d`. PyTorch: `torch.nn.CircularPad3d`. */
export class CircularPad3d<const P extends Sides<3> = Sides<3>> extends MovedPadLayer<
  PadFunction<'CircularPad3d', 3, P>
> {
  constructor(padding: P) {
    super(3, 'circular', padding);
  }
}
