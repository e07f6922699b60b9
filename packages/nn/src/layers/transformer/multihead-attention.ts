/** Attention with several heads: projections, heads as strided views of them, attention, projection. */
import { ShapeError, ValueError } from '@nn/backend';
import { cat, empty, linear, mean, type Shape, scope, type Tensor, zeros } from '@nn/tensor';
import { expand, permute, reshape, sameNumbers, shapeText, sizesOf, slice } from '@nn/tensor/internal';
import { attend } from '../../functional/attention.ts';
import { checkProbability } from '../../functional/dropout.ts';
import { xavierNormal_, xavierUniform_, zeros_ } from '../../init/index.ts';
import { Module } from '../../module/module.ts';
import { ownParameter, type Parameter } from '../../module/parameter.ts';
import { type FactoryOptions, Linear } from '../linear.ts';
import { joinMasks, type Masks } from './attention-masks.ts';
import { doneWhere } from './passing.ts';

/** The output projection under the name that PyTorch prints. */
class NonDynamicallyQuantizableLinear extends Linear {}

export interface MultiheadAttentionOptions extends FactoryOptions {
  /** The probability of an attention weight to be dropped in training; 0. */
  readonly dropout?: number | undefined;
  /** Whether the projections have a learnt bias; true. */
  readonly bias?: boolean | undefined;
  /** Puts a learnt key and value behind all others; false. */
  readonly addBiasKv?: boolean | undefined;
  /** Puts a key and value of zeros behind all others; false. */
  readonly addZeroAttn?: boolean | undefined;
  /** Size of the keys; embedDim. */
  readonly kdim?: number | null | undefined;
  /** Size of the values; embedDim. */
  readonly vdim?: number | null | undefined;
  /** Whether the batch comes first, (N, L, E), instead of (L, N, E); false. */
  readonly batchFirst?: boolean | undefined;
}

export interface MultiheadForwardOptions {
  /** (N, S), or (S) without a batch: keys that no query sees, where true, or numbers that are added to the scores. None. */
  readonly keyPaddingMask?: Tensor | null | undefined;
  /** Whether the attention weights are returned too; true. Without them, a query that sees no key gives 0 instead of NaN. */
  readonly needWeights?: boolean | undefined;
  /** (L, S) or (N · numHeads, L, S): keys that a query doesn't see, where true, or numbers that are added. None. */
  readonly attnMask?: Tensor | null | undefined;
  /** Whether the weights are the mean over the heads; true. */
  readonly averageAttnWeights?: boolean | undefined;
  /** Whether query i sees keys 0 to i only, beside what the masks say; false. Needs no mask. */
  readonly isCausal?: boolean | undefined;
}

/** How sequences lie: dimensions of the sequence and the batch. */
interface Order {
  readonly sequence: 0 | 1;
  readonly batch: 0 | 1;
}

