/** Shapes of pooled inputs for the compiler, and settings as they are printed. */
import type { PerDimension, PoolFunction, Ranks, Shape, ShapeFunction, WindowOf } from '@nn/tensor';
import type { OutputSize } from '../../functional/pooling/index.ts';
import type { UnknownShape } from '../../module/layer.ts';
import { pythonTuple } from '../../module/python-text.ts';

/** Where the number of windows is rounded up only run time knows it. */
export type PooledShape<
  Op extends string,
  Spatial extends keyof Ranks,
  K extends PerDimension,
  S extends PerDimension,
  P extends PerDimension,
  D extends PerDimension,
  C extends boolean,
> = C extends false ? PoolFunction<Op, Spatial, WindowOf<K, S, P, D>> : UnknownShape;

/** The spatial sizes become O. */
export interface AdaptiveFunction<Spatial extends keyof Ranks, O extends OutputSize> extends ShapeFunction {
  readonly out: AdaptiveShape<this['in'], Spatial, O>;
}

type AdaptiveShape<S, Spatial extends keyof Ranks, O extends OutputSize> = Spatial extends 1
  ? S extends readonly [...infer B extends number[], infer L extends number]
    ? [...B, SizeAt<O, 0, L>]
    : Shape
  : Spatial extends 2
    ? S extends readonly [...infer B extends number[], infer H extends number, infer W extends number]
      ? [...B, SizeAt<O, 0, H>, SizeAt<O, 1, W>]
      : Shape
    : S extends readonly [
          ...infer B extends number[],
          infer D extends number,
          infer H extends number,
          infer W extends number,
        ]
      ? [...B, SizeAt<O, 0, D>, SizeAt<O, 1, H>, SizeAt<O, 2, W>]
      : Shape;

/** The wanted size of a dimension; its own where that is null. */
type SizeAt<O extends OutputSize, I extends number, Own extends number> = O extends readonly (number | null)[]
  ? `${I}` extends keyof O
    ? Wanted<O[`${I}`], Own>
    : number
  : Wanted<O, Own>;
type Wanted<N, Own extends number> = N extends number ? N : N extends null ? Own : number;

/** `3`, `(3, 2)`, `None`, as Python prints a setting. */
export const pythonSize = (size: OutputSize): string =>
  size === null
    ? 'None'
    : typeof size === 'number'
      ? String(size)
      : pythonTuple(size.map((n) => n ?? 'None') as number[]);

/** A setting as the list that PyTorch makes of it. */
export const pythonList = (value: PerDimension, spatial: number): string =>
  pythonTuple(typeof value === 'number' ? new Array<number>(spatial).fill(value) : value);
