/** Batch and instance normalization layers: weights, running statistics, and the modes that use them. */
import { type DType, ValueError } from '@nn/backend';
import { type KeepsShape, ones, type Tensor, zeros } from '@nn/tensor';
import { fillInPlace, shapeText } from '@nn/tensor/internal';
import { batchNorm, instanceNorm } from '../../functional/normalization/index.ts';
import { ones_, zeros_ } from '../../init/index.ts';
import { PlainLayer } from '../../module/layer.ts';
import { ownParameter, type Parameter } from '../../module/parameter.ts';
import { pythonBool, pythonFloat, pythonNumber } from '../../module/python-text.ts';
import type { FactoryOptions } from '../linear.ts';

export interface BatchNormLayerOptions extends FactoryOptions {
  /** Added to the variance; 1e-5. */
  readonly eps?: number | undefined;
  /** How fast the running statistics follow, see `batchNorm`; null: they are the mean over all batches. 0.1. */
  readonly momentum?: number | null | undefined;
  /** Whether there is a learnt weight and bias for each channel; true, of instance normalization false. */
  readonly affine?: boolean | undefined;
  /** Whether there are running statistics, which `eval()` mode normalizes by; true, of instance normalization false. */
  readonly trackRunningStats?: boolean | undefined;
}

/** Fields have PyTorch's names, which are the keys of the state dict. */
abstract class RunningNorm extends PlainLayer<KeepsShape> {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  running_mean: Tensor | null;
  running_var: Tensor | null;
  num_batches_tracked: Tensor | null;

  constructor(numFeatures: number, options: BatchNormLayerOptions, usual: boolean) {
    super(options);
    const { eps = 1e-5, momentum = 0.1, affine = usual, trackRunningStats = usual, dtype, backend } = options;
    const factory = { dtype: dtype as DType | undefined, backend };
    const parameter = (): Parameter => ownParameter(zeros([numFeatures] as readonly number[], factory));
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? parameter() : null;
    this.bias = affine ? parameter() : null;
    this.running_mean = null;
    this.running_var = null;
    this.num_batches_tracked = null;
    if (trackRunningStats) {
      this.registerBuffer('running_mean', zeros([numFeatures], factory) as Tensor);
      this.registerBuffer('running_var', ones([numFeatures], factory) as Tensor);
      this.registerBuffer('num_batches_tracked', zeros([], { dtype: 'int64', backend }) as Tensor);
    }
    this.resetParameters();
  }

  /** Running statistics as at the start: means 0, variances 1. */
  resetRunningStats(): void {
    for (const t of [this.running_mean, this.num_batches_tracked]) if (t !== null) fillInPlace(t, 0);
    if (this.running_var !== null) fillInPlace(this.running_var, 1);
  }

  /** Weights 1, biases 0, and the running statistics as at the start. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override extraRepr(): string {
    const momentum = this.momentum === null ? 'None' : pythonNumber(this.momentum);
    return `${this.numFeatures}, eps=${pythonFloat(this.eps)}, momentum=${momentum}, affine=${pythonBool(this.affine)}, track_running_stats=${pythonBool(this.trackRunningStats)}`;
  }

  /** @internal */
  '~checkRank'(input: Tensor, ranks: readonly number[]): void {
    const { shape } = input.layout;
    if (!ranks.includes(shape.length))
      throw new ValueError(
        this.constructor.name,
        `expected ${ranks.map((rank) => `${rank}D`).join(' or ')} input (got ${shape.length}D input ${shapeText(shape)})`,
      );
  }
}

/** What the three have in common. */
export abstract class BatchNorm extends RunningNorm {
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super(numFeatures, options, true);
  }

  /** Numbers of dimensions that inputs may have. */
  protected abstract ranks(): readonly number[];

  override '~compute'(input: Tensor): Tensor {
    this['~checkRank'](input, this.ranks());
    const { weight, bias, eps, training, running_mean: mean, running_var: variance } = this;
    const isTracking = training && this.num_batches_tracked !== null;
    if (isTracking) this.num_batches_tracked!.add_(1);
    return batchNorm(input, mean, variance, {
      weight,
      bias,
      eps,
      training: training || mean === null,
      momentum: this.momentum ?? (isTracking ? this.num_batches_tracked! : 0),
    });
  }
}

