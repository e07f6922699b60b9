/**
 * The two recursions of CTC in log space (Graves, Fernández, Gomez & Schmidhuber, "Connectionist temporal classification", 2006, section 4.1): for each time and place, how
 * probable it is to have come here (forward), and to go on from here to the end (backward), the emission of the time included in both. One launch a step. Even and odd times
 * lie in two memories, so that no step reads what it writes to; two places of -∞ stand for what lies before the first or behind the last.
 */
import { add, and, constant, coordinate, dtypes, type Expression, equal, exp, input, less, log, max, mul, neg, or, rem, same, scalar, select, sub } from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import { dispatch, dispatchInto, dispatchMany, filled, fillInPlace, Op, reshape, slice } from '@nn/tensor/internal';

/** log Σ exp; -∞ where all are. */
function logSum(...terms: readonly Expression[]): Expression {
  const most = terms.reduce(max);
  const total = terms.map((x) => exp(sub(x, most))).reduce(add);
  return select(equal(most, same(-Infinity, most)), most, add(most, log(total)));
}

/** From a place, the one beside it, and the one beyond where a path may pass. */
const joined = (operands: readonly Expression[], pass: Expression): Expression => {
  const [here, beside, beyond] = operands as [Expression, Expression, Expression];
  return logSum(here, beside, select(equal(pass, constant(1, 'i32')), beyond, same(-Infinity, beyond)));
};

const forwardOp = new Op('map', 'ctcLoss', {
  inPlace: true,
  build: ([layout]) => {
    const [here, ...others] = [1, 2, 3, 4].map((j) => input(j, dtypes[layout!.dtype].scalar)) as [
      Expression,
      ...Expression[],
    ];
    const emission = others[2]!;
    const reached = add(joined([here, others[0]!, others[1]!], input(5, 'i32')), emission);
    // Behind the end of an input, what was last.
    const expression = select(less(scalar(0, 'i32'), input(6, 'i32')), reached, here);
    return { outputs: [{ dtype: layout!.dtype, expression }], scalars: 1 };
  },
});

/** Scalars: time, places. Inputs 6 and 7: lengths of inputs and targets. */
const backwardOp = new Op('map', 'ctcLossBackward', {
  inPlace: true,
  build: ([layout]) => {
    const [here, beside, beyond, emission] = [1, 2, 3, 4].map((j) => input(j, dtypes[layout!.dtype].scalar)) as [
      Expression, Expression, Expression, Expression,
    ]; // biome-ignore format: a list
    const left = sub(input(6, 'i32'), scalar(0, 'i32'));
    const place = rem(coordinate, scalar(1, 'i32'));
    const last = mul(input(7, 'i32'), constant(2, 'i32'));
    const isEnd = and(
      equal(left, constant(1, 'i32')),
      or(equal(place, last), equal(add(place, constant(1, 'i32')), last)),
    );
    const onwards = add(joined([here, beside, beyond], input(5, 'i32')), emission);
    const ends = select(isEnd, emission, same(-Infinity, emission));
    const expression = select(less(constant(1, 'i32'), left), onwards, ends);
    return { outputs: [{ dtype: layout!.dtype, expression }], scalars: 2 };
  },
});

/** What both recursions read. */
export interface Path {
  /** Log-probabilities of the labels, (T, N, L). */
  readonly emissions: Tensor;
  /** Where a path may pass over a blank, (N, L + 2). */
  readonly passes: Tensor;
  /** Lengths of inputs and targets, (N). */
  readonly inputs: Tensor;
  readonly targets: Tensor;
}

/** Even and odd times, each (…, N, L + 2). */
export type Times = readonly [even: Tensor, odd: Tensor];

const sizesOf = ({ emissions }: Path): [number, number, number] => emissions.layout.shape as never;

function room(path: Path): Times {
  const [times, batch, places] = sizesOf(path);
  const { device, dtype } = path.emissions.layout;
  const half = (count: number): Tensor => filled(device, dtype, [count, batch, places + 2], -Infinity);
  return [half(Math.ceil(times / 2)), half(Math.floor(times / 2))];
}

const at = (times: Times, t: number): Tensor => slice(times[(t % 2) as 0 | 1], 0, Math.floor(t / 2), 1);
const column = (lengths: Tensor): Tensor => reshape(lengths, [lengths.layout.size, 1]);

