/** The layer of an embedding. */
import type { Tensor } from '@nn/tensor';
import { type EmbeddingOptions, embedding } from '../functional/embedding.ts';
import { type EmbeddingLayerOptions, EmbeddingTable, tableSizes } from './embedding-table.ts';

export interface PretrainedOptions extends EmbeddingOptions {
  /** Whether the weight gets no gradient; true. */
  readonly freeze?: boolean | undefined;
}

/**
 * A table of `numEmbeddings` vectors of size `embeddingDim`, read by indices of any shape: (…) gives (…, embeddingDim). Starts standard normal, with zeros at `paddingIdx`.
 * PyTorch: `torch.nn.Embedding`.
 * @throws ValueError for a `paddingIdx` out of range and for `sparse`; ShapeError for a weight of another shape
 * @example
 * ```ts
 * import { Embedding } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const layer = new Embedding(10, 3, { paddingIdx: 0 });
 * const indices = tensor([[1n, 2n], [0n, 2n]]);
 * console.log(layer.forward(indices).shape, await layer.forward(tensor([0n])).toArray()); // prints: [ 2, 2, 3 ] [ [ 0, 0, 0 ] ]
 * ```
 */
export class Embedding extends EmbeddingTable {
  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingLayerOptions = {}) {
    super(numEmbeddings, embeddingDim, options);
  }

  /**
   * A layer over a given table, whose memory it shares, and which it doesn't train unless `freeze` is false. PyTorch: `nn.Embedding.from_pretrained`.
   * @throws ShapeError unless the table is a matrix
   * @example
   * ```ts
   * import { Embedding } from '@nn/nn';
   * import { tensor } from '@nn/tensor';
   * const layer = Embedding.fromPretrained(tensor([[1, 2], [3, 4]]));
   * console.log(await layer.forward(tensor([1n])).toArray(), layer.weight.requiresGrad); // prints: [ [ 3, 4 ] ] false
   * ```
   */
  static fromPretrained(embeddings: Tensor, options: PretrainedOptions = {}): Embedding {
    const { freeze = true, ...rest } = options;
    const layer = new Embedding(...tableSizes('Embedding', embeddings), { ...rest, weight: embeddings });
    layer.weight.requiresGrad_(!freeze);
    return layer;
  }

  override forward<I extends Tensor>(indices: I): Tensor {
    return embedding(indices, this.weight, {
      paddingIdx: this.paddingIdx,
      maxNorm: this.maxNorm,
      normType: this.normType,
      scaleGradByFreq: this.scaleGradByFreq,
    });
  }

  override extraRepr(): string {
    const { table, padding } = this.settings();
    return [table[0], ...padding, ...table.slice(1)].join(', ');
  }
}
