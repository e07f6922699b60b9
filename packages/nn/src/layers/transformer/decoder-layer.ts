/** One layer of a transformer's decoder. */
import type { Tensor } from '@nn/tensor';
import { Module } from '../../module/module.ts';
import { Dropout } from '../dropout.ts';
import { Linear } from '../linear.ts';
import { LayerNorm } from '../normalization/layer-norm.ts';
import { copyOf } from './copy.ts';
import { feed } from './feed.ts';
import { checkActivation, type TransformerLayerOptions } from './layer-options.ts';
import { MultiheadAttention } from './multihead-attention.ts';
import { anyKeeps, type Done, doneWhere } from './passing.ts';

export interface DecoderLayerForwardOptions {
  /** (L, L) or (N · heads, L, L): what each place of the target doesn't see. None. */
  readonly tgtMask?: Tensor | null | undefined;
  /** (L, S) or (N · heads, L, S): what each place doesn't see of the memory. None. */
  readonly memoryMask?: Tensor | null | undefined;
  /** (N, L): places of the target that nobody sees. None. */
  readonly tgtKeyPaddingMask?: Tensor | null | undefined;
  /** (N, S): places of the memory that nobody sees. None. */
  readonly memoryKeyPaddingMask?: Tensor | null | undefined;
  /** Whether each place of the target sees those before it and itself only; false. */
  readonly tgtIsCausal?: boolean | undefined;
  /** The same for the memory; false. */
  readonly memoryIsCausal?: boolean | undefined;
}

/**
 * Self-attention, attention to a memory and two dense layers, each added to what it was given, with norms (Vaswani et al. 2017). Takes a target (L, N, dModel) and a memory
 * (S, N, dModel), with `batchFirst` (N, L, dModel) …. PyTorch: `torch.nn.TransformerDecoderLayer`.
 * @example
 * ```ts
 * import { TransformerDecoderLayer } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const layer = new TransformerDecoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true });
 * console.log(layer.forward(zeros([4, 5, 8]), zeros([4, 3, 8]), { tgtIsCausal: true }).shape); // prints: [ 4, 5, 8 ]
 * ```
 */
export class TransformerDecoderLayer extends Module {
  readonly #options: TransformerLayerOptions;
  readonly dModel: number;
  readonly nhead: number;
  readonly normFirst: boolean;
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(options);
    checkActivation(this.constructor.name, options.activation);
    const { dimFeedforward = 2048, dropout: p = 0.1, layerNormEps: eps = 1e-5, bias = true, batchFirst } = options;
    const { dtype, backend, normFirst = false } = options;
    const factory = { dtype, backend };
    this.#options = options;
    this.dModel = dModel;
    this.nhead = nhead;
    this.normFirst = normFirst;
    this.self_attn = new MultiheadAttention(dModel, nhead, { dropout: p, bias, batchFirst, ...factory });
    this.multihead_attn = new MultiheadAttention(dModel, nhead, { dropout: p, bias, batchFirst, ...factory });
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, ...factory });
    this.dropout = new Dropout({ p });
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, ...factory });
    this.norm1 = new LayerNorm(dModel, { eps, bias, ...factory });
    this.norm2 = new LayerNorm(dModel, { eps, bias, ...factory });
    this.norm3 = new LayerNorm(dModel, { eps, bias, ...factory });
    this.dropout1 = new Dropout({ p });
    this.dropout2 = new Dropout({ p });
    this.dropout3 = new Dropout({ p });
  }

  /** What passes between the parts is given back as soon as it was read for the last time, where none of them may keep it. */
  override forward(tgt: Tensor, memory: Tensor, options: DecoderLayerForwardOptions = {}): Tensor {
    const done = doneWhere(this.#partKeeps());
    if (this.normFirst) {
      const seen = this.norm1.forward(tgt) as Tensor;
      const attended = done(seen, this.#attend(seen, options, done), tgt);
      const x = done(attended, tgt.add(attended) as Tensor);
      const asked = this.norm2.forward(x) as Tensor;
      const recalled = done(asked, this.#recall(asked, memory, options, done), x);
      const y = done(x, done(recalled, x.add(recalled) as Tensor));
      const fed = this.norm3.forward(y) as Tensor;
      const added = done(fed, this.#feed(fed, done), y);
      return done(y, done(added, y.add(added) as Tensor));
    }
    const attended = this.#attend(tgt, options, done);
    const first = done(attended, tgt.add(attended) as Tensor);
    const x = done(first, this.norm1.forward(first) as Tensor);
    const recalled = this.#recall(x, memory, options, done);
    const second = done(x, done(recalled, x.add(recalled) as Tensor));
    const y = done(second, this.norm2.forward(second) as Tensor);
    const added = this.#feed(y, done);
    const third = done(y, done(added, y.add(added) as Tensor));
    return done(third, this.norm3.forward(third) as Tensor);
  }

  override '~mayKeep'(): boolean {
    return this.forward !== TransformerDecoderLayer.prototype.forward || this.#partKeeps();
  }

  #partKeeps(): boolean {
    const { self_attn, multihead_attn, linear1, dropout, linear2, norm1, norm2, norm3 } = this;
    return (
      anyKeeps([self_attn, multihead_attn, linear1, dropout, linear2, norm1, norm2, norm3]) ||
      anyKeeps([this.dropout1, this.dropout2, this.dropout3])
    );
  }

  #attend(x: Tensor, options: DecoderLayerForwardOptions, done: Done): Tensor {
    const { tgtMask: attnMask, tgtKeyPaddingMask: keyPaddingMask, tgtIsCausal: isCausal } = options;
    const masks = { attnMask, keyPaddingMask, isCausal, needWeights: false };
    const attended = this.self_attn.forward(x, x, x, masks)[0];
    return done(attended, this.dropout1.forward(attended) as Tensor);
  }

  #recall(x: Tensor, memory: Tensor, options: DecoderLayerForwardOptions, done: Done): Tensor {
    const { memoryMask: attnMask, memoryKeyPaddingMask: keyPaddingMask, memoryIsCausal: isCausal } = options;
    const masks = { attnMask, keyPaddingMask, isCausal, needWeights: false };
    const recalled = this.multihead_attn.forward(x, memory, memory, masks)[0];
    return done(recalled, this.dropout2.forward(recalled) as Tensor);
  }

  #feed(x: Tensor, done: Done): Tensor {
    const { linear1, dropout, linear2, dropout3: last } = this;
    return feed(x, { linear1, activation: this.#options.activation, dropout, linear2, last }, done);
  }

  /** A layer of the same kind and mode with its own parameters, of the same values. PyTorch: `copy.deepcopy`. */
  copy(): TransformerDecoderLayer {
    const { dtype, backend } = this.linear1.weight as Tensor;
    const options = { ...this.#options, dtype: dtype as 'float16' | 'float32' | 'float64', backend };
    return copyOf(this as TransformerDecoderLayer, () => new TransformerDecoderLayer(this.dModel, this.nhead, options));
  }
}
