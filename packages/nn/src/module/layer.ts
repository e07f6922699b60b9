/** Modules of one input whose output shape is a function of the input's, for the compiler too: `Sequential` checks such a chain before any input is seen. */
import type { Apply, Checked, Shape, ShapeFunction, ShapeOf, ShapeOr, Tensor } from '@nn/tensor';
import { Module } from './module.ts';

/** A layer whose output shape only run time knows. */
export interface UnknownShape extends ShapeFunction {
  readonly out: Shape;
}

/**
 * A module that carries the shape function F. Subclasses write `compute`; users call `forward`. What `compute` gets and what it returns belong to the caller, so it keeps neither:
 * a `Sequential` gives them back as soon as the next layer and the graph are done with them. Who wants to keep them writes `forward`, or registers a hook.
 */
export abstract class Layer<F extends ShapeFunction> extends Module {
  /** Type only: what the layer does to a shape. */
  declare readonly '~shapes': F;

  override forward<A extends Tensor>(
    input: Checked<Apply<F, ShapeOf<A>>, A>,
  ): Tensor<ShapeOr<Apply<F, ShapeOf<A>>>, A['dtype']> {
    return this.compute(input as never) as never;
  }

  override mayKeep(): boolean {
    return this.forward !== Layer.prototype.forward;
  }

  /** The output for an input whose shape only run time knows. */
  protected abstract compute(input: Tensor): Tensor;
}
