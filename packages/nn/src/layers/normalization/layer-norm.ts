/** Normalization layers that keep no statistics: over the last dimensions, over groups of channels, over neighbouring channels. */
import { type DType, ValueError } from '@nn/backend';
import { full, type KeepsShape, type Tensor } from '@nn/tensor';
import {
  groupNorm,
  type LocalResponseNormOptions,
  layerNorm,
  localResponseNorm,
} from '../../functional/normalization/index.ts';
import { ones_, zeros_ } from '../../init/index.ts';
import { PlainLayer } from '../../module/layer.ts';
import { ownParameter, type Parameter } from '../../module/parameter.ts';
import { pythonBool, pythonFloat, pythonNumber, pythonTuple } from '../../module/python-text.ts';
import type { FactoryOptions } from '../linear.ts';

/** A parameter that starts with one value. */
const parameterOf = (shape: readonly number[], value: number, { dtype, backend }: FactoryOptions): Parameter =>
  ownParameter(full(shape, value, { dtype: dtype as DType | undefined, backend }));

export interface LayerNormLayerOptions extends FactoryOptions {
  /** Added to the variance; 1e-5. */
  readonly eps?: number | undefined;
  /** Whether there is a learnt weight and bias for each element; true. */
  readonly elementwiseAffine?: boolean | undefined;
  /** Whether there is a bias beside the weight; true. */
  readonly bias?: boolean | undefined;
}

/**
 * Normalizes over the last dimensions, those of `normalizedShape`, then times a weight plus a bias of that shape, which start as 1 and 0; see `layerNorm`. PyTorch: `torch.nn.LayerNorm`.
 * @throws ShapeError in `forward` if the input doesn't end with `normalizedShape`
 * @example
 * ```ts
 * import { LayerNorm } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const norm = new LayerNorm(2, { eps: 0.5625 });
 * console.log(String(norm)); // prints: LayerNorm((2,), eps=0.5625, elementwise_affine=True)
 * console.log(await norm.forward(tensor([[1, 3]])).toArray()); // prints: [ [ -0.800000011920929, 0.800000011920929 ] ]
 * ```
 */
export class LayerNorm extends PlainLayer<KeepsShape> {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: number | readonly number[], options: LayerNormLayerOptions = {}) {
    super(options);
    const { eps = 1e-5, elementwiseAffine = true, bias = true, ...factory } = options;
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape;
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? parameterOf(this.normalizedShape, 1, factory) : null;
    this.bias = elementwiseAffine && bias ? parameterOf(this.normalizedShape, 0, factory) : null;
  }

  /** Weights 1, biases 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override '~compute'(input: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return layerNorm(input, this.normalizedShape, { weight, bias, eps });
  }

  override extraRepr(): string {
    return `${pythonTuple(this.normalizedShape)}, eps=${pythonFloat(this.eps)}, elementwise_affine=${pythonBool(this.elementwiseAffine)}`;
  }
}

export interface GroupNormLayerOptions extends FactoryOptions {
  /** Added to the variance; 1e-5. */
  readonly eps?: number | undefined;
  /** Whether there is a learnt weight and bias for each channel; true. */
  readonly affine?: boolean | undefined;
}

/**
 * Normalizes groups of channels of each sample of (N, C, …), then times a weight plus a bias for each channel, which start as 1 and 0; see `groupNorm`. PyTorch: `torch.nn.GroupNorm`.
 * @throws ValueError if the groups don't divide the channels
 * @example
 * ```ts
 * import { GroupNorm } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const norm = new GroupNorm(3, 6);
 * console.log(norm.forward(zeros([20, 6, 10, 10])).shape, norm.weight!.shape); // prints: [ 20, 6, 10, 10 ] [ 6 ]
 * ```
 */
export class GroupNorm extends PlainLayer<KeepsShape> {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(numGroups: number, numChannels: number, options: GroupNormLayerOptions = {}) {
    super(options);
    const { eps = 1e-5, affine = true, ...factory } = options;
    if (numChannels % numGroups !== 0)
      throw new ValueError(
        'GroupNorm',
        `numChannels must be divisible by numGroups, got ${numChannels} channels and ${numGroups} groups`,
      );
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.affine = affine;
    this.weight = affine ? parameterOf([numChannels], 1, factory) : null;
    this.bias = affine ? parameterOf([numChannels], 0, factory) : null;
  }

  /** Weights 1, biases 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override '~compute'(input: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return groupNorm(input, this.numGroups, { weight, bias, eps });
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${pythonFloat(this.eps)}, affine=${pythonBool(this.affine)}`;
  }
}

/** Divides each element by the squares of its neighbours in `size` channels, see `localResponseNorm`. PyTorch: `torch.nn.LocalResponseNorm`. */
export class LocalResponseNorm extends PlainLayer<KeepsShape> {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super(options);
    this.size = size;
    this.alpha = options.alpha ?? 1e-4;
    this.beta = options.beta ?? 0.75;
    this.k = options.k ?? 1;
  }

  override '~compute'(input: Tensor): Tensor {
    const { alpha, beta, k } = this;
    return localResponseNorm(input, this.size, { alpha, beta, k });
  }

  override extraRepr(): string {
    return `${this.size}, alpha=${pythonNumber(this.alpha)}, beta=${pythonNumber(this.beta)}, k=${pythonFloat(this.k)}`;
  }
}
