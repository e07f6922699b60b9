/** What users give for a gradient: to `backward`, from a hook, into `grad`. */
import { AutogradError } from '@nn/backend';
import { shapeText } from './core/collapse.ts';
import { sameNumbers } from './core/layout.ts';
import { sizesOf } from './ops/elementwise/operand.ts';
import type { Tensor } from './tensor.ts';

/** Refuses one that is unlike its tensor. */
export function checkGradient(op: string, t: Tensor, gradient: Tensor): void {
  const shape = sizesOf(op, gradient);
  const { layout } = gradient;
  if (layout.dtype !== t.dtype || layout.device !== t.layout.device || !sameNumbers(shape, t.layout.shape))
    throw new AutogradError(
      op,
      `the gradient is ${layout.dtype} of shape ${shapeText(shape)} on ${gradient.backend.name}, its tensor ${t.dtype} of shape ${shapeText(t.layout.shape)} on ${t.backend.name}; they must be equal`,
    );
}
