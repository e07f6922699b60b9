/** The bilinear layer. */
import { empty, type Tensor } from '@nn/tensor';
import { bilinear } from '../functional/bilinear.ts';
import { uniform_ } from '../init/index.ts';
import { Module } from '../module/module.ts';
import { ownParameter, type Parameter } from '../module/parameter.ts';
import { pythonBool } from '../module/python-text.ts';
import type { LinearOptions } from './linear.ts';

/**
 * y = x1ᵀ W x2 + b for inputs (…, in1Features) and (…, in2Features). Weight and bias start uniform in ±1/√in1Features. PyTorch: `torch.nn.Bilinear`.
 * @example
 * ```ts
 * import { Bilinear } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new Bilinear(2, 3, 4).forward(zeros([8, 2]), zeros([8, 3])).shape); // prints: [ 8, 4 ]
 * ```
 */
export class Bilinear extends Module {
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(in1Features: number, in2Features: number, outFeatures: number, options: LinearOptions = {}) {
    super(options);
    const { bias = true, ...factory } = options;
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = ownParameter<readonly number[], 'float16' | 'float32' | 'float64'>(
      empty([outFeatures, in1Features, in2Features], factory),
    );
    this.bias = bias
      ? ownParameter<readonly number[], 'float16' | 'float32' | 'float64'>(empty([outFeatures], factory))
      : null;
    this.resetParameters();
  }

  /** Draws new values for the parameters. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, { a: -bound, b: bound });
    if (this.bias !== null) uniform_(this.bias, { a: -bound, b: bound });
  }

  override forward(input1: Tensor, input2: Tensor): Tensor {
    return bilinear(input1, input2, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `in1_features=${this.in1Features}, in2_features=${this.in2Features}, out_features=${this.outFeatures}, bias=${pythonBool(this.bias !== null)}`;
  }
}
