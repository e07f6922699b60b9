/** One layer of a transformer's encoder. */
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

export interface EncoderLayerForwardOptions {
  /** (L, L) or (N · heads, L, L): what each place doesn't see; as `attnMask` of `MultiheadAttention`. None. */
  readonly srcMask?: Tensor | null | undefined;
  /** (N, L): places that nobody sees. None. */
  readonly srcKeyPaddingMask?: Tensor | null | undefined;
  /** Whether each place sees those before it and itself only; false. Needs no mask. */
  readonly isCausal?: boolean | undefined;
}

/**
 * Self-attention and two dense layers, each added to what it was given, with norms (Vaswani et al. 2017; `normFirst`: Xiong et al. 2020). Takes and gives (L, N, dModel), with
 * `batchFirst` (N, L, dModel). PyTorch: `torch.nn.TransformerEncoderLayer`.
 * @example
 * ```ts
 * import { TransformerEncoderLayer } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true });
 * console.log(layer.forward(zeros([4, 5, 8]), { isCausal: true }).shape); // prints: [ 4, 5, 8 ]
 * ```
 */
export class TransformerEncoderLayer extends Module {
  readonly #options: TransformerLayerOptions;
  readonly dModel: number;
  readonly nhead: number;
  readonly normFirst: boolean;
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;

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
    this.linear1 = new Linear(dModel, dimFeedforward, { bias, ...factory });
    this.dropout = new Dropout({ p });
    this.linear2 = new Linear(dimFeedforward, dModel, { bias, ...factory });
    this.norm1 = new LayerNorm(dModel, { eps, bias, ...factory });
    this.norm2 = new LayerNorm(dModel, { eps, bias, ...factory });
    this.dropout1 = new Dropout({ p });
    this.dropout2 = new Dropout({ p });
  }

  /** What passes between the parts is given back as soon as it was read for the last time, where none of them may keep it. */
  override forward(src: Tensor, options: EncoderLayerForwardOptions = {}): Tensor {
    const done = doneWhere(this.#partKeeps());
    if (this.normFirst) {
      const seen = this.norm1.forward(src) as Tensor;
      const attended = done(seen, this.#attend(seen, options, done), src);
      const x = done(attended, src.add(attended) as Tensor);
      const fed = this.norm2.forward(x) as Tensor;
      const added = done(fed, this.#feed(fed, done), x);
      return done(x, done(added, x.add(added) as Tensor));
    }
    const attended = this.#attend(src, options, done);
    const first = done(attended, src.add(attended) as Tensor);
    const x = done(first, this.norm1.forward(first) as Tensor);
    const added = this.#feed(x, done);
    const second = done(x, done(added, x.add(added) as Tensor));
    return done(second, this.norm2.forward(second) as Tensor);
  }

  override '~mayKeep'(): boolean {
    return this.forward !== TransformerEncoderLayer.prototype.forward || this.#partKeeps();
  }

  #partKeeps(): boolean {
    const { self_attn, linear1, dropout, linear2, norm1, norm2, dropout1, dropout2 } = this;
    return anyKeeps([self_attn, linear1, dropout, linear2, norm1, norm2, dropout1, dropout2]);
  }

  #attend(x: Tensor, options: EncoderLayerForwardOptions, done: Done): Tensor {
    const { srcMask: attnMask, srcKeyPaddingMask: keyPaddingMask, isCausal } = options;
    const masks = { attnMask, keyPaddingMask, isCausal, needWeights: false };
    const attended = this.self_attn.forward(x, x, x, masks)[0];
    return done(attended, this.dropout1.forward(attended) as Tensor);
  }

  #feed(x: Tensor, done: Done): Tensor {
    const { linear1, dropout, linear2, dropout2: last } = this;
    return feed(x, { linear1, activation: this.#options.activation, dropout, linear2, last }, done);
  }

  /** A layer of the same kind and mode with its own parameters, of the same values. PyTorch: `copy.deepcopy`. */
  copy(): TransformerEncoderLayer {
    const { dtype, backend } = this.linear1.weight as Tensor;
    const options = { ...this.#options, dtype: dtype as 'float16' | 'float32' | 'float64', backend };
    return copyOf(this as TransformerEncoderLayer, () => new TransformerEncoderLayer(this.dModel, this.nhead, options));
  }
}
