/** One layer of a transformer's decoder. */
import type { Tensor } from '@nn/tensor';
import { Module } from '../../module/module.ts';
import { Dropout } from '../dropout.ts';
import { Linear } from '../linear.ts';
import { LayerNorm } from '../normalization/layer-norm.ts';
import { activationOf, type TransformerLayerOptions } from './layer-options.ts';
import { MultiheadAttention } from './multihead-attention.ts';

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
  readonly #activation: (x: Tensor) => Tensor;
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

  override forward(tgt: Tensor, memory: Tensor, options: DecoderLayerForwardOptions = {}): Tensor {
    if (this.normFirst) {
      const x = tgt.add(this.#attend(this.norm1.forward(tgt) as Tensor, options)) as Tensor;
      const y = x.add(this.#recall(this.norm2.forward(x) as Tensor, memory, options)) as Tensor;
      return y.add(this.#feed(this.norm3.forward(y) as Tensor)) as Tensor;
    }
    const x = this.norm1.forward(tgt.add(this.#attend(tgt, options)) as Tensor) as Tensor;
    const y = this.norm2.forward(x.add(this.#recall(x, memory, options)) as Tensor) as Tensor;
    return this.norm3.forward(y.add(this.#feed(y)) as Tensor) as Tensor;
  }

  #attend(x: Tensor, { tgtMask, tgtKeyPaddingMask, tgtIsCausal }: DecoderLayerForwardOptions): Tensor {
    const masks = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, isCausal: tgtIsCausal };
    return this.dropout1.forward(this.self_attn.forward(x, x, x, { ...masks, needWeights: false })[0]) as Tensor;
  }

  #recall(x: Tensor, memory: Tensor, options: DecoderLayerForwardOptions): Tensor {
    const { memoryMask: attnMask, memoryKeyPaddingMask: keyPaddingMask, memoryIsCausal: isCausal } = options;
    const masks = { attnMask, keyPaddingMask, isCausal, needWeights: false };
    return this.dropout2.forward(this.multihead_attn.forward(x, memory, memory, masks)[0]) as Tensor;
  }

  #feed(x: Tensor): Tensor {
    const inner = this.dropout.forward(this.#activation(this.linear1.forward(x) as Tensor)) as Tensor;
    return this.dropout3.forward(this.linear2.forward(inner)) as Tensor;
  }

  /** A layer of the same kind and mode with its own parameters, of the same values. PyTorch: `copy.deepcopy`. */
  copy(): TransformerDecoderLayer {
    const { dtype, backend } = this.linear1.weight as Tensor;
    const options = { ...this.#options, dtype: dtype as 'float16' | 'float32' | 'float64', backend };
    const layer = new TransformerDecoderLayer(this.dModel, this.nhead, options);
    layer.loadStateDict(this.stateDict());
    return layer.train(this.training);
  }
}
