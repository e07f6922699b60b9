/**
 * Backward through time (Werbos 1990) of what `Sequence` ran: the steps in the other direction, a product and a few maps each, which write the gates' gradients into one tensor. The
 * gradients of weights, biases and input are one launch each over all steps. Outside of any graph.
 */
import { cat, type Shape, scope, sum, type Tensor } from '@nn/tensor';
import { dispatch, expand, filled, Op, reshape, slice } from '@nn/tensor/internal';
import { roomLike, stepsOf } from './recurrence.ts';
import { type Given, placesOf, type Way } from './unroll.ts';

const stepProduct = new Op('matmul', 'recurrentBackward', { addend: 'plain' });
const inputProduct = new Op('matmul', 'recurrentBackward', { addend: 'none' });
const weightProduct = new Op('matmul', 'recurrentBackward', { addend: 'none', transposeLeft: true });

/** What forward left. */
export interface Ran {
  readonly way: Way;
  readonly given: Given;
  /** Which of `given` want gradients. */
  readonly wanted: readonly boolean[];
  readonly out: Tensor;
  /** By step: what the kind saved, and its cell state. */
  readonly saved: readonly (readonly Tensor[])[];
  readonly cells: readonly Tensor[];
}

/** Sequences as rows. */
function rowsOf(t: Tensor): Tensor {
  const [a, b, width] = t.layout.shape as readonly [number, number, number];
  return reshape(t, [a * b, width]);
}

/** Zeros, of which memory holds one. */
const zerosOf = ({ layout }: Tensor, shape: Shape): Tensor => expand(filled(layout.device, layout.dtype, [], 0), shape);

/** The states before the steps, as they lie in time. */
function statesBefore({ time, reverse }: Way, h: Tensor, out: Tensor): Tensor {
  const length = out.layout.shape[time]!;
  const first = reshape(h, time === 0 ? [1, ...h.layout.shape] : [h.layout.shape[0]!, 1, h.layout.shape[1]!]);
  const others = slice(out, time, reverse ? 1 : 0, length - 1);
  return cat(reverse ? [others, first] : [first, others], { dim: time } as never) as Tensor;
}

/** Gradients of `given` from those of all outputs and the last cell state. */
export function throughTime(ran: Ran, dOut: Tensor | null, dCell: Tensor | null): (Tensor | null)[] {
  return scope(() => {
    const [x, , , ih] = ran.given;
    const { dSum, dInput, dh, dc } = gatesGradients(ran, dOut ?? zerosOf(ran.out, ran.out.layout.shape), dCell);
    const [sums, inputs] = [rowsOf(dSum), rowsOf(dInput)];
    const biasOf = (rows: Tensor): Tensor => sum(rows as never, { dim: 0 } as never) as Tensor;
    const makers: readonly (() => Tensor | null)[] = [
      () => dispatch(inputProduct, dInput, ih),
      () => dh,
      () => dc,
      () => dispatch(weightProduct, inputs, rowsOf(x)),
      () => dispatch(weightProduct, sums, rowsOf(statesBefore(ran.way, ran.given[1], ran.out))),
      () => biasOf(inputs),
      () => biasOf(sums),
    ];
    return makers.map((make, i) => (ran.wanted[i] === true ? make() : null));
  });
}

interface GateGradients {
  /** Of what the state gives to the gates, and of what the input gives. */
  readonly dSum: Tensor;
  readonly dInput: Tensor;
  /** Of the initial states. */
  readonly dh: Tensor;
  readonly dc: Tensor | null;
}

type View = (place: number) => Tensor;
type Views = readonly [View, View, View, View];

function gatesGradients(ran: Ran, dOut: Tensor, dCell: Tensor | null): GateGradients {
  const { kind, time, reverse } = ran.way;
  const [x, h, c, , hh] = ran.given;
  const { shape } = ran.out.layout;
  const whole = [shape[0]!, shape[1]!, hh.layout.shape[0]!];
  const dSum = roomLike(kind.name, hh, whole);
  const dInput = kind.apart ? roomLike(kind.name, hh, whole) : dSum;
  const none = zerosOf(h, h.layout.shape);
  const places = placesOf(x.layout.shape[time]!, reverse);
  const [outAt, sumAt, inputAt, gradientAt] = [ran.out, dSum, dInput, dOut].map((t) =>
    stepsOf(t, time),
  ) as unknown as Views;
  const output = (s: number): Tensor => (s < 0 ? none : gradientAt(places[s]!));
  let dh = output(places.length - 1);
  let dc = dCell ?? (c === null ? null : none);
  for (let s = places.length - 1; s >= 0; s--) {
    const [t, before] = [places[s]!, output(s - 1)];
    const was = s === 0 ? h : outAt(places[s - 1]!);
    const [nextH, ownSum, ownInput] = [outAt(t), sumAt(t), inputAt(t)];
    const done = kind.back({
      saved: ran.saved[s] ?? [],
      h: was,
      c: s === 0 ? c : (ran.cells[s - 1] ?? null),
      nextH,
      nextC: ran.cells[s] ?? null,
      dh,
      dc,
      dSum: ownSum,
      dInput: ownInput,
      output: before,
    });
    const next = dispatch(stepProduct, ownSum, hh, done.h);
    for (const used of [nextH, ownSum, ownInput, dh, s === 0 ? null : was, s === 0 ? null : before, dc, done.h])
      if (used !== null && used !== none && used !== dCell && used !== done.c) used.dispose();
    dh = next;
    dc = done.c;
  }
  return { dSum, dInput, dh, dc };
}
