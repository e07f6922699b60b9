/** What samplers, datasets and batches are made of: anything that has a length. */
import { ValueError } from '@nn/backend';

export interface Sized {
  readonly length: number;
}

/** How many samples there are, if what was given can say so. */
export function lengthOf(op: string, source: Sized): number {
  const length = source?.length;
  if (!Number.isInteger(length) || length < 0)
    throw new ValueError(op, `got ${typeof source} with length ${String(length)}; pass a dataset or an array`);
  return length;
}

export function checkBatchSize(op: string, batchSize: number): void {
  if (!Number.isInteger(batchSize) || batchSize <= 0)
    throw new ValueError(op, `batchSize must be a positive whole number, got ${batchSize}`);
}
