/** A recurrent layer in one direction, over all time steps, in differentiable ops: what the fast way must give, and what has derivatives of any order. */
import { add, linear, stack, type Tensor } from '@nn/tensor';
import { dispatch, Op, reshape, slice } from '@nn/tensor/internal';
import type { Recurrence } from './recurrence.ts';

/** How the layer runs. */
export interface Way {
  readonly kind: Recurrence;
  /** The dimension of time in (L, N, …) or (N, L, …). */
  readonly time: 0 | 1;
  readonly reverse: boolean;
}

/** Input, initial states, weights and biases; both biases or none. */
export type Given = readonly [
  x: Tensor,
  h: Tensor,
  c: Tensor | null,
  ih: Tensor,
  hh: Tensor,
  biasIh: Tensor | null,
  biasHh: Tensor | null,
];

const product = new Op('matmul', 'recurrent', { addend: 'none', transposeRight: true });
const productPlus = new Op('matmul', 'recurrent', { addend: 'plain', transposeRight: true });

/** Places in time in the order in which they are gone through. */
export const placesOf = (length: number, reverse: boolean): number[] =>
  Array.from({ length }, (_, s) => (reverse ? length - 1 - s : s));

/** What the input gives to all steps, in one product; with both biases unless the kind holds the state's part apart. */
export function projected({ apart }: Recurrence, [x, , , ih, , biasIh, biasHh]: Given): Tensor {
  const both = biasIh === null || biasHh === null || apart ? null : (add(biasIh, biasHh) as Tensor);
  const out = linear(x, ih as never, (both ?? biasIh) as never) as Tensor;
  both?.dispose();
  return out;
}

/** What a step gives to the gates: the state's part, and the input's unless the kind holds them apart. */
export function sumOf({ apart }: Recurrence, h: Tensor, [, , , , hh, , biasHh]: Given, input: Tensor): Tensor {
  const addend = apart ? biasHh : input;
  return addend === null ? dispatch(product, h, hh) : dispatch(productPlus, h, hh, addend);
}

/** All outputs, and the last cell state. `hr` projects the hidden state. */
export function unroll({ kind, time, reverse }: Way, given: Given, hr: Tensor | null = null): [Tensor, Tensor | null] {
  const [x, h, c] = given;
  const all = projected(kind, given);
  const [batch, width] = [x.layout.shape[1 - time]!, all.layout.shape[2]!];
  const outputs: Tensor[] = [];
  let [hidden, cell] = [h, c];
  for (const t of placesOf(x.layout.shape[time]!, reverse)) {
    const input = reshape(slice(all, time, t, 1), [batch, width]);
    const [own, next] = kind.next({ sum: sumOf(kind, hidden, given, input), input, h: hidden, c: cell });
    hidden = hr === null ? own : dispatch(product, own, hr);
    cell = next;
    outputs[t] = hidden;
  }
  return [stack(outputs, { dim: time } as never) as Tensor, cell];
}
