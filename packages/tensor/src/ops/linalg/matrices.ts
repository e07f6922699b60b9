/** Square matrices as the decompositions have them: one batch [b, n, n] of float32 or float64. Knows nothing of what is done with them. */
import { DTypeError, isFloat, ShapeError } from '@nn/backend';
import { broadcastShapes, shapeText } from '../../core/collapse.ts';
import { sizeOf } from '../../core/layout.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { toDType } from '../shape/convert.ts';
import { expand, reshape, transpose } from '../shape/views.ts';

/** Refuses what isn't a square matrix or a batch of them, of floats. */
export function checkSquare(op: string, x: Tensor): void {
  const shape = sizesOf(op, x);
  const { length } = shape;
  if (length < 2 || shape[length - 1] !== shape[length - 2])
    throw new ShapeError(op, `needs square matrices (…, n, n), got ${shapeText(shape)}`);
  if (!isFloat(x.dtype)) throw new DTypeError(op, `takes floats, got ${x.dtype}; convert with .to('float32')`);
}

/** Matrices [..., n, m] as one batch [b, n, m]. */
export function batched(x: Tensor): Tensor {
  const { shape } = x.layout;
  const lead = shape.length - 2;
  return lead === 1 ? x : reshape(x, [sizeOf(shape.slice(0, lead)), ...shape.slice(lead)]);
}

/**
 * What a function of a batch [b, n, n] gives for matrices [..., n, n]: its results have the batch's dimensions and those that it added. float16 is computed in float32.
 */
export function eachOverBatch(op: string, x: Tensor, steps: (batch: Tensor) => readonly Tensor[]): readonly Tensor[] {
  checkSquare(op, x);
  return scope(() =>
    steps(batched(x.dtype === 'float16' ? toDType(x, 'float32') : x)).map((found) => {
      const shaped = reshape(found, [...x.layout.shape.slice(0, -2), ...found.layout.shape.slice(1)]);
      // Nothing else reaches what was found, so the result is no view of it.
      if (shaped !== found) shaped.base = null;
      return toDType(shaped, x.dtype);
    }),
  );
}

/** The same for a function that gives one. */
export const overBatch = (op: string, x: Tensor, steps: (batch: Tensor) => Tensor): Tensor =>
  eachOverBatch(op, x, (batch) => [steps(batch)])[0]!;

/** The last two dimensions exchanged. */
export const across = (x: Tensor): Tensor => transpose(x, -2, -1);

/** Nothing else reaches what was found, so what is seen of it is no view. */
export function unaliased(x: Tensor): Tensor {
  x.base = null;
  return x;
}

/** What a function of batches [b, n, n] and [b, n, r] gives for [..., n, n] and [..., n, r], whose other dimensions broadcast; runs in a scope. float16 is computed in float32. */
export function overSides(
  op: string,
  matrix: Tensor,
  right: Tensor,
  steps: (matrices: Tensor, right: Tensor) => Tensor,
): Tensor {
  const [a, b] = [matrix.layout.shape, right.layout.shape];
  const lead = broadcastShapes(op, [a.slice(0, -2), b.slice(0, -2)]);
  const wide = (t: Tensor): Tensor =>
    batched(expand(t.dtype === 'float16' ? toDType(t, 'float32') : t, [...lead, ...t.layout.shape.slice(-2)]));
  return toDType(unaliased(reshape(steps(wide(matrix), wide(right)), [...lead, ...b.slice(-2)])), matrix.dtype);
}