/**
 * Multi-head attention (Vaswani et al. 2017): head h takes part h of the projected queries, keys and values. `forward(query, key, value)` takes (L, N, E), (S, N, kdim) and
 * (S, N, vdim), with `batchFirst` (N, L, E) …, or no batch, and gives [output, weights]: weights (N, L, S), of each head (N, numHeads, L, S), or null. Query, key and value that
 * are one tensor are projected in one product. PyTorch: `torch.nn.MultiheadAttention`.
 * @throws ValueError unless numHeads divides embedDim; in `forward` ShapeError and DTypeError for what doesn't fit
 * @example
 * ```ts
 * import { MultiheadAttention } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const attention = new MultiheadAttention(8, 2, { batchFirst: true });
 * const x = zeros([4, 5, 8]);
 * const [output, weights] = attention.forward(x, x, x, { isCausal: true });
 * console.log(output.shape, weights!.shape); // prints: [ 4, 5, 8 ] [ 4, 5, 5 ]
 * ```
 */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  readonly addZeroAttn: boolean;
  /** Of queries, keys and values in one, or null where their sizes differ. */
  in_proj_weight: Parameter | null;
  q_proj_weight: Parameter | null;
  k_proj_weight: Parameter | null;
  v_proj_weight: Parameter | null;
  in_proj_bias: Parameter | null;
  bias_k: Parameter | null;
  bias_v: Parameter | null;
  out_proj: Linear;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super(options);
    const { dropout = 0, bias = true, addBiasKv = false, addZeroAttn = false, batchFirst = false } = options;
    const { dtype, backend } = options;
    if (!(embedDim > 0 && numHeads > 0) || embedDim % numHeads !== 0)
      throw new ValueError(
        'MultiheadAttention',
        `embedDim ${embedDim} must be divisible by numHeads ${numHeads}, both above 0`,
      );
    checkProbability('MultiheadAttention', dropout);
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.headDim = embedDim / numHeads;
    this.kdim = options.kdim ?? embedDim;
    this.vdim = options.vdim ?? embedDim;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    const parameter = (...shape: number[]): Parameter =>
      ownParameter<Shape, 'float16' | 'float32' | 'float64'>(empty(shape, { dtype, backend }));
    const isOne = this.kdim === embedDim && this.vdim === embedDim;
    this.in_proj_weight = isOne ? parameter(3 * embedDim, embedDim) : null;
    this.q_proj_weight = isOne ? null : parameter(embedDim, embedDim);
    this.k_proj_weight = isOne ? null : parameter(embedDim, this.kdim);
    this.v_proj_weight = isOne ? null : parameter(embedDim, this.vdim);
    this.in_proj_bias = bias ? parameter(3 * embedDim) : null;
    this.bias_k = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.bias_v = addBiasKv ? parameter(1, 1, embedDim) : null;
    this.out_proj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, dtype, backend });
    this.#resetOwn();
  }

  /** Draws new values: Glorot's uniform ones for the projections, zeros for their biases, Glorot's normal ones for the added key and value. */
  resetParameters(): void {
    this.out_proj.resetParameters();
    this.#resetOwn();
  }

  /** All but the output's weights, which come first. */
  #resetOwn(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight])
      if (weight !== null) xavierUniform_(weight);
    if (this.in_proj_bias !== null) zeros_(this.in_proj_bias);
    if (this.out_proj.bias !== null) zeros_(this.out_proj.bias);
    for (const bias of [this.bias_k, this.bias_v]) if (bias !== null) xavierNormal_(bias);
  }

  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: MultiheadForwardOptions = {},
  ): [output: Tensor, weights: Tensor | null] {
    const { needWeights = true, averageAttnWeights = true } = options;
    checkInputs(this, query, key, value);
    const { joined, weights } = scope(() => {
      const isBatched = query.layout.shape.length === 3;
      const order = orderOf(this.batchFirst || !isBatched);
      const added = (this.bias_k === null ? 0 : 1) + (this.addZeroAttn ? 1 : 0);
      const [q, k, v] = this.#heads(query, key, value, order) as [Tensor, Tensor, Tensor];
      const [batch, heads, queries] = q.layout.shape as readonly [number, number, number, number];
      const keys = k.layout.shape[2]!;
      // The kernel counts places itself, but doesn't know of keys that were added.
      const inKernel = options.isCausal === true && added === 0;
      const { keyPaddingMask = null, attnMask = null } = options;
      const masks: Masks = { keyPaddingMask, attnMask, isCausal: options.isCausal === true && !inKernel };
      const { output, shares } = attend(q, k, v, {
        scale: 1 / Math.sqrt(this.headDim),
        mask: joinMasks(masks, { batch, heads, queries, keys, added, dtype: q.dtype, backend: q.backend }),
        causal: inKernel,
        empty: needWeights ? 'nan' : 'zero',
        dropoutP: this.training ? this.dropout : 0,
      });
      const ordered = permute(output, order.batch === 0 ? [0, 2, 1, 3] : [2, 0, 1, 3]);
      const told = (): Tensor => {
        const own = (averageAttnWeights ? mean(shares, { dim: 1 } as never) : shares) as Tensor;
        return isBatched ? own : reshape(own, own.layout.shape.slice(1));
      };
      const shape = [...query.layout.shape.slice(0, -1), this.embedDim];
      return { joined: reshape(ordered, shape), weights: needWeights ? told() : null };
    });
    const output = this.out_proj.forward(joined as never) as Tensor;
    return [doneWhere(this.out_proj['~mayKeep']())(joined, output), weights];
  }

  override '~mayKeep'(): boolean {
    return this.forward !== MultiheadAttention.prototype.forward || this.out_proj['~mayKeep']();
  }

  /** Projected queries, keys and values as (N, heads, length, headDim), with the keys that are added. */
  #heads(query: Tensor, key: Tensor, value: Tensor, order: Order): Tensor[] {
    const biases = this.in_proj_bias === null ? null : this.#parts(this.in_proj_bias);
    const weights = this.in_proj_weight === null ? null : this.#parts(this.in_proj_weight);
    const inputs = [query, key, value];
    const own = [this.q_proj_weight, this.k_proj_weight, this.v_proj_weight];
    const isSelf = query === key && key === value && this.in_proj_weight !== null;
    const all = isSelf ? (linear(query, this.in_proj_weight as never, this.in_proj_bias as never) as Tensor) : null;
    return inputs.map((x, i) => {
      const projected =
        all === null
          ? (linear(x, (weights === null ? own[i] : weights[i]) as never, (biases?.[i] ?? null) as never) as Tensor)
          : slice(all, all.layout.shape.length - 1, i * this.embedDim, this.embedDim);
      const more = i === 0 ? [] : this.#added(projected, i === 1 ? this.bias_k : this.bias_v);
      return splitHeads(more.length === 0 ? projected : extend(projected, more, order), this.numHeads, order);
    });
  }

  /** The parts of a joint parameter for queries, keys and values. */
  #parts(joint: Parameter): Tensor[] {
    return [0, 1, 2].map((i) => slice(joint, 0, i * this.embedDim, this.embedDim));
  }

  /** What comes behind the keys or the values: learnt ones, zeros. */
  #added({ dtype, backend }: Tensor, bias: Parameter | null): Tensor[] {
    const none = this.addZeroAttn ? [zeros([1, 1, this.embedDim], { dtype: dtype as never, backend }) as Tensor] : [];
    return bias === null ? none : [bias, ...none];
  }
}

