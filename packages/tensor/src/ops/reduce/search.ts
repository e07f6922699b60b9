/** Finding values: among sorted ones by bisection, or in a set. No value leaves the device. */

import {
  add,
  and,
  cast,
  type Expression,
  less,
  lessEqual,
  min,
  notEqual,
  or,
  ShapeError,
  same,
  scalar,
  select,
  sub,
  ValueError,
} from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { sameNumbers } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { isNumeric, type Numeric, numberOf } from '../../core/promotion.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { toDType } from '../shape/convert.ts';
import { finish, reshape } from '../shape/views.ts';
import { reduction } from './build.ts';
import { pick } from './pick.ts';

/** Up to this many sorted values, comparing with all of them in one launch costs less than bisecting. */
const longestCounted = 64;

/** Both operands in the type where they meet; bools as integers. */
export function meeting(operands: readonly Expression[]): [Expression, Expression] {
  const types = operands.slice(0, 2).map((x) => x.type);
  const type = (['f64', 'f32'] as const).find((wide) => types.includes(wide)) ?? 'i32';
  return [cast(operands[0]!, type), cast(operands[1]!, type)];
}

type Side = 'left' | 'right';

/** Whether a value belongs behind a sorted one: `left` before its equals, `right` after. NaN, the largest, belongs behind all, and nothing else behind NaN. */
const behind: { readonly [S in Side]: (sorted: Expression, value: Expression) => Expression } = {
  left: (sorted, value) => or(less(sorted, value), notEqual(value, value)),
  right: (sorted, value) => or(lessEqual(sorted, value), notEqual(value, value)),
};

const countBehind = (side: Side) =>
  reduction('searchsorted', {
    combine: 'sum',
    dtype: () => 'int64',
    body: (operands) => {
      const [sorted, value] = meeting(operands);
      return cast(behind[side](sorted, value), 'i32');
    },
  });

const counters = { left: countBehind('left'), right: countBehind('right') };

/** Where to look next, `step` (scalar 0) further but not past the end (scalar 1). */
const lookAt = new Op('map', 'searchsorted', {
  inPlace: false,
  build: ([position]) => {
    const at = min(add(element(position!, 0), scalar(0, 'i32')), scalar(1, 'i32'));
    return single('int64', sub(at, same(1, at)), 2);
  },
});

/** Goes there if the value belongs behind what is there. */
const advance = (side: Side): Op<'map'> =>
  new Op('map', 'searchsorted', {
    inPlace: false,
    build: (layouts) => {
      const [sorted, value] = meeting(layouts.map(element));
      const position = element(layouts[2]!, 2);
      const next = add(position, scalar(0, 'i32'));
      const fits = lessEqual(next, scalar(1, 'i32'));
      return single('int64', select(and(fits, behind[side](sorted, value)), next, position), 2);
    },
  });

const advances = { left: advance('left'), right: advance('right') };

const fromVector = new Op('gather', 'searchsorted', { form: 'outer', dims: [0], at: 0 });

/** Positions of values [..., m] in rows [..., n], or in one row [n]. */
export function positions(sorted: Tensor, values: Tensor, side: Side): Tensor {
  const { shape } = sorted.layout;
  const last = shape.length - 1;
  const n = shape[last]!;
  const inOne = shape.length === 1;
  if (n <= longestCounted) {
    const own = values.layout.shape;
    const rows = reshape(sorted, inOne ? [...own.map(() => 1), n] : [...shape.slice(0, last), 1, n]);
    const each = reshape(values, [...own, 1]);
    return finish(counters[side](rows, { dim: own.length }, [], each), values, rows, each);
  }
  let position = filled(values.layout.device, 'int64', values.layout.shape, 0);
  for (let step = 2 ** Math.floor(Math.log2(n)); step >= 1; step /= 2) {
    const index = dispatch(lookAt, position, null, null, [step, n]);
    const there = inOne ? dispatch(fromVector, sorted, index) : pick('searchsorted', sorted, index, last);
    const next = dispatch(advances[side], there, values, position, [step, n]);
    for (const t of [index, there, position]) t.dispose();
    position = next;
  }
  return position;
}

