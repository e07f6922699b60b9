/**
 * An elementwise op on what a product or a convolution gives, computed where the sums still are in registers. Recorded as the two ops that it is; what lies between
 * is never stored: where a gradient would read it, there are two launches.
 */
import { type Kernel, substituteInputs } from '@nn/backend';
import type { Tensor } from '../tensor.ts';
import { dispatch, fresh, need, outputBit, recordThen } from './dispatch.ts';
import { noNumbers, run } from './launch.ts';
import type { Op } from './op.ts';
import { compile, Plan } from './plan.ts';
import { planFor } from './plan-cache.ts';
import { state } from './state.ts';
import { nodeOf } from './view.ts';

/** A product or convolution with an elementwise op behind it. */
export interface Fusion {
  readonly op: Op<'map'>;
  readonly then: Plan;
  /** The launch that computes both; null where there is none. */
  readonly whole: Plan | null;
}

/**
 * `then(op(a, b, c))`, in one launch where the backend's kernel for `op` can end with `then`. Of float16 the first result would be rounded on its own, so there it
 * takes two.
 */
export function dispatchThen(op: Op, then: Op<'map'> | null, a: Tensor, b: Tensor, c: Tensor | null = null): Tensor {
  if (then === null) return dispatch(op, a, b, c);
  const first = planFor(op, a.layout, b.layout, c === null ? null : c.layout);
  const { whole, then: second } = fusionOf(first, then);
  const tracked = state.tracking && (nodeOf(a) !== null || nodeOf(b) !== null || (c !== null && nodeOf(c) !== null));
  if (whole === null || (tracked && readsBetween(first, second))) {
    const between = dispatch(op, a, b, c);
    const out = dispatch(then, between);
    between.dispose();
    return out;
  }
  const out = fresh(first.out, op.name);
  run(whole, out, a, b, c, noNumbers);
  if (tracked) recordThen(first, second, out, a, b, c);
  return out;
}

/** Whether a gradient reads what lies between. */
const readsBetween = (first: Plan, then: Plan): boolean =>
  (need(then, 0) & 1) !== 0 || first.inputs.some((_, j) => (need(first, j) & outputBit) !== 0);

/** Kept with the first op's plan, for the op that followed last. */
function fusionOf(first: Plan, op: Op<'map'>): Fusion {
  if (first.fusion?.op !== op) {
    const then = planFor(op, first.out, null, null);
    first.fusion = { op, then, whole: fuse(first, then) };
  }
  return first.fusion;
}

function fuse(first: Plan, then: Plan): Plan | null {
  const [kernel, map] = [first.program!.kernel, then.program!.kernel];
  const fits = (kernel.kind === 'matmul' || kernel.kind === 'conv') && map.kind === 'map' && map.scalars === 0;
  // In two launches, float16 is rounded twice.
  if (!fits || !first.isNative || then.out !== first.out || kernel.dtype === 'float16') return null;
  const epilogue = substituteInputs(map.outputs[0]!.expression, [kernel.epilogue]);
  const { geometry, operands } = first;
  const program = compile(first.out.device, { ...kernel, epilogue } as Kernel);
  const whole = new Plan(first.op, first.inputs, first.outs, { program, geometry: geometry!, operands });
  return whole.isNative ? whole : null;
}
