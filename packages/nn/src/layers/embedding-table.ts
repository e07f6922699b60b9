/** What the layers over a table of vectors have in common: its sizes, options, initial values. */
import { noGrad } from '@nn/autograd';
import { ShapeError } from '@nn/backend';
import { empty, type Tensor } from '@nn/tensor';
import { fillInPlace, sameNumbers, shapeText, sizesOf, slice } from '@nn/tensor/internal';
import { type EmbeddingOptions, paddingRow, refuseSparse } from '../functional/embedding.ts';
import { normal_ } from '../init/index.ts';
import { Module } from '../module/module.ts';
import { ownParameter, Parameter } from '../module/parameter.ts';
import { pythonBool, pythonNumber } from '../module/python-text.ts';
import type { FactoryOptions } from './linear.ts';

export interface EmbeddingLayerOptions extends EmbeddingOptions, FactoryOptions {
  /** A matrix (numEmbeddings, embeddingDim) to start from, instead of random values; its memory is shared. PyTorch: `_weight`. */
  readonly weight?: Tensor | undefined;
}

export abstract class EmbeddingTable extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly paddingIdx: number | null;
  readonly maxNorm: number | null;
  readonly normType: number;
  readonly scaleGradByFreq: boolean;
  weight: Parameter<readonly [number, number]>;

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingLayerOptions) {
    super(options);
    const op = this.constructor.name;
    const { weight, dtype, backend } = options;
    refuseSparse(op, options.sparse);
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingRow(op, options.paddingIdx, numEmbeddings);
    this.maxNorm = options.maxNorm ?? null;
    this.normType = options.normType ?? 2;
    this.scaleGradByFreq = options.scaleGradByFreq ?? false;
    if (weight !== undefined) {
      if (!sameNumbers(weight.layout.shape, [numEmbeddings, embeddingDim]))
        throw new ShapeError(
          op,
          `the weight has shape ${shapeText(weight.layout.shape)}, expected (${numEmbeddings}, ${embeddingDim})`,
        );
      this.weight = new Parameter(weight as Tensor<readonly [number, number]>);
      return;
    }
    this.weight = ownParameter(empty([numEmbeddings, embeddingDim], { dtype, backend }));
    this.resetParameters();
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

  /** The settings, those that aren't usual, as they are printed. */
  protected settings(): { readonly table: readonly string[]; readonly padding: readonly string[] } {
    const { paddingIdx, maxNorm, normType } = this;
    const table = [`${this.numEmbeddings}, ${this.embeddingDim}`];
    if (maxNorm !== null) table.push(`max_norm=${pythonNumber(maxNorm)}`);
    if (normType !== 2) table.push(`norm_type=${pythonNumber(normType)}`);
    if (this.scaleGradByFreq) table.push(`scale_grad_by_freq=${pythonBool(true)}`);
    return { table, padding: paddingIdx === null ? [] : [`padding_idx=${paddingIdx}`] };
  }
}

/** Rows and columns of a table that is given. */
export function tableSizes(op: string, embeddings: Tensor): readonly [number, number] {
  const shape = sizesOf(op, embeddings);
  if (shape.length !== 2) throw new ShapeError(op, `the table must be a matrix, got shape ${shapeText(shape)}`);
  return shape as unknown as readonly [number, number];
}
