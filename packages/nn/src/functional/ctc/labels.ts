/**
 * What the CTC recursion runs over: the labels of each target with a blank before, between and after them, and where a path may pass over a blank. Targets and lengths are
 * tensors here, of which no value is read.
 */
import { add, and, constant, coordinate, div, input, less, max, min, notEqual, rem, same, scalar, select } from '@nn/backend'; // biome-ignore format: a list
import { cumsum, sub, type Tensor } from '@nn/tensor';
import { dispatch, dispatchInto, expand, filled, fillInPlace, guarded, Op, reshape, slice } from '@nn/tensor/internal';

const one = constant(1, 'i32');
const two = constant(2, 'i32');

/** Lengths as far as the recursion can go: from 0 to scalar 0. */
const boundedOp = new Op('map', 'ctcLoss', {
  inPlace: false,
  build: () => {
    const n = input(0, 'i32');
    return { outputs: [{ dtype: 'int64', expression: min(max(n, same(0, n)), scalar(0, 'i32')) }], scalars: 1 };
  },
});

export const bounded = (lengths: Tensor, most: number): Tensor => dispatch(boundedOp, lengths, null, null, [most]);

/** The place among the labels of a target, and whether there is a label: places (scalar 0 of them in a row) alternate, blanks are even. */
const labelAt = (): [place: ReturnType<typeof div>, isLabel: ReturnType<typeof and>] => {
  const s = rem(coordinate, scalar(0, 'i32'));
  const place = div(s, two);
  return [place, and(notEqual(rem(s, two), same(0, s)), less(place, input(1, 'i32')))];
};

/** Where each label lies in all targets, over where each target begins and its length; 0 for blanks. */
const placeOp = new Op('map', 'ctcLoss', {
  inPlace: false,
  build: () => {
    const [place, isLabel] = labelAt();
    const expression = select(isLabel, add(input(0, 'i32'), place), constant(0, 'i32'));
    return { outputs: [{ dtype: 'int64', expression }], scalars: 1 };
  },
});

/** Labels as a gather may have them, blanks (scalar 1) where there are none. */
const labelOp = new Op('map', 'ctcLoss', {
  inPlace: false,
  build: () => {
    const [, isLabel] = labelAt();
    const expression = select(isLabel, guarded(input(0, 'i32')), scalar(1, 'i32'));
    return { outputs: [{ dtype: 'int64', expression }], scalars: 2 };
  },
});

const fromTargets = new Op('gather', 'ctcLoss', { form: 'outer', dims: [0], at: 0 });

/** The targets of a batch. */
export interface Targets {
  /** (N, S) padded, or all labels one after the other. */
  readonly labels: Tensor;
  /** (N), as given, and as far as the recursion goes. */
  readonly given: Tensor;
  readonly lengths: Tensor;
  /** The longest that counts. */
  readonly longest: number;
}

/** Labels and blanks in turn, (N, 2S + 1); behind a target only blanks. */
export function extended({ labels, given, lengths, longest }: Targets, blank: number): Tensor {
  const { device, shape, size } = labels.layout;
  const [batch] = lengths.layout.shape as [number];
  const width = 2 * longest + 1;
  if (size === 0) return filled(device, 'int64', [batch, width], blank);
  const wide = (t: Tensor): Tensor => expand(reshape(t, [batch, 1]), [batch, width]);
  const ends = cumsum(shape.length === 2 ? filled(device, 'int64', [batch], shape[1]!) : given, 0) as Tensor;
  const own = shape.length === 2 ? filled(device, 'int64', [batch], shape[1]!) : given;
  const starts = sub(ends, own as never) as Tensor;
  const places = dispatch(placeOp, wide(starts), wide(lengths), null, [width]);
  const found = dispatch(fromTargets, reshape(labels, [size]), places);
  return dispatch(labelOp, found, wide(lengths), null, [width, blank]);
}

const differOp = new Op('map', 'ctcLoss', {
  inPlace: true,
  build: () => {
    const differs = notEqual(input(1, 'i32'), input(2, 'i32'));
    return { outputs: [{ dtype: 'int32', expression: select(differs, one, constant(0, 'i32')) }], scalars: 0 };
  },
});

/** 1 where a path may come from two places before, and 0 elsewhere: (N, 2S + 3). Places 0 and 1 come from before the first, which only the first step knows. */
export function passes(labels: Tensor): Tensor {
  const [batch, width] = labels.layout.shape as [number, number];
  const out = filled(labels.layout.device, 'int32', [batch, width + 2], 0);
  fillInPlace(slice(out, 1, 0, 2), 1);
  const rest = Math.max(width - 2, 0);
  if (rest > 0) dispatchInto(differOp, [slice(out, 1, 2, rest), slice(labels, 1, 2, rest), slice(labels, 1, 0, rest)]);
  return out;
}
