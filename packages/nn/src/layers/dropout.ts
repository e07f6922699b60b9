/** Dropout layers: they do something in training mode only. */
import { type DropoutOptions, dropout, type KeepsShape, type Tensor } from '@nn/tensor';
import { assign } from '@nn/tensor/internal';
import {
  alphaDropout,
  checkProbability,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
} from '../functional/dropout.ts';
import { PlainLayer } from '../module/layer.ts';
import { pythonBool, pythonNumber } from '../module/python-text.ts';

export interface DropoutLayerOptions {
  /** The probability of being dropped; 0.5. */
  readonly p?: number | undefined;
  /** Overwrite the input instead of making a new tensor; false. */
  readonly inplace?: boolean | undefined;
}

abstract class DropoutLayer extends PlainLayer<KeepsShape> {
  readonly p: number;
  readonly inplace: boolean;

  constructor(options: DropoutLayerOptions = {}) {
    super(options);
    this.p = options.p ?? 0.5;
    this.inplace = options.inplace ?? false;
    checkProbability(this.constructor.name, this.p);
  }

  /** @internal What is dropped. */
  abstract '~drop'(input: Tensor, options: DropoutOptions): Tensor;

  override '~compute'(input: Tensor): Tensor {
    const output = this['~drop'](input, { p: this.p, training: this.training });
    if (!this.inplace || output === input) return output;
    assign(input, output);
    output.dispose();
    return input;
  }

  override extraRepr(): string {
    return `p=${pythonNumber(this.p)}, inplace=${pythonBool(this.inplace)}`;
  }
}

/**
 * In training, sets each element to 0 with probability `p` and multiplies the others by 1 / (1 - p). PyTorch: `torch.nn.Dropout`.
 * @throws ValueError for what is no probability
 * @example
 * ```ts
 * import { Dropout } from '@nn/nn';
 * import { ones } from '@nn/tensor';
 * const layer = new Dropout({ p: 0.2 });
 * console.log((await layer.forward(ones([100])).data()).every((x) => x === 0 || x === 1.25)); // prints: true
 * console.log(await layer.eval().forward(ones([2])).toArray()); // prints: [ 1, 1 ]
 * ```
 */
export class Dropout extends DropoutLayer {
  override '~drop'(input: Tensor, options: DropoutOptions): Tensor {
    return dropout(input, options);
  }
}

/** Drops whole channels of (N, C, L) or (C, L). PyTorch: `torch.nn.Dropout1d`. */
export class Dropout1d extends DropoutLayer {
  override '~drop'(input: Tensor, options: DropoutOptions): Tensor {
    return dropout1d(input, options);
  }
}

/** Drops whole channels of (N, C, H, W). PyTorch: `torch.nn.Dropout2d`. */
export class Dropout2d extends DropoutLayer {
  override '~drop'(input: Tensor, options: DropoutOptions): Tensor {
    return dropout2d(input, options);
  }
}

/** Drops whole channels of (N, C, D, H, W) or (C, D, H, W). PyTorch: `torch.nn.Dropout3d`. */
export class Dropout3d extends DropoutLayer {
  override '~drop'(input: Tensor, options: DropoutOptions): Tensor {
    return dropout3d(input, options);
  }
}

/** Dropout to selu's limit, which keeps mean 0 and variance 1. PyTorch: `torch.nn.AlphaDropout`. */
export class AlphaDropout extends DropoutLayer {
  override '~drop'(input: Tensor, options: DropoutOptions): Tensor {
    return alphaDropout(input, options);
  }
}

/** The same for whole channels of (N, C, …). PyTorch: `torch.nn.FeatureAlphaDropout`. */
export class FeatureAlphaDropout extends DropoutLayer {
  override '~drop'(input: Tensor, options: DropoutOptions): Tensor {
    return featureAlphaDropout(input, options);
  }
}
