/** One layer of a transformer's encoder. */
import type { Tensor } from '@nn/tensor';
import { Module } from '../../module/module.ts';
import { Dropout } from '../dropout.ts';
import { Linear } from '../linear.ts';
import { LayerNorm } from '../normalization/layer-norm.ts';
import { activationOf, type TransformerLayerOptions } from './layer-options.ts';
import { MultiheadAttention } from './multihead-attention.ts';

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
  readonly #activation: (x: Tensor) => Tensor;
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
    super();
    const { dimFeedforward = 2048, dropout: p = 0.1, layerNormEps: eps = 1e-5, bias = true, batchFirst } = options;
    const { dtype, backend, normFirst = false } = options;
    const factory = { dtype, backend };
    this.#options = options;
    this.#activation = activationOf(options.activation);
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

  override forward(src: Tensor, options: EncoderLayerForwardOptions = {}): Tensor {
    if (this.normFirst) {
      const x = src.add(this.#attend(this.norm1.forward(src) as Tensor, options)) as Tensor;
      return x.add(this.#feed(this.norm2.forward(x) as Tensor)) as Tensor;
    }
    const x = this.norm1.forward(src.add(this.#attend(src, options)) as Tensor) as Tensor;
    return this.norm2.forward(x.add(this.#feed(x)) as Tensor) as Tensor;
  }

  #attend(x: Tensor, { srcMask, srcKeyPaddingMask, isCausal }: EncoderLayerForwardOptions): Tensor {
    const masks = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, isCausal };
    return this.dropout1.forward(this.self_attn.forward(x, x, x, { ...masks, needWeights: false })[0]) as Tensor;
  }

  #feed(x: Tensor): Tensor {
    const inner = this.dropout.forward(this.#activation(this.linear1.forward(x) as Tensor)) as Tensor;
    return this.dropout2.forward(this.linear2.forward(inner)) as Tensor;
  }

  /** A layer of the same kind and mode with its own parameters, of the same values. PyTorch: `copy.deepcopy`. */
  copy(): TransformerEncoderLayer {
    const { dtype, backend } = this.linear1.weight as Tensor;
    const options = { ...this.#options, dtype: dtype as 'float16' | 'float32' | 'float64', backend };
    const layer = new TransformerEncoderLayer(this.dModel, this.nhead, options);
    layer.loadStateDict(this.stateDict());
    return layer.train(this.training);
  }
}
