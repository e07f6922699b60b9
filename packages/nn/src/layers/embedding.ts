/** The layer of an embedding. */
import { noGrad } from '@nn/autograd';
import { ShapeError } from '@nn/backend';
import { empty, type Shape, type Tensor } from '@nn/tensor';
import { fillInPlace, sameNumbers, shapeText, slice } from '@nn/tensor/internal';
import { type EmbeddingOptions, embedding, paddingRow, refuseSparse } from '../functional/embedding.ts';
import { normal_ } from '../init/index.ts';
import { Module } from '../module/module.ts';
import { ownParameter, Parameter } from '../module/parameter.ts';
import { pythonBool, pythonNumber } from '../module/python-text.ts';
import type { FactoryOptions } from './linear.ts';

export interface EmbeddingLayerOptions extends EmbeddingOptions, FactoryOptions {
  /** A matrix (numEmbeddings, embeddingDim) to start from, instead of random values; its memory is shared. PyTorch: `_weight`. */
  readonly weight?: Tensor | undefined;
}

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
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  weight: Parameter;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingLayerOptions = {}) {
    super(options);
    const { weight, dtype, backend } = options;
    refuseSparse('Embedding', options.sparse);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingRow('Embedding', options.paddingIdx, numEmbeddings);
    this.maxNorm = options.maxNorm ?? null;
    this.normType = options.normType ?? 2;
    this.scaleGradByFreq = options.scaleGradByFreq ?? false;
    if (weight !== undefined) {
      if (!sameNumbers(weight.layout.shape, [numEmbeddings, embeddingDim]))
        throw new ShapeError(
          'Embedding',
          `the weight has shape ${shapeText(weight.layout.shape)}, expected (${numEmbeddings}, ${embeddingDim})`,
        );
      this.weight = new Parameter(weight);
      return;
    }
    this.weight = ownParameter<Shape, 'float16' | 'float32' | 'float64'>(
      empty([numEmbeddings, embeddingDim], { dtype, backend }),
    );
    this.resetParameters();
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
    const { shape } = embeddings.layout;
    if (shape.length !== 2)
      throw new ShapeError('Embedding', `the table must be a matrix, got shape ${shapeText(shape)}`);
    const layer = new Embedding(shape[0]!, shape[1]!, { ...rest, weight: embeddings });
    layer.weight.requiresGrad_(!freeze);
    return layer;
  }

  /** Draws new values, and zeros for the padding. */
  resetParameters(): void {
    normal_(this.weight);
    const { paddingIdx } = this;
    if (paddingIdx !== null)
      noGrad<void>(() => {
        const row = slice(this.weight, 0, paddingIdx, 1);
        fillInPlace(row, 0);
        row.dispose();
      });
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
    const parts = [`${this.numEmbeddings}, ${this.embeddingDim}`];
    if (this.paddingIdx !== null) parts.push(`padding_idx=${this.paddingIdx}`);
    if (this.maxNorm !== null) parts.push(`max_norm=${pythonNumber(this.maxNorm)}`);
    if (this.normType !== 2) parts.push(`norm_type=${pythonNumber(this.normType)}`);
    if (this.scaleGradByFreq) parts.push(`scale_grad_by_freq=${pythonBool(true)}`);
    return parts.join(', ');
  }
}
