/** Stacks of transformer layers, and the two stacks together. */
import { ValueError } from '@nn/backend';
import { full, type Tensor, triu } from '@nn/tensor';
import { ModuleList } from '../../containers/module-list.ts';
import { xavierUniform_ } from '../../init/index.ts';
import { Module } from '../../module/module.ts';
import type { FactoryOptions } from '../linear.ts';
import { LayerNorm } from '../normalization/layer-norm.ts';
import { type DecoderLayerForwardOptions, TransformerDecoderLayer } from './decoder-layer.ts';
import { type EncoderLayerForwardOptions, TransformerEncoderLayer } from './encoder-layer.ts';
import type { TransformerLayerOptions } from './layer-options.ts';
import { anyKeeps, doneWhere } from './passing.ts';

/** What comes after the last layer. */
export interface StackOptions {
  /** A norm; none. */
  readonly norm?: Module | null | undefined;
}

export interface EncoderForwardOptions extends Pick<EncoderLayerForwardOptions, 'srcKeyPaddingMask' | 'isCausal'> {
  /** As `srcMask` of the layers. None. */
  readonly mask?: Tensor | null | undefined;
}

/** Copies of a layer, as many as asked for. */
function copies<T extends { copy(): T } & Module>(op: string, layer: T, count: number): ModuleList {
  if (typeof layer?.copy !== 'function')
    throw new ValueError(op, `got ${String(layer)} where the layer belongs: new ${op}(new ${op}Layer(8, 2), 3)`);
  return new ModuleList(Array.from({ length: count }, () => layer.copy()));
}

/** Whether a layer of a stack, or its norm, may leave with somebody what passes through it. */
const partKeeps = ({ layers, norm }: { readonly layers: ModuleList; readonly norm: Module | null }): boolean =>
  anyKeeps(layers) || norm?.['~mayKeep']() === true;

/**
 * `numLayers` copies of an encoder layer, one after the other; the copies start with its values. PyTorch: `torch.nn.TransformerEncoder`.
 * @example
 * ```ts
 * import { TransformerEncoder, TransformerEncoderLayer } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const encoder = new TransformerEncoder(new TransformerEncoderLayer(8, 2, { batchFirst: true }), 3);
 * console.log(encoder.forward(zeros([4, 5, 8])).shape); // prints: [ 4, 5, 8 ]
 * ```
 */
export class TransformerEncoder extends Module {
  layers: ModuleList;
  norm: Module | null;

  constructor(encoderLayer: TransformerEncoderLayer, numLayers: number, options: StackOptions = {}) {
    super(options);
    this.layers = copies('TransformerEncoder', encoderLayer, numLayers);
    this.norm = options.norm ?? null;
  }

  override forward(src: Tensor, options: EncoderForwardOptions = {}): Tensor {
    const { mask: srcMask, srcKeyPaddingMask, isCausal } = options;
    const done = doneWhere(partKeeps(this));
    let x = src;
    for (const layer of this.layers)
      x = done(x, layer.forward(x, { srcMask, srcKeyPaddingMask, isCausal }) as Tensor, src);
    return this.norm === null ? x : done(x, this.norm.forward(x) as Tensor, src);
  }

  override '~mayKeep'(): boolean {
    return this.forward !== TransformerEncoder.prototype.forward || partKeeps(this);
  }
}

/** `numLayers` copies of a decoder layer, one after the other. PyTorch: `torch.nn.TransformerDecoder`. */
export class TransformerDecoder extends Module {
  layers: ModuleList;
  norm: Module | null;

  constructor(decoderLayer: TransformerDecoderLayer, numLayers: number, options: StackOptions = {}) {
    super(options);
    this.layers = copies('TransformerDecoder', decoderLayer, numLayers);
    this.norm = options.norm ?? null;
  }

  override forward(tgt: Tensor, memory: Tensor, options: DecoderLayerForwardOptions = {}): Tensor {
    const done = doneWhere(partKeeps(this));
    let x = tgt;
    for (const layer of this.layers) x = done(x, layer.forward(x, memory, options) as Tensor, tgt);
    return this.norm === null ? x : done(x, this.norm.forward(x) as Tensor, tgt);
  }

  override '~mayKeep'(): boolean {
    return this.forward !== TransformerDecoder.prototype.forward || partKeeps(this);
  }
}

export interface TransformerOptions extends TransformerLayerOptions {
  /** Size of the vectors; 512. */
  readonly dModel?: number | undefined;
  /** Number of heads; 8. */
  readonly nhead?: number | undefined;
  /** 6. */
  readonly numEncoderLayers?: number | undefined;
  /** 6. */
  readonly numDecoderLayers?: number | undefined;
}

export interface TransformerForwardOptions extends DecoderLayerForwardOptions {
  /** What each place of the source doesn't see. None. */
  readonly srcMask?: Tensor | null | undefined;
  /** (N, S): places of the source that its own places don't see. None. */
  readonly srcKeyPaddingMask?: Tensor | null | undefined;
  /** Whether each place of the source sees those before it and itself only; false. */
  readonly srcIsCausal?: boolean | undefined;
}

/**
 * An encoder of a source and a decoder of a target that attends to it, each with a norm at its end (Vaswani et al. 2017). PyTorch: `torch.nn.Transformer`.
 * @example
 * ```ts
 * import { Transformer } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const model = new Transformer({ dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 16, batchFirst: true });
 * console.log(model.forward(zeros([4, 6, 8]), zeros([4, 5, 8]), { tgtIsCausal: true }).shape); // prints: [ 4, 5, 8 ]
 * ```
 */
export class Transformer extends Module {
  encoder: TransformerEncoder;
  decoder: TransformerDecoder;

  constructor(options: TransformerOptions = {}) {
    super(options);
    const { dModel = 512, nhead = 8, numEncoderLayers = 6, numDecoderLayers = 6, ...layer } = options;
    const { layerNormEps: eps = 1e-5, bias = true, dtype, backend } = layer;
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps, bias, dtype, backend });
    const encoderLayer = new TransformerEncoderLayer(dModel, nhead, layer);
    const decoderLayer = new TransformerDecoderLayer(dModel, nhead, layer);
    this.encoder = new TransformerEncoder(encoderLayer, numEncoderLayers, { norm: norm() });
    this.decoder = new TransformerDecoder(decoderLayer, numDecoderLayers, { norm: norm() });
    this.resetParameters();
  }

  /** Draws Glorot's uniform values for all matrices. */
  resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.layout.shape.length > 1) xavierUniform_(parameter);
  }

  override forward(src: Tensor, tgt: Tensor, options: TransformerForwardOptions = {}): Tensor {
    const { srcMask: mask, srcKeyPaddingMask, srcIsCausal: isCausal, ...own } = options;
    const memory = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal });
    const done = doneWhere(anyKeeps([this.encoder, this.decoder]));
    return done(memory, this.decoder.forward(tgt, memory, own), src);
  }

  /**
   * A mask (size, size) that is added to scores, so that each place sees those before it and itself: -∞ above the diagonal, else 0. `isCausal` says the same without a mask.
   * PyTorch: `nn.Transformer.generate_square_subsequent_mask`.
   */
  static generateSquareSubsequentMask(size: number, options: FactoryOptions = {}): Tensor {
    const all = full([size, size], Number.NEGATIVE_INFINITY, options) as Tensor;
    const mask = triu(all, { diagonal: 1 }) as Tensor;
    all.dispose();
    return mask;
  }
}
