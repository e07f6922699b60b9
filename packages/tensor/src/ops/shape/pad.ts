/**
 * Padding, and cropping by negative padding. A constant is filled in around a copy; the other modes gather from indices that are computed where they are
 * used, one launch for all dimensions, so that their gradient is a scatter.
 */
import {
  abs,
  add,
  constant,
  coordinate,
  type Expression,
  max,
  min,
  rem,
  ShapeError,
  scalar,
  sub,
  ValueError,
} from '@nn/backend';
import { checkList, shapeText } from '../../core/collapse.ts';
import { dispatchCreate, dispatchMany } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { layoutOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { type Numeric, numberOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { convert } from '../creation/from-data.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { gatherOps } from '../index/index-op.ts';
import { place } from './place.ts';
import * as views from './views.ts';

/** What is filled in. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

export interface PadOptions {
  /** 'constant': `value`. 'reflect': mirrored at the edge, which isn't repeated. 'replicate': the edge. 'circular': from the other end. Default 'constant'. */
  readonly mode?: PadMode | undefined;
  /** For 'constant'; 0. */
  readonly value?: Numeric | null | undefined;
}

type Moved = Exclude<PadMode, 'constant'>;

const one = constant(1, 'i32');

/** The position to read for position j (counted from the first unpadded element) of n. */
const positions: { readonly [M in Moved]: (j: Expression, n: Expression) => Expression } = {
  replicate: (j, n) => min(max(j, constant(0, 'i32')), sub(n, one)),
  // Folded at 0, then at n − 1.
  reflect: (j, n) => sub(sub(n, one), abs(sub(sub(n, one), abs(j)))),
  circular: (j, n) => rem(add(j, n), n),
};

const indexOp = (mode: Moved): Op<'map'> =>
  new Op('map', 'pad', {
    inPlace: false,
    build: () => ({
      outputs: [{ dtype: 'int64', expression: positions[mode](sub(coordinate, scalar(0, 'i32')), scalar(1, 'i32')) }],
      scalars: 2,
    }),
  });
const indexOps: { readonly [M in Moved]: Op<'map'> } = {
  replicate: indexOp('replicate'),
  reflect: indexOp('reflect'),
  circular: indexOp('circular'),
};

const gatherPadded = gatherOps('pad');

/** How far each mode reaches, for a dimension of size n. */
const reach: { readonly [M in Moved]: { readonly limit: (n: number) => number; readonly why: string } } = {
  replicate: { limit: (n) => (n > 0 ? Number.POSITIVE_INFINITY : 0), why: 'there is no edge to repeat' },
  reflect: { limit: (n) => Math.max(n - 1, 0), why: 'a reflection must be shorter than the dimension' },
  circular: { limit: (n) => n, why: 'it would go round more than once' },
};

/**
 * Padding before and after each of the last dimensions, given from the last one backwards: `[left, right, top, bottom, …]`. Negative numbers crop, before anything goes round.
 * PyTorch: `F.pad`.
 * @param padding two numbers a dimension, for as many of the last ones as there are
 * @throws ShapeError if a dimension would get a negative size, or a mode can't reach so far
 * @example
 * ```ts
 * import { tensor, pad } from '@nn/tensor';
 * console.log(await pad(tensor([1, 2, 3]), [2, 1]).toArray()); // prints: [ 0, 0, 1, 2, 3, 0 ]
 * console.log(await pad(tensor([1, 2, 3]), [2, 1], { mode: 'reflect' }).toArray()); // prints: [ 3, 2, 1, 2, 3, 2 ]
 * ```
 */
export function pad<A extends Tensor>(
  x: A,
  padding: readonly number[],
  options: PadOptions = {},
): Tensor<Shape, A['dtype']> {
  const { mode = 'constant', value = 0 } = checkNamed('pad', options);
  const shape = sizesOf('pad', x);
  if (mode !== 'constant' && !(mode in positions))
    throw new ValueError('pad', `mode must be 'constant', 'reflect', 'replicate' or 'circular', got '${String(mode)}'`);
  checkList('pad', padding);
  const bad = padding.findIndex((n) => !Number.isInteger(n));
  if (bad >= 0) throw new ValueError('pad', `padding is in whole numbers, got ${padding[bad]}`);
  if (padding.length % 2 !== 0 || padding.length > 2 * shape.length)
    throw new ShapeError(
      'pad',
      `${padding.length} numbers given for ${shapeText(shape)}: two a dimension, from the last one backwards, at most ${2 * shape.length}`,
    );
  if (padding.every((n) => n === 0)) return views.clone(x) as never;
  const before = shape.map((_, d) => padding[2 * (shape.length - 1 - d)] ?? 0);
  const after = shape.map((_, d) => padding[2 * (shape.length - 1 - d) + 1] ?? 0);
  const sizes = shape.map((n, d) => n + before[d]! + after[d]!);
  const short = sizes.findIndex((n) => n < 0);
  if (short >= 0)
    throw new ShapeError(
      'pad',
      `padding ${before[short]} and ${after[short]} leaves dimension ${short} with size ${shape[short]} a negative size of ${sizes[short]}`,
    );
  if (mode === 'constant') return withConstant(x, before, after, sizes, numberOf(value ?? 0)) as never;
  if (options.value !== undefined && options.value !== null && numberOf(options.value) !== 0)
    throw new ValueError('pad', `value ${numberOf(options.value)} is for mode 'constant', not '${mode}'`);
  if (mode !== 'circular') return gathered(x, mode, before, after, sizes) as never;
  // The other end is that of what isn't cropped.
  const inner = cropped(x, before, after);
  const [left, right] = [before, after].map((side) => side.map((n) => Math.max(n, 0)));
  const isWhole = sizes.every((n, d) => n === inner.layout.shape[d]);
  const out = isWhole ? views.clone(inner) : gathered(inner, mode, left!, right!, sizes);
  return views.finish(out, x, inner) as never;
}

/** A view without what negative padding takes away. */
function cropped(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  let inner: Tensor = x;
  x.layout.shape.forEach((n, d) => {
    const [left, right] = [Math.max(-before[d]!, 0), Math.max(-after[d]!, 0)];
    if (left + right > 0)
      inner = views.finish(views.sliceView(inner, d, Math.min(left, n), Math.max(n - left - right, 0)), x, inner);
  });
  return inner;
}

/** Filled with a value, then the copy (of what isn't cropped) written in. */
function withConstant(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  sizes: readonly number[],
  value: number,
): Tensor {
  const inner = cropped(x, before, after);
  if (sizes.every((n, d) => n === inner.layout.shape[d])) return views.finish(views.clone(inner), x, inner);
  const room = filled(x.layout.device, x.dtype, sizes, convert(value, x.dtype));
  const start = room.layout.strides.reduce((p, s, d) => p + s * Math.max(before[d]!, 0), 0);
  place('constantPadNd', room, inner, (r) =>
    views.stridedView(r, inner.layout.shape, r.layout.strides, inner.layout.size === 0 ? 0 : start),
  );
  return views.finish(room, x, inner);
}

function gathered(
  x: Tensor,
  mode: Moved,
  before: readonly number[],
  after: readonly number[],
  sizes: readonly number[],
): Tensor {
  const { shape, device } = x.layout;
  const { limit, why } = reach[mode];
  const far = shape.findIndex((n, d) => Math.max(before[d]!, after[d]!) > limit(n));
  if (far >= 0)
    throw new ShapeError(
      'pad',
      `${mode} padding of ${Math.max(before[far]!, after[far]!)} is too much for dimension ${far} with size ${shape[far]}: ${why}`,
    );
  const isPadded = (d: number): boolean => before[d] !== 0 || after[d] !== 0;
  const first = shape.findIndex((_, d) => isPadded(d));
  const last = shape.findLastIndex((_, d) => isPadded(d));
  const dims = shape.map((_, d) => d).slice(first, last + 1);
  const indices = dims.map((d) => {
    const line = dispatchCreate(indexOps[mode], layoutOf(device, 'int64', [sizes[d]!]), [before[d]!, shape[d]!]);
    return views.finish(
      views.reshape(
        line,
        dims.map((e) => (e === d ? sizes[d]! : 1)),
      ),
      x,
      line,
    );
  });
  const out = dispatchMany(gatherPadded(dims, first), [x, ...indices])[0]!;
  return views.finish(out, x, ...indices);
}
