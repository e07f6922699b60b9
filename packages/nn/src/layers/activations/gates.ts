/** Activations over a dimension, and those with parameters. */
import { ShapeError, ValueError } from '@nn/backend';
import { full, glu, type KeepsShape, logSoftmax, prelu, softmax, softmin, type Tensor } from '@nn/tensor';
import { shapeText } from '@nn/tensor/internal';
import { PlainLayer, type UnknownShape } from '../../module/layer.ts';
import { ownParameter, type Parameter } from '../../module/parameter.ts';
import type { FactoryOptions } from '../linear.ts';

export interface DimOptions {
  /** The dimension that adds up to 1. */
  readonly dim: number;
}

abstract class DimLayer extends PlainLayer<KeepsShape> {
  readonly dim: number;

  constructor(options: DimOptions) {
    super(options);
    this.dim = options?.dim;
    if (!Number.isInteger(this.dim)) {
      const { name } = this.constructor;
      throw new ValueError(
        name,
        `dim is ${String(this.dim)}; give the dimension that adds up to 1: new ${name}({ dim: 1 })`,
      );
    }
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/**
 * eˣ / Σ eˣ along a dimension. PyTorch: `torch.nn.Softmax`.
 * @example
 * ```ts
 * import { Softmax } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await new Softmax({ dim: 1 }).forward(tensor([[0, 0], [1000, 0]])).toArray()); // prints: [ [ 0.5, 0.5 ], [ 1, 0 ] ]
 * ```
 */
export class Softmax extends DimLayer {
  override '~compute'(input: Tensor): Tensor {
    return softmax(input, this.dim);
  }
}

/** The logarithm of softmax. PyTorch: `torch.nn.LogSoftmax`. */
export class LogSoftmax extends DimLayer {
  override '~compute'(input: Tensor): Tensor {
    return logSoftmax(input, this.dim);
  }
}

/** softmax of -x. PyTorch: `torch.nn.Softmin`. */
export class Softmin extends DimLayer {
  override '~compute'(input: Tensor): Tensor {
    return softmin(input, this.dim);
  }
}

/** softmax over the channels of an image: inputs are (N, C, H, W) or (C, H, W). PyTorch: `torch.nn.Softmax2d`. */
export class Softmax2d extends PlainLayer<KeepsShape> {
  override '~compute'(input: Tensor): Tensor {
    if (input.ndim !== 3 && input.ndim !== 4)
      throw new ShapeError(
        'Softmax2d',
        `the input has ${input.ndim} dimensions, expected 3 or 4: ${shapeText(input.shape)}`,
      );
    return softmax(input, -3);
  }
}

export interface GLUOptions {
  /** The dimension that is halved; -1. */
  readonly dim?: number | undefined;
}

/** The first half of a dimension times the sigmoid of the second. PyTorch: `torch.nn.GLU`. */
export class GLU extends PlainLayer<UnknownShape> {
  readonly dim: number;

  constructor(options: GLUOptions = {}) {
    super(options);
    this.dim = options.dim ?? -1;
  }

  override '~compute'(input: Tensor): Tensor {
    return glu(input, { dim: this.dim });
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

export interface PReLUOptions extends FactoryOptions {
  /** One slope, or one for each channel (dimension 1); 1. */
  readonly numParameters?: number | undefined;
  /** Where the slopes start; 0.25. */
  readonly init?: number | undefined;
}

/** leakyRelu with learnt slopes. PyTorch: `torch.nn.PReLU`. */
export class PReLU extends PlainLayer<KeepsShape> {
  readonly numParameters: number;
  weight: Parameter;

  constructor(options: PReLUOptions = {}) {
    super(options);
    const { numParameters = 1, init = 0.25, dtype, backend } = options;
    this.numParameters = numParameters;
    this.weight = ownParameter<readonly number[], 'float16' | 'float32' | 'float64'>(
      full([numParameters], init, { dtype, backend }),
    );
  }

  override '~compute'(input: Tensor): Tensor {
    return prelu(input, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}