const orderOf = (batchFirst: boolean): Order => (batchFirst ? { sequence: 1, batch: 0 } : { sequence: 0, batch: 1 });

/** A batch of one where there is none. */
const batched = (x: Tensor): Tensor => (x.layout.shape.length === 3 ? x : reshape(x, [1, ...x.layout.shape]));

/** Sequences with vectors (1, 1, E) behind them. */
function extend(x: Tensor, vectors: readonly Tensor[], { sequence, batch }: Order): Tensor {
  const whole = batched(x);
  const shape = whole.layout.shape.map((n, d) => (d === batch ? n : d === sequence ? 1 : n));
  return cat([whole, ...vectors.map((each) => expand(each, shape))], { dim: sequence } as never) as Tensor;
}

/** (N, L, E) or (L, N, E) as (N, heads, L, E / heads), a view. */
function splitHeads(x: Tensor, heads: number, { batch }: Order): Tensor {
  const whole = batched(x);
  const [first, second, size] = whole.layout.shape as readonly [number, number, number];
  const split = reshape(whole, [first, second, heads, size / heads]);
  return permute(split, batch === 0 ? [0, 2, 1, 3] : [1, 2, 0, 3]);
}

function checkInputs(layer: MultiheadAttention, query: Tensor, key: Tensor, value: Tensor): void {
  const [q, k, v] = [query, key, value].map((t) => sizesOf('MultiheadAttention', t)) as [Shape, Shape, Shape];
  const told = `query ${shapeText(q)}, key ${shapeText(k)}, value ${shapeText(v)}`;
  const fail = (what: string): never => {
    throw new ShapeError('MultiheadAttention', `${what}: ${told}`);
  };
  if ((q.length !== 3 && q.length !== 2) || k.length !== q.length || v.length !== q.length)
    fail('query, key and value must have 3 dimensions, or 2 without a batch');
  const [sizes, wanted] = [
    [q.at(-1), k.at(-1), v.at(-1)],
    [layer.embedDim, layer.kdim, layer.vdim],
  ];
  if (!sameNumbers(sizes as number[], wanted))
    fail(`their last sizes are ${sizes.join(', ')}, expected ${wanted.join(', ')}`);
  const { sequence, batch } = orderOf(layer.batchFirst);
  if (q.length === 3 && (q[batch] !== k[batch] || q[batch] !== v[batch])) fail('their batches differ');
  const keys = q.length === 3 ? sequence : 0;
  if (k[keys] !== v[keys]) fail(`${k[keys]} keys and ${v[keys]} values`);
}
