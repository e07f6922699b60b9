/** Shapes of convolutions and pooling: a channel dimension, then one to three that a window runs over. */
import type { Add, Divide, Multiply, Subtract } from './arithmetic.ts';
import type { Differ } from './checked.ts';
import type { At, Known, Length } from './dimensions.ts';
import type { WindowTooLarge, WrongChannels, WrongRank } from './sentences.ts';
import type { List, Shape } from './shape.ts';

/** One number for all spatial dimensions, or one for each. */
export type PerDimension = number | readonly number[];

/** Padding at each end; 'valid' is none, 'same' as much as keeps the sizes (with a stride of 1). */
export type Padding = PerDimension | 'same' | 'valid';

/** What a window does: its size, its stride, the padding at each end, the distance of its elements. */
export interface Window {
  readonly kernel: PerDimension;
  readonly stride: PerDimension;
  readonly padding: Padding;
  readonly dilation: PerDimension;
}

export interface WindowOf<K extends PerDimension, S extends PerDimension, P extends Padding, D extends PerDimension>
  extends Window {
  readonly kernel: K;
  readonly stride: S;
  readonly padding: P;
  readonly dilation: D;
}

/** The window of a transposed convolution, where one element of the input meets all of a window of the result. */
export interface SpreadOf<
  K extends PerDimension,
  S extends PerDimension,
  P extends PerDimension,
  D extends PerDimension,
  E extends PerDimension,
> extends WindowOf<K, S, P, D> {
  /** What the result has more at its end. */
  readonly outputPadding: E;
}

/** Ranks of inputs without and with a batch, and of weights, by the number of spatial dimensions. */
export interface Ranks {
  1: { ranks: 2 | 3; text: '2 or 3'; weight: 3 };
  2: { ranks: 3 | 4; text: '3 or 4'; weight: 4 };
  3: { ranks: 4 | 5; text: '4 or 5'; weight: 5 };
}
/** Unknown sizes, one for each spatial dimension. */
interface Spaces {
  1: [number];
  2: [number, number];
  3: [number, number, number];
}

/** In channels become Out. */
export type ConvShape<
  Op extends string,
  Spatial extends keyof Ranks,
  S,
  In extends number,
  Out extends number,
  W extends Window,
> =
  Split<S, Spatial> extends [infer N extends List, infer C extends number, infer Sizes]
    ? Known<S> extends true
      ? Length<S> extends Ranks[Spatial]['ranks']
        ? Differ<C, In> extends true
          ? WrongChannels<Op, C, In>
          : Slid<[...N, Out], Cover<Op, Sizes, W>>
        : WrongRank<Op, Length<S>, Ranks[Spatial]['text']>
      : Differ<C, In> extends true
        ? WrongChannels<Op, C, In>
        : Slid<[...N, Out], Cover<Op, Sizes, W>>
    : Unfit<Op, Spatial, S, [...Shape, Out, ...Spaces[Spatial]]>;

/** The channels stay. */
export type PoolShape<Op extends string, Spatial extends keyof Ranks, S, W extends Window> = ConvShape<
  Op,
  Spatial,
  S,
  ChannelsOf<S, Spatial>,
  ChannelsOf<S, Spatial>,
  W
>;
type ChannelsOf<S, Spatial extends keyof Ranks> =
  Split<S, Spatial> extends [unknown, infer C extends number, unknown] ? C : number;

/** What comes before the channels, the channels, the spatial sizes; false where S is too short. */
type Split<S, Spatial extends keyof Ranks> = Spatial extends 1
  ? S extends readonly [...infer N, infer C, infer L]
    ? [N, C, [L]]
    : false
  : Spatial extends 2
    ? S extends readonly [...infer N, infer C, infer H, infer W]
      ? [N, C, [H, W]]
      : false
    : S extends readonly [...infer N, infer C, infer D, infer H, infer W]
      ? [N, C, [D, H, W]]
      : false;
type Unfit<Op extends string, Spatial extends keyof Ranks, S, Unknown> =
  Known<S> extends true ? WrongRank<Op, Length<S>, Ranks[Spatial]['text']> : Unknown;
type Slid<Before extends List, R> = R extends List ? [...Before, ...R] : R;

type Cover<Op extends string, Sizes, W extends Window> = W extends {
  readonly outputPadding: infer E extends PerDimension;
}
  ? Spread<Sizes, W, E>
  : W['padding'] extends 'same'
    ? Sizes
    : Slide<Op, Sizes, W>;

type Slide<Op extends string, Sizes, W extends Window, Out extends List = []> = Sizes extends readonly [
  infer D extends number,
  ...infer R,
]
  ? Steps<
      D,
      Entry<W['kernel'], Out>,
      Entry<W['stride'], Out>,
      Entry<W['padding'], Out>,
      Entry<W['dilation'], Out>
    > extends infer N
    ? N extends false
      ? WindowTooLarge<Op, Span<Entry<W['kernel'], Out>, Entry<W['dilation'], Out>>, D, Entry<W['padding'], Out>>
      : Slide<Op, R, W, [...Out, N]>
    : never
  : Out;
/** The number for the next dimension. */
type Entry<P extends Padding, Done extends List> = P extends number
  ? P
  : P extends 'valid'
    ? 0
    : At<P, `${Done['length']}`> extends infer N extends number
      ? N
      : number;

/** Positions of a window: floor((size + 2 padding − span) / stride) + 1; false if it doesn't fit once. */
type Steps<
  Size extends number,
  Kernel extends number,
  Stride extends number,
  Padding extends number,
  Dilation extends number,
> =
  Subtract<Add<Size, Multiply<2, Padding>>, Span<Kernel, Dilation>> extends infer Room
    ? Room extends number
      ? Divide<Room, Stride> extends [infer N extends number, unknown]
        ? Add<N, 1>
        : number
      : false
    : never;
/** Elements from the first to the last under a window. */
type Span<Kernel extends number, Dilation extends number> = Dilation extends 1
  ? Kernel
  : Subtract<Kernel, 1> extends infer N extends number
    ? Add<Multiply<Dilation, N>, 1>
    : number;

type Spread<Sizes, W extends Window, E extends PerDimension, Out extends List = []> = Sizes extends readonly [
  infer D extends number,
  ...infer R,
]
  ? Spread<
      R,
      W,
      E,
      [
        ...Out,
        Reach<
          D,
          Span<Entry<W['kernel'], Out>, Entry<W['dilation'], Out>>,
          Entry<W['stride'], Out>,
          Entry<W['padding'], Out>,
          Entry<E, Out>
        >,
      ]
    >
  : Out;

/** (size − 1) stride + span + what is added − 2 padding. */
type Reach<
  Size extends number,
  Span extends number,
  Stride extends number,
  Padding extends number,
  Extra extends number,
> =
  Subtract<Size, 1> extends infer N extends number
    ? Subtract<Add<Multiply<N, Stride>, Add<Span, Extra>>, Multiply<2, Padding>> extends infer R extends number
      ? R
      : number
    : number;
