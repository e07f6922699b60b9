/**
 * A recurrent layer in one direction, over all time steps, as one differentiable function: the input's products are one matmul, a step is a product and a map. Its gradient goes
 * through time by hand; where gradients are recorded themselves (second derivatives), it is that of the same in differentiable ops.
 */
import { Function as CustomFunction, type FunctionContext, grad } from '@nn/autograd';
import type { Tensor } from '@nn/tensor';
import { reshape, state } from '@nn/tensor/internal';
import { giveBack, roomLike, stepsOf, turned } from './recurrence.ts';
import { type Ran, throughTime } from './through-time.ts';
import { type Given, placesOf, projected, sumOf, unroll, type Way } from './unroll.ts';

/** The weights are turned once where so many products of so few rows would each spend more time on turning than on multiplying. */
const [manySteps, fewRows] = [8, 4];

/** Takes the way and what is given, one by one; gives the outputs (L, N, H) or (N, L, H), and the last cell state of kinds that have one. */
export class Sequence extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(ctx: FunctionContext, way: Way, ...given: Given): readonly Tensor[] {
    const { kind, time, reverse } = way;
    const [x, h, c, , hh] = given;
    const keeps = ctx.needsInputGrad.includes(true);
    ctx.name = kind.name;
    const all = projected(kind, given);
    const [a, b] = x.layout.shape as readonly [number, number];
    const length = x.layout.shape[time]!;
    const steady = length >= manySteps && h.layout.shape[0]! <= fewRows ? turned(hh) : hh;
    const reads = given.with(4, steady) as unknown as Given;
    const out = roomLike(kind.name, all, [a, b, hh.layout.shape[1]!]);
    const [inputAt, outAt] = [stepsOf(all, time), stepsOf(out, time)];
    const saved: Tensor[] = [];
    const cells: Tensor[] = [];
    let [hidden, cell] = [h, c];
    for (const t of placesOf(length, reverse)) {
      const [input, target] = [inputAt(t), outAt(t)];
      const total = sumOf(kind, hidden, reads, input);
      const done = kind.run({ sum: total, input, h: hidden, c: cell }, target, keeps);
      saved.push(...done.saved);
      if (keeps && done.c !== null) cells.push(done.c);
      if (!done.saved.includes(total)) total.dispose();
      input.dispose();
      if (hidden !== h) hidden.dispose();
      if (cell !== c && !keeps) cell!.dispose();
      hidden = target;
      cell = done.c;
    }
    if (hidden !== h) hidden.dispose();
    all.dispose();
    if (steady !== hh) steady.dispose();
    ctx.materializeGrads = false;
    if (keeps) {
      ctx.saveForBackward(...given.filter((t) => t !== null), out, ...saved, ...cells);
      Object.assign(ctx.values, { way, present: given.map((t) => t !== null) });
      giveBack(saved);
      giveBack(cells.slice(0, -1));
    }
    return cell === null ? [out] : [out, cell];
  }

  static override backward(ctx: FunctionContext, dOut: Tensor | null, dCell: Tensor | null = null): (Tensor | null)[] {
    const { way, present } = ctx.values as unknown as { readonly way: Way; readonly present: readonly boolean[] };
    const { kind, time } = way;
    const kept = [...ctx.savedTensors];
    const given = present.map((is) => (is ? kept.shift()! : null)) as unknown as Given;
    const wanted = given.map((_, i) => ctx.needsInputGrad[i + 1] === true);
    if (state.tracking) return [null, ...throughUnrolled(way, given, wanted, dOut, dCell)];
    const out = kept.shift()!;
    const saved = placesOf(out.layout.shape[time]!, false).map(() => kept.splice(0, kind.saves));
    return [null, ...throughTime({ way, given, wanted, out, saved, cells: kept } satisfies Ran, dOut, dCell)];
  }
}

/** Gradients that are recorded: those of the same in differentiable ops, by inputs that have places of their own in the graph. */
function throughUnrolled(
  way: Way,
  given: Given,
  wanted: readonly boolean[],
  dOut: Tensor | null,
  dCell: Tensor | null,
): (Tensor | null)[] {
  const own = given.map((t) => (t === null ? null : reshape(t, t.layout.shape))) as unknown as Given;
  const made = unroll(way, own);
  const pairs = [dOut, dCell].flatMap((g, k) => (g === null ? [] : [[made[k]!, g] as const]));
  const inputs = own.filter((t, i): t is Tensor => t !== null && wanted[i] === true);
  const gradOutputs = pairs.map(([, g]) => g);
  const outputs = pairs.map(([t]) => t);
  const found = grad(outputs, inputs, { gradOutputs, createGraph: true, allowUnused: true });
  return own.map((t, i) => (t === null || wanted[i] !== true ? null : (found[inputs.indexOf(t)] ?? null)));
}
