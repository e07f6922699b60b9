/** The layer of an embedding of bags. */
import type { Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { type BagMode, checkMode, type EmbeddingBagOptions, embeddingBag } from '../functional/embedding-bag.ts';
import type { PretrainedOptions } from './embedding.ts';
import { type EmbeddingLayerOptions, EmbeddingTable, tableSizes } from './embedding-table.ts';

/** What a bag is made of, beside the options of `Embedding`. */
export interface EmbeddingBagLayerOptions
  extends EmbeddingLayerOptions,
    Pick<EmbeddingBagOptions, 'mode' | 'includeLastOffset'> {}

export interface PretrainedBagOptions
  extends PretrainedOptions,
    Pick<EmbeddingBagOptions, 'mode' | 'includeLastOffset'> {}

/**
 * Sums, means or largest values of bags of vectors from a table of `numEmbeddings` vectors of size `embeddingDim`: (bags, embeddingDim). Starts standard normal, with zeros at
 * `paddingIdx`, which belongs to no bag. PyTorch: `torch.nn.EmbeddingBag`.
 * @throws ValueError for a `paddingIdx` out of range, for `sparse`, and for a `mode` that doesn't exist or doesn't go with `scaleGradByFreq`; ShapeError for a weight of another shape
 * @example
 * ```ts
 * import { EmbeddingBag } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const layer = new EmbeddingBag(10, 3, { mode: 'sum' });
 * const [words, offsets] = [tensor([1n, 2n, 4n, 5n]), tensor([0n, 3n])];
 * console.log(layer.forward(words, { offsets }).shape); // prints: [ 2, 3 ]
 * ```
 */
export class EmbeddingBag extends EmbeddingTable {
  readonly mode: BagMode;
  readonly includeLastOffset: boolean;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagLayerOptions = {}) {
    super(numEmbeddings, embeddingDim, options);
    this.mode = options.mode ?? 'mean';
    this.includeLastOffset = options.includeLastOffset ?? false;
    checkMode('EmbeddingBag', this.mode, this.scaleGradByFreq);
  }

  /**
   * A layer over a given table, whose memory it shares, and which it doesn't train unless `freeze` is false. PyTorch: `nn.EmbeddingBag.from_pretrained`.
   * @throws ShapeError unless the table is a matrix
   * @example
   * ```ts
   * import { EmbeddingBag } from '@nn/nn';
   * import { tensor } from '@nn/tensor';
   * const layer = EmbeddingBag.fromPretrained(tensor([[1, 2], [3, 6]]));
   * console.log(await layer.forward(tensor([[0n, 1n]])).toArray(), layer.weight.requiresGrad); // prints: [ [ 2, 4 ] ] false
   * ```
   */
  static fromPretrained(embeddings: Tensor, options: PretrainedBagOptions = {}): EmbeddingBag {
    const { freeze = true, ...rest } = checkNamed('EmbeddingBag', options);
    const layer = new EmbeddingBag(...tableSizes('EmbeddingBag', embeddings), { ...rest, weight: embeddings });
    layer.weight.requiresGrad_(!freeze);
    return layer;
  }

  /** Bags of indices (bags, size), or of a vector with `offsets`, which say where each begins. */
  override forward(indices: Tensor, options: Pick<EmbeddingBagOptions, 'offsets' | 'perSampleWeights'> = {}): Tensor {
    const { paddingIdx, maxNorm, normType, scaleGradByFreq, mode, includeLastOffset } = this;
    const { offsets, perSampleWeights } = checkNamed('EmbeddingBag', options);
    return embeddingBag(indices, this.weight, {
      paddingIdx,
      maxNorm,
      normType,
      scaleGradByFreq,
      mode,
      includeLastOffset,
      offsets,
      perSampleWeights,
    });
  }

  override extraRepr(): string {
    const { table, padding } = this.settings();
    return [...table, `mode=${this.mode}`, ...padding].join(', ');
  }
}