export interface SearchOptions {
  /** Behind elements that equal the value instead of before them; false. */
  readonly right?: boolean | undefined;
  /** The same, said as 'left' or 'right'. */
  readonly side?: Side | undefined;
  /** Indices that put the sequence in order, if it isn't (from `argsort`). */
  readonly sorter?: Tensor | undefined;
  /** Give int32 instead of int64; false. */
  readonly outInt32?: boolean | undefined;
}

function sideOf(op: string, options: SearchOptions): Side {
  const { right, side } = checkNamed(op, options);
  if (side !== undefined && side !== 'left' && side !== 'right')
    throw new ValueError(op, `side is '${String(side)}'; it must be 'left' or 'right'`);
  if (side === 'left' && right === true)
    throw new ValueError(op, "got right: true and side: 'left', which contradict each other; give one of them");
  return side ?? (right === true ? 'right' : 'left');
}

function search(op: string, sequence: Tensor, values: Tensor | Numeric, options: SearchOptions): Tensor {
  const side = sideOf(op, options);
  const shape = sizesOf(op, sequence);
  const { device } = sequence.layout;
  const given = isNumeric(values);
  const x = given ? filled(device, sequence.dtype === 'float64' ? 'float64' : 'float32', [], numberOf(values)) : values;
  const own = x.layout.shape;
  if (
    shape.length === 0 ||
    (shape.length > 1 && !(own.length === shape.length && sameNumbers(own.slice(0, -1), shape.slice(0, -1))))
  )
    throw new ShapeError(
      op,
      `values of shape ${shapeText(own)} can't be looked up in ${shapeText(shape)}: the sorted sequence must be a vector, or equal the values in all dimensions but the last`,
    );
  const { sorter } = options;
  if (sorter !== undefined && !sameNumbers(sorter.layout.shape, shape))
    throw new ShapeError(
      op,
      `the sorter of shape ${shapeText(sorter.layout.shape)} doesn't match the sequence, ${shapeText(shape)}`,
    );
  return untracked(() => {
    const sorted = sorter === undefined ? sequence : pick(op, sequence, sorter, shape.length - 1);
    const found = positions(sorted, x, side);
    if (sorted !== sequence) sorted.dispose();
    if (given) x.dispose();
    return options.outInt32 === true ? toDType(found, 'int32') : found;
  });
}

type Found<X> = Tensor<X extends Tensor ? X['~shape'] : [], 'int64'>;

/**
 * Where each value would go in an ascending sequence to keep it so: before its equals, or behind them with `right`. The sequence is a vector, or has the values' shape
 * but for the last dimension. int64. PyTorch: `torch.searchsorted`.
 * @example
 * ```ts
 * import { searchsorted, tensor } from '@nn/tensor';
 * console.log(await searchsorted(tensor([1, 3, 5]), tensor([0, 3, 9])).toArray()); // prints: [ 0, 1, 3 ]
 * ```
 */
export const searchsorted = <X extends Tensor | Numeric>(
  sortedSequence: Tensor,
  values: X,
  options: SearchOptions = {},
): Found<X> => search('searchsorted', sortedSequence, values, options) as never;

/** The number of the bucket that each value falls into, between ascending `boundaries`: `searchsorted` with its operands exchanged. PyTorch: `torch.bucketize`. */
export function bucketize<X extends Tensor | Numeric>(
  values: X,
  boundaries: Tensor,
  options: Pick<SearchOptions, 'right' | 'outInt32'> = {},
): Found<X> {
  if (sizesOf('bucketize', boundaries).length !== 1)
    throw new ShapeError(
      'bucketize',
      `the boundaries must be a vector, got shape ${shapeText(boundaries.layout.shape)}`,
    );
  return search('bucketize', boundaries, values, options) as never;
}
