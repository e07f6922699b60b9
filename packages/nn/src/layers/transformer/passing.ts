/** What passes between the parts of a layer, and is given back where nobody can hold it. Knows no layer. */
import type { Tensor } from '@nn/tensor';
import type { Module } from '../../module/module.ts';

/** Told that `t` was read for the last time, by the step that gave `out`. `needed`: what is read again, or belongs to others. Returns `out`. */
export type Done = (t: Tensor, out: Tensor, needed?: Tensor) => Tensor;

const leave: Done = (_, out) => out;

/** A part may give what it was given, or a view of that. */
const giveBack: Done = (t, out, needed) => {
  if (t !== out && t !== needed && out.base === null) t.dispose();
  return out;
};

/** Whether a part may leave with somebody what passes through it. */
export function anyKeeps(parts: Iterable<Module>): boolean {
  for (const part of parts) if (part['~mayKeep']()) return true;
  return false;
}

/** What becomes of tensors that were read for the last time. */
export const doneWhere = (keeps: boolean): Done => (keeps ? leave : giveBack);
