/** The masks of `MultiheadAttention`, where true leaves out, as one mask of attention, where true takes part. Knows nothing of layers. */
import { DTypeError, ShapeError } from '@nn/backend';
import { add, cat, logicalAnd, logicalNot, maskedFill, ones, type Tensor, triu, zeros } from '@nn/tensor';
import { reshape, sameNumbers, shapeText } from '@nn/tensor/internal';

/** The scores that a mask is for. */
export interface Scores {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** How many of the keys were put behind the others; all queries see them. */
  readonly added: number;
  readonly dtype: Tensor['dtype'];
  readonly backend: Tensor['backend'];
}

export interface Masks {
  /** (N, S), or (S) without a batch: which keys no query sees. */
  readonly keyPaddingMask: Tensor | null;
  /** (L, S) or (N · heads, L, S): which keys each query doesn't see. */
  readonly attnMask: Tensor | null;
  /** No query sees the keys behind its own place. */
  readonly isCausal: boolean;
}

function check(name: string, mask: Tensor, { dtype }: Scores, shapes: readonly (readonly number[])[]): void {
  if (mask.dtype !== 'bool' && mask.dtype !== dtype)
    throw new DTypeError(
      'MultiheadAttention',
      `${name} is ${mask.dtype}; it must be bool, true for what is left out, or ${dtype}, which is added to the scores`,
    );
  const { shape } = mask.layout;
  if (!shapes.some((wanted) => sameNumbers(wanted, shape)))
    throw new ShapeError(
      'MultiheadAttention',
      `${name} has shape ${shapeText(shape)}, expected ${shapes.map(shapeText).join(' or ')}`,
    );
}

/** A mask in another shape, with columns that leave nothing out for the keys that were added. */
function fitted(mask: Tensor, { added, backend }: Scores, shape: readonly number[]): Tensor {
  if (added === 0) return reshape(mask, shape);
  const more = zeros([...mask.layout.shape.slice(0, -1), added], { dtype: mask.dtype as never, backend }) as Tensor;
  const wide = cat([mask, more], { dim: -1 } as never) as Tensor;
  return reshape(wide, shape);
}

/** The masks that are given, each in a shape that broadcasts to (batch, heads, queries, keys). */
function partsOf({ keyPaddingMask, attnMask, isCausal }: Masks, scores: Scores): Tensor[] {
  const { batch, heads, queries, keys, added, backend } = scores;
  const own = keys - added;
  const parts: Tensor[] = [];
  if (keyPaddingMask !== null) {
    check('keyPaddingMask', keyPaddingMask, scores, batch === 1 ? [[1, own], [own]] : [[batch, own]]);
    parts.push(fitted(keyPaddingMask, scores, [batch, 1, 1, keys]));
  }
  if (attnMask !== null) {
    check('attnMask', attnMask, scores, [
      [queries, own],
      [batch * heads, queries, own],
    ]);
    const perHead = attnMask.layout.shape.length === 3;
    parts.push(fitted(attnMask, scores, perHead ? [batch, heads, queries, keys] : [queries, keys]));
  }
  if (isCausal) {
    const all = ones([queries, own], { dtype: 'bool', backend }) as Tensor;
    parts.push(fitted(triu(all, { diagonal: 1 }) as Tensor, scores, [queries, keys]));
  }
  return parts;
}

/** A bool mask as one to add. */
function added(mask: Tensor, { dtype, backend }: Scores): Tensor {
  if (mask.dtype !== 'bool') return mask;
  const nothing = zeros([...mask.layout.shape], { dtype: dtype as never, backend }) as Tensor;
  return maskedFill(nothing, mask as never, Number.NEGATIVE_INFINITY) as Tensor;
}

/** One mask as attention takes it; null where everything is seen. Bools say what takes part; with a float among them all are added. */
export function joinMasks(masks: Masks, scores: Scores): Tensor | null {
  const parts = partsOf(masks, scores);
  if (parts.length === 0) return null;
  return parts.every((mask) => mask.dtype === 'bool')
    ? parts.map((mask) => logicalNot(mask) as Tensor).reduce((x, y) => logicalAnd(x, y as never) as Tensor)
    : parts.map((mask) => added(mask, scores)).reduce((x, y) => add(x, y as never) as Tensor);
}
