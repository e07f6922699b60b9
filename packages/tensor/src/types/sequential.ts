/**
 * Layers as functions of shapes. A module that carries one (`'~shapes'`) takes part in the shape of a chain and is checked by
 * it, before any input is seen; another module gives an unknown shape.
 */
import type { FlattenShape } from './flatten.ts';
import type { LinearShape } from './layers.ts';
import type { InLayer } from './sentences.ts';
import type { Shape } from './shape.ts';
import type { ConvShape, PoolShape, Ranks, Window } from './windows.ts';

/** A function from shapes to shapes: `out` in terms of `this['in']`. */
export interface ShapeFunction {
  readonly in: unknown;
  readonly out: unknown;
}

/** The shape, or the sentence, that F gives for S. */
export type Apply<F extends ShapeFunction, S> = (F & { readonly in: S })['out'];

export interface KeepsShape extends ShapeFunction {
  readonly out: this['in'];
}
export interface LinearFunction<In extends number, Out extends number> extends ShapeFunction {
  readonly out: LinearShape<this['in'], In, Out>;
}
export interface FlattenFunction<Start extends number, End extends number> extends ShapeFunction {
  readonly out: FlattenShape<this['in'], Start, End>;
}
export interface ConvFunction<
  Op extends string,
  Spatial extends keyof Ranks,
  In extends number,
  Out extends number,
  W extends Window,
> extends ShapeFunction {
  readonly out: ConvShape<Op, Spatial, this['in'], In, Out, W>;
}
export interface PoolFunction<Op extends string, Spatial extends keyof Ranks, W extends Window> extends ShapeFunction {
  readonly out: PoolShape<Op, Spatial, this['in'], W>;
}
export interface ChainFunction<Layers> extends ShapeFunction {
  readonly out: Chain<this['in'], Layers>;
}

/** The shape that the layers, one after the other, make of S; or the sentence of the first that can't. */
export type Chain<S, Layers, Seen extends 0[] = []> = Layers extends readonly [infer L, ...infer R]
  ? Forward<L, S, R> extends infer T
    ? T extends string
      ? InLayer<Seen['length'], T>
      : Chain<T, R, [...Seen, 0]>
    : never
  : Layers extends readonly []
    ? S
    : Shape;
/** A module without a shape function may give an array, as recurrent layers do; a layer that has one takes a tensor. */
type Forward<L, S, R> = L extends { readonly '~shapes': infer F extends ShapeFunction }
  ? Apply<F, S>
  : [L, R] extends [{ forward(...inputs: never): infer Out }, readonly [{ readonly '~shapes': unknown }, ...unknown[]]]
    ? 0 extends 1 & Out
      ? Shape
      : Out extends readonly unknown[]
        ? 'gives several outputs, the next layer takes one'
        : Shape
    : Shape;