/** Normalizes each channel of (N, C) or (N, C, L) over the batch; as `BatchNorm2d`. PyTorch: `torch.nn.BatchNorm1d`. */
export class BatchNorm1d extends BatchNorm {
  protected override ranks(): readonly number[] {
    return [2, 3];
  }
}

/**
 * Normalizes each channel of (N, C, H, W), then times a weight plus a bias, which start as 1 and 0. While training, by mean and variance of the batch, which the buffers `running_mean` and `running_var`
 * follow; in `eval()` mode by those. See `batchNorm`. PyTorch: `torch.nn.BatchNorm2d`.
 * @throws ValueError in `forward` for inputs of another rank, or one value a channel in training
 * @example
 * ```ts
 * import { BatchNorm2d } from '@nn/nn';
 * import { full } from '@nn/tensor';
 * const norm = new BatchNorm2d(3);
 * console.log(norm.forward(full([8, 3, 4, 4], 5)).shape, Object.keys(norm.stateDict()).join(' '));
 * // prints: [ 8, 3, 4, 4 ] weight bias running_mean running_var num_batches_tracked
 * console.log(await norm.running_mean!.toArray()); // prints: [ 0.5, 0.5, 0.5 ]
 * ```
 */
export class BatchNorm2d extends BatchNorm {
  protected override ranks(): readonly number[] {
    return [4];
  }
}

/** Normalizes each channel of (N, C, D, H, W) over the batch; as `BatchNorm2d`. PyTorch: `torch.nn.BatchNorm3d`. */
export class BatchNorm3d extends BatchNorm {
  protected override ranks(): readonly number[] {
    return [5];
  }
}

abstract class InstanceNorm extends RunningNorm {
  constructor(numFeatures: number, options: BatchNormLayerOptions = {}) {
    super(numFeatures, options, false);
  }

  /** Number of dimensions of an input without a batch. */
  protected abstract single(): number;

  override '~compute'(input: Tensor): Tensor {
    const rank = this.single();
    this['~checkRank'](input, [rank, rank + 1]);
    const isSingle = input.layout.shape.length === rank;
    const batch: Tensor = isSingle ? input.unsqueeze(0) : input;
    const { weight, bias, eps, running_mean: runningMean, running_var: runningVar } = this;
    const output = instanceNorm(batch, {
      weight,
      bias,
      eps,
      runningMean,
      runningVar,
      useInputStats: this.training || !this.trackRunningStats,
      momentum: this.momentum ?? 0,
    });
    if (!isSingle) return output;
    batch.dispose();
    const out = output.squeeze(0) as Tensor;
    output.dispose();
    return out;
  }
}

/** Normalizes each channel of each sample of (N, C, L) or (C, L); as `InstanceNorm2d`. PyTorch: `torch.nn.InstanceNorm1d`. */
export class InstanceNorm1d extends InstanceNorm {
  protected override single(): number {
    return 2;
  }
}

/**
 * Normalizes each channel of each sample of (N, C, H, W) or (C, H, W), see `instanceNorm`; by default without weight, bias and running statistics. PyTorch: `torch.nn.InstanceNorm2d`.
 * @throws ValueError in `forward` for inputs of another rank, or one position a channel
 * @example
 * ```ts
 * import { InstanceNorm2d } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const norm = new InstanceNorm2d(1, { eps: 0.5625 });
 * console.log(await norm.forward(tensor([[[1, 3]]])).toArray()); // prints: [ [ [ -0.800000011920929, 0.800000011920929 ] ] ]
 * ```
 */
export class InstanceNorm2d extends InstanceNorm {
  protected override single(): number {
    return 3;
  }
}

/** Normalizes each channel of each sample of (N, C, D, H, W) or (C, D, H, W); as `InstanceNorm2d`. PyTorch: `torch.nn.InstanceNorm3d`. */
export class InstanceNorm3d extends InstanceNorm {
  protected override single(): number {
    return 4;
  }
}
