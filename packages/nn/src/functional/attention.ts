/** Attention: which values each query takes, by how well their keys fit it (Vaswani et al. 2017). Three launches: a product, a masked softmax, a product. */
import { DTypeError, isFloat, ShapeError, ValueError } from '@nn/backend';
import { dropout, type Generator, matmul, mul, type Shape, type Tensor } from '@nn/tensor';
import { broadcastShapes, checkNamed, sameNumbers, shapeText, sizesOf, transpose } from '@nn/tensor/internal';
import { checkProbability } from './dropout.ts';
import { type MaskedSoftmaxOptions, maskedSoftmax } from './masked-softmax.ts';

export interface AttentionOptions {
  /** Broadcasts to (…, L, S). Bool: where it is true the query sees the key. Float: is added to the scores. None. */
  readonly attnMask?: Tensor | null | undefined;
  /** The probability of a share to be dropped, whatever the mode of a module; 0. */
  readonly dropoutP?: number | undefined;
  /** Whether query i sees keys 0 to i only; false. Goes without `attnMask`. */
  readonly isCausal?: boolean | undefined;
  /** Multiplies the scores; 1/√E. */
  readonly scale?: number | null | undefined;
  /** Where the dropped ones are drawn from; the default generator. */
  readonly generator?: Generator | undefined;
}

/** What `attend` is told: checked, with all defaults. */
export interface AttentionPlan extends MaskedSoftmaxOptions {
  readonly dropoutP: number;
  readonly generator?: Generator | undefined;
}

/** Output and shares (…, L, S), which are as they were used: after dropout. Checks nothing. */
export function attend(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  plan: AttentionPlan,
): { output: Tensor; shares: Tensor } {
  const turned = transpose(key, -2, -1);
  // Unscaled scores may be beyond float16.
  const early = query.dtype === 'float16';
  const asking = early ? mul(query, plan.scale) : query;
  const scores = matmul(asking, turned as never) as Tensor;
  const shares = maskedSoftmax(scores, early ? { ...plan, scale: 1 } : plan);
  const used = dropout(shares, { p: plan.dropoutP, generator: plan.generator });
  const output = matmul(used as Tensor, value as never) as Tensor;
  for (const t of [turned, scores, ...(early ? [asking] : []), ...(used === shares ? [] : [shares])]) t.dispose();
  return { output, shares: used as Tensor };
}

/** Checks that a mask fits scores of a shape and dtype. */
export function checkMask(op: string, mask: Tensor, scores: readonly number[], dtype: Tensor['dtype']): void {
  const { shape } = mask.layout;
  if (mask.dtype !== 'bool' && mask.dtype !== dtype)
    throw new DTypeError(op, `the mask is ${mask.dtype}; it must be bool, or ${dtype} as the query is`);
  if (!sameNumbers(broadcastShapes(op, [scores, shape]), scores))
    throw new ShapeError(
      op,
      `the mask of shape ${shapeText(shape)} does not broadcast to (…, L, S) = ${shapeText(scores)}`,
    );
}

function scoresShape(op: string, query: Tensor, key: Tensor, value: Tensor): number[] {
  const [q, k, v] = [query, key, value].map((t) => sizesOf(op, t)) as [Shape, Shape, Shape];
  const told = `query ${shapeText(q)}, key ${shapeText(k)}, value ${shapeText(v)}`;
  if (q.length < 2 || k.length < 2 || v.length < 2)
    throw new ShapeError(op, `takes (…, L, E), (…, S, E) and (…, S, Ev): ${told}`);
  if (q.at(-1) !== k.at(-1))
    throw new ShapeError(op, `queries of size ${q.at(-1)} and keys of size ${k.at(-1)} differ: ${told}`);
  if (k.at(-2) !== v.at(-2)) throw new ShapeError(op, `${k.at(-2)} keys and ${v.at(-2)} values: ${told}`);
  if (!isFloat(query.dtype) || query.dtype !== key.dtype || query.dtype !== value.dtype)
    throw new DTypeError(
      op,
      `query, key and value must be floats of one dtype, got ${query.dtype}, ${key.dtype} and ${value.dtype}; convert with .to('float32')`,
    );
  return [...broadcastShapes(op, [q.slice(0, -2), k.slice(0, -2)]), q.at(-2)!, k.at(-2)!];
}

/**
 * softmax(scale · query keyᵀ + mask) value, for query (…, L, E), key (…, S, E) and value (…, S, Ev), whose leading dimensions broadcast: (…, L, Ev). A query that sees no key
 * gets zeros. PyTorch: `F.scaled_dot_product_attention`.
 * @throws ShapeError, DTypeError for what doesn't fit; ValueError for both `attnMask` and `isCausal`, and for a probability that is none
 * @example
 * ```ts
 * import { scaledDotProductAttention } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[1, 0], [0, 1]]]);
 * const y = scaledDotProductAttention(x, x, x, { isCausal: true, scale: 0 });
 * console.log(await y.toArray()); // prints: [ [ [ 1, 0 ], [ 0.5, 0.5 ] ] ]
 * ```
 */
export function scaledDotProductAttention<Q extends Tensor>(
  query: Q,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor<Shape, Q['dtype']> {
  const op = 'scaledDotProductAttention';
  const {
    attnMask: mask = null,
    dropoutP = 0,
    isCausal = false,
    generator,
  } = checkNamed('scaledDotProductAttention', options);
  const shape = scoresShape(op, query, key, value);
  checkProbability(op, dropoutP);
  if (mask !== null && isCausal)
    throw new ValueError(op, 'attnMask and isCausal exclude each other; put the causal bound into the mask: tril');
  if (mask !== null) checkMask(op, mask, shape, query.dtype);
  const scale = options.scale ?? 1 / Math.sqrt(query.layout.shape.at(-1)!);
  const plan: AttentionPlan = { scale, mask, causal: isCausal, empty: 'zero', dropoutP, generator };
  const { output, shares } = attend(query, key, value, plan);
  shares.dispose();
  return output as never;
}
