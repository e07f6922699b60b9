/**
 * What one step of a recurrent network is, for the kinds that there are: `next` says it in differentiable ops; `run` and `back` are the same in few launches, which write into
 * memory that is at hand. Knows nothing of sequences. No launch writes twice into one storage: not every backend can.
 */
import { constant, dtypes, type Expression, input } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchUpdate, factory, fresh, type Layout, layoutOf, Op, share } from '@nn/tensor/internal';

/** What a step reads; all have the batch as rows. */
export interface Step {
  /** (N, gates · hidden): h W_hhᵀ, plus what the input gives unless the kind holds that apart. */
  readonly sum: Tensor;
  /** (N, gates · hidden): what the input gives. */
  readonly input: Tensor;
  /** The state before: (N, hidden). */
  readonly h: Tensor;
  readonly c: Tensor | null;
}

/** What the gradients of a step are made from. */
export interface BackStep {
  /** What `run` saved. */
  readonly saved: readonly Tensor[];
  /** The states before and after. */
  readonly h: Tensor;
  readonly c: Tensor | null;
  readonly nextH: Tensor;
  readonly nextC: Tensor | null;
  /** Gradients of the states after. */
  readonly dh: Tensor;
  readonly dc: Tensor | null;
  /** Where the gradients of `sum` and `input` go; one and the same unless the kind holds them apart. */
  readonly dSum: Tensor;
  readonly dInput: Tensor;
  /** The gradient of the state before as an output. */
  readonly output: Tensor;
}

export interface Recurrence {
  /** For errors and tags of memory. */
  readonly name: string;
  readonly gates: number;
  /** Whether there is a state beside the hidden one. */
  readonly hasCell: boolean;
  /** Whether what the input gives and what the state gives are used apart. */
  readonly apart: boolean;
  readonly next: (step: Step) => readonly [h: Tensor, c: Tensor | null];
  /** Writes the state after into `target`; gives the other one. What is in `saved` is kept for `back`. */
  readonly run: (
    step: Step,
    target: Tensor,
    keeps: boolean,
  ) => { readonly c: Tensor | null; readonly saved: readonly Tensor[] };
  /** How many tensors `run` saves. */
  readonly saves: number;
  /** Writes gradients into `dSum` and `dInput`. Gives the gradient of c, and that of h apart from what goes through `dSum`, which is `output` or a tensor of its own. */
  readonly back: (step: BackStep) => { readonly c: Tensor | null; readonly h: Tensor };
}

/** A map whose operands are elements of one float type: its outputs, in terms of operands and the number 1. */
export const stepOp = (
  name: string,
  write: (x: (i: number) => Expression, one: Expression) => readonly Expression[],
): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: ([layout]: readonly Layout[]) => {
      const { dtype } = layout!;
      const { scalar } = dtypes[dtype];
      const outputs = write((i) => input(i, scalar), constant(1, scalar));
      return { outputs: outputs.map((expression) => ({ dtype, expression })), scalars: 0 };
    },
  });

/** Runs a map outside of any graph: output j goes into `targets[j]`. */
export function into(op: Op<'map'>, targets: readonly Tensor[], ...operands: readonly Tensor[]): void {
  dispatchUpdate(
    op,
    [...operands, ...targets],
    targets.map((_, j) => operands.length + j),
    [],
  );
}

/** Views of one layout at offsets in a tensor's memory: outside of any graph and scope, to be given back by name. */
function viewsOf(
  { layout: own, storage, start }: Tensor,
  shape: readonly number[],
  strides: readonly number[],
): (offset: number) => Tensor {
  const layout = layoutOf(own.device, own.dtype, shape, strides);
  return (offset) => factory.make(share(storage), layout, own.size === 0 ? start : start + offset);
}

/** The parts (N, size) of (N, gates · size). */
export function partsOf(t: Tensor, gates: number): Tensor[] {
  const { shape, strides } = t.layout;
  const size = shape[1]! / gates;
  const part = viewsOf(t, [shape[0]!, size], strides);
  return Array.from({ length: gates }, (_, k) => part(k * size * strides[1]!));
}

/** (N, size) by place in time. */
export function stepsOf(t: Tensor, time: 0 | 1): (place: number) => Tensor {
  const { shape, strides } = t.layout;
  const step = viewsOf(t, [shape[1 - time]!, shape[2]!], [strides[1 - time]!, strides[2]!]);
  return (place) => step(place * strides[time]!);
}

/** Memory for a dense tensor with the shape, dtype and place of another. */
export const roomLike = (name: string, { layout }: Tensor, shape: readonly number[] = layout.shape): Tensor =>
  fresh(layoutOf(layout.device, layout.dtype, shape), name);

export const copyStep: Op<'map'> = stepOp('recurrent', (x) => [x(0)]);

/** The same matrix, column after column in memory of its own, an odd number of cache lines apart: a power of two apart they would meet in one set of a cache. */
export function turned(matrix: Tensor): Tensor {
  const { layout } = matrix;
  const [rows, columns] = layout.shape as readonly [number, number];
  const pitch = 16 * (Math.ceil(rows / 16) | 1);
  const room = roomLike('recurrent', matrix, [columns, pitch]);
  const own = viewsOf(room, [rows, columns], [1, pitch])(0);
  room.dispose();
  into(copyStep, [own], matrix);
  return own;
}

export function giveBack(tensors: readonly Tensor[]): void {
  for (const t of tensors) t.dispose();
}
