/** The subject of the layer tests: modules that carry their shape functions and a loss, declared as @nn/nn declares its own, which can't be imported here. */
import type { Tensor } from '../../index.ts';
import type {
  Apply,
  CanCompare,
  Chain,
  ChainFunction,
  Checked,
  ConvFunction,
  CrossEntropyShape,
  FlattenFunction,
  KeepsShape,
  LinearFunction,
  Padding,
  PerDimension,
  PoolFunction,
  Shape,
  ShapeFunction,
  ShapeOf,
  ShapeOr,
  WindowOf,
} from '../index.ts';

export declare abstract class Module {
  // biome-ignore lint/suspicious/noExplicitAny: subclasses declare their own inputs and outputs
  abstract forward(...inputs: any[]): any;
}

/** A module of one input whose output shape is a function of the input's. */
export declare abstract class Layer<F extends ShapeFunction> extends Module {
  readonly '~shapes': F;
  forward<A extends Tensor>(input: Checked<Apply<F, ShapeOf<A>>, A>): Tensor<ShapeOr<Apply<F, ShapeOf<A>>>, A['dtype']>;
}

export declare class Linear<I extends number, O extends number> extends Layer<LinearFunction<I, O>> {
  constructor(inFeatures: I, outFeatures: O, options?: { bias?: boolean });
}
/** Takes anything. No Layer, so that it gives S for S even where S is a type parameter. */
export declare abstract class Activation extends Module {
  readonly '~shapes': KeepsShape;
  forward<A extends Tensor>(input: A): Tensor<A['~shape'], A['dtype']>;
}
export declare class ReLU extends Activation {}
export declare class Flatten<I extends number = 1, J extends number = -1> extends Layer<FlattenFunction<I, J>> {
  constructor(options?: { startDim?: I; endDim?: J });
}

export declare class Conv2d<
  I extends number,
  O extends number,
  const K extends PerDimension,
  const S extends PerDimension = 1,
  const P extends Padding = 0,
  const D extends PerDimension = 1,
> extends Layer<ConvFunction<'Conv2d', 2, I, O, WindowOf<K, S, P, D>>> {
  constructor(inChannels: I, outChannels: O, kernelSize: K, options?: { stride?: S; padding?: P; dilation?: D });
}
export declare class MaxPool2d<
  const K extends PerDimension,
  const S extends PerDimension = K,
  const P extends PerDimension = 0,
> extends Layer<PoolFunction<'MaxPool2d', 2, WindowOf<K, S, P, 1>>> {
  constructor(kernelSize: K, options?: { stride?: S; padding?: P });
}

export declare class Sequential<const L extends readonly Module[]> extends Layer<ChainFunction<L>> {
  constructor(...layers: Checked<Chain<Shape, L>, L>);
}

export declare function crossEntropy<A extends Tensor, B extends Tensor, R extends 'mean' | 'sum' | 'none' = 'mean'>(
  logits: A,
  target: Checked<CanCompare<ShapeOf<A>, ShapeOf<B>>, B>,
  options?: { reduction?: R | undefined },
): Tensor<ShapeOr<CrossEntropyShape<ShapeOf<A>, R>>, A['dtype']>;