/** How probable it is to be at each place: places from 2 on. */
export function forward(path: Path): { readonly times: Times; readonly last: Tensor } {
  const [count, batch, places] = sizesOf(path);
  const { device, dtype } = path.emissions.layout;
  const times = room(path);
  const passes = slice(path.passes, 1, 0, places);
  const lengths = column(path.inputs);
  // Before the first time the path is right before the first place.
  let last = filled(device, dtype, [1, batch, places + 2], -Infinity);
  fillInPlace(slice(last, 2, 1, 1), 0);
  for (let t = 0; t < count; t++) {
    const next = at(times, t);
    const from = [2, 1, 0].map((start) => slice(last, 2, start, places));
    dispatchInto(forwardOp, [slice(next, 2, 2, places), ...from, slice(path.emissions, 0, t, 1), passes, lengths], [t]);
    last = next;
  }
  return { times, last };
}

/** How probable it is to go on from each place to the end: places from 0 on. */
export function backward(path: Path): Times {
  const [count, batch, places] = sizesOf(path);
  const { device, dtype } = path.emissions.layout;
  const times = room(path);
  const passes = slice(path.passes, 1, 2, places);
  const [inputs, targets] = [column(path.inputs), column(path.targets)];
  let last = filled(device, dtype, [1, batch, places + 2], -Infinity);
  for (let t = count - 1; t >= 0; t--) {
    const next = at(times, t);
    const from = [0, 1, 2].map((start) => slice(last, 2, start, places));
    dispatchInto(
      backwardOp,
      [slice(next, 2, 0, places), ...from, slice(path.emissions, 0, t, 1), passes, inputs, targets],
      [t, places],
    );
    last = next;
  }
  return times;
}

/** Where the last label and the blank behind it lie, (N, 2); in place of a label that isn't there, what lies before the first place. */
const endsOp = new Op('map', 'ctcLoss', {
  inPlace: false,
  build: () => {
    const place = add(mul(input(0, 'i32'), constant(2, 'i32')), constant(2, 'i32'));
    return { outputs: [{ dtype: 'int64', expression: sub(place, input(1, 'i32')) }], scalars: 0 };
  },
});

const atEnds = new Op('gather', 'ctcLoss', { form: 'aligned', dims: [1], at: 0 });

/** −log of how probable the ends are; of an input without length, that of having nothing to say. */
const lossOp = new Op('map', 'ctcLoss', {
  inPlace: false,
  build: ([layout]) => {
    const { dtype } = layout!;
    const [a, b] = [input(0, dtypes[dtype].scalar), input(1, dtypes[dtype].scalar)];
    const [inputs, targets] = [input(2, 'i32'), input(3, 'i32')];
    const none = select(equal(targets, same(0, targets)), same(0, a), same(Infinity, a));
    return {
      outputs: [{ dtype, expression: select(equal(inputs, same(0, inputs)), none, neg(logSum(a, b))) }],
      scalars: 0,
    };
  },
});

/** The losses (N, 1) from the last time. */
export function lossesOf(path: Path, last: Tensor): Tensor {
  const [, batch, places] = sizesOf(path);
  const targets = column(path.targets);
  const { device } = last.layout;
  const steps = filled(device, 'int64', [1, 2], 0);
  fillInPlace(slice(steps, 1, 1, 1), 1);
  const index = dispatch(endsOp, targets, steps);
  const ends = dispatch(atEnds, reshape(last, [batch, places + 2]), index);
  return dispatchMany(lossOp, [slice(ends, 1, 0, 1), slice(ends, 1, 1, 1), column(path.inputs), targets])[0]!;
}

/** How probable it is that the path is here at this time, given the target. */
const occupancyOp = new Op('map', 'ctcLossBackward', {
  inPlace: true,
  build: ([layout]) => {
    const [come, go, emission, loss] = [1, 2, 3, 4].map((j) => input(j, dtypes[layout!.dtype].scalar)) as [
      Expression, Expression, Expression, Expression,
    ]; // biome-ignore format: a list
    // An emission of -∞ is in both, and their difference would be NaN.
    const isNever = equal(emission, same(-Infinity, emission));
    const both = select(isNever, emission, sub(add(come, go), emission));
    return { outputs: [{ dtype: layout!.dtype, expression: exp(add(both, loss)) }], scalars: 0 };
  },
});

/** Occupancies (T, N, L). */
export function occupancies(path: Path, come: Times, losses: Tensor): Tensor {
  const [count, batch, places] = sizesOf(path);
  const go = backward(path);
  const out = filled(path.emissions.layout.device, path.emissions.dtype, [count, batch, places], 0);
  for (const parity of [0, 1] as const) {
    const half = come[parity].layout.shape[0]!;
    if (half === 0) continue;
    dispatchInto(occupancyOp, [
      slice(out, 0, parity, half, 2),
      slice(come[parity], 2, 2, places),
      slice(go[parity], 2, 0, places),
      slice(path.emissions, 0, parity, half, 2),
      losses,
    ]);
  }
  return out;
}
