/** Modules of one input whose output shape is a function of the input's, for the compiler too: `Sequential` checks such a chain before any input is seen. */
import type { Apply, Checked, Shape, ShapeFunction, ShapeOf, ShapeOr, Tensor } from '@nn/tensor';
import { sizesOf } from '@nn/tensor/internal';
import { Module } from './module.ts';

/** A layer whose output shape only run time knows. */
export interface UnknownShape extends ShapeFunction {
  readonly out: Shape;
}

/** A module that carries the shape function F. Subclasses write `compute`; users call `forward`. */
export abstract class Layer<F extends ShapeFunction> extends Module {
  /** Type only: what the layer does to a shape. */
  declare readonly '~shapes': F;

  override forward<A extends Tensor>(
    input: Checked<Apply<F, ShapeOf<A>>, A>,
  ): Tensor<ShapeOr<Apply<F, ShapeOf<A>>>, A['dtype']> {
    if ((input as Tensor | undefined)?.layout === undefined) sizesOf(this.constructor.name, input as never);
    return this.compute(input as never) as never;
  }

  /** The output for an input whose shape only run time knows. */
  protected abstract compute(input: Tensor): Tensor;
}

/**
 * A layer of this package. Neither its input nor its output is anywhere else once `forward` has returned, so that who calls it may give both back; unless a subclass has written a
 * `forward` or `compute` of its own, or somebody listens.
 */
export abstract class PlainLayer<F extends ShapeFunction> extends Layer<F> {
  protected override compute(input: Tensor): Tensor {
    return this['~compute'](input);
  }

  override '~mayKeep'(): boolean {
    return this.forward !== Layer.prototype.forward || this.compute !== PlainLayer.prototype.compute;
  }

  /** @internal What `compute` is, as long as no subclass says otherwise. */
  abstract '~compute'(input: Tensor): Tensor;
}
