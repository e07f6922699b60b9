/** Tensors in the shape that a normalization computes in, and back. */
import type { Tensor } from '@nn/tensor';
import { reshape, sameNumbers } from '@nn/tensor/internal';

/** The tensor in this shape: itself if it has it. Give it back with `release`. */
export const inShape = (t: Tensor, shape: readonly number[]): Tensor =>
  sameNumbers(t.layout.shape, shape) ? t : reshape(t, shape);

/** Gives back what `inShape` made. */
export function release(t: Tensor | null, source: Tensor | null): void {
  if (t !== null && t !== source) t.dispose();
}

/** A result of ours in another shape. Nothing else reaches it, so what comes out is no view. */
export function resultIn(t: Tensor, shape: readonly number[]): Tensor {
  if (sameNumbers(t.layout.shape, shape)) return t;
  const out = reshape(t, shape);
  out.base = null;
  t.dispose();
  return out;
}
