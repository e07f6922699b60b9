/** What must hold of the operands of a normalization. */
import { DTypeError, isFloat, ShapeError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { sameNumbers, shapeText, sizesOf } from '@nn/tensor/internal';

export function checkFloats(op: string, x: Tensor): void {
  if (!isFloat(x.dtype))
    throw new DTypeError(op, `gives fractions, which ${x.dtype} can't hold; convert with .to('float32') first`);
}

/** A weight, bias or statistic, if there is one: its shape and dtype. */
export function checkOperand(
  op: string,
  name: string,
  t: Tensor | null | undefined,
  x: Tensor,
  shape: readonly number[],
): void {
  if (t === null || t === undefined) return;
  if (!sameNumbers(t.layout.shape, shape))
    throw new ShapeError(
      op,
      `${name} has shape ${shapeText(t.layout.shape)}, expected ${shapeText(shape)} for input ${shapeText(x.layout.shape)}`,
    );
  if (t.dtype !== x.dtype)
    throw new DTypeError(op, `${name} is ${t.dtype}, the input ${x.dtype}; convert one with .to('${x.dtype}')`);
}

/** Running statistics come in pairs. */
export function checkPair(op: string, mean: Tensor | null | undefined, variance: Tensor | null | undefined): void {
  const [hasMean, hasVariance] = [mean, variance].map((t) => t !== null && t !== undefined);
  if (hasMean !== hasVariance)
    throw new ValueError(
      op,
      `got ${hasMean ? 'runningMean' : 'runningVar'} alone; give runningMean and runningVar, or neither`,
    );
}

/** Batch and channels at least. */
export function checkChannels(op: string, x: Tensor): void {
  if (sizesOf(op, x).length < 2)
    throw new ShapeError(
      op,
      `the input has ${x.layout.shape.length} dimensions, expected at least 2, (N, C, …): ${shapeText(x.layout.shape)}`,
    );
}
