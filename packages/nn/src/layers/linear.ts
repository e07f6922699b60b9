/** The dense layer. */
import type { Backend } from '@nn/backend';
import { empty, type LinearFunction, type Tensor } from '@nn/tensor';
import { linearThen, type Op } from '@nn/tensor/internal';
import { kaimingUniform_, uniform_ } from '../init/index.ts';
import { PlainLayer } from '../module/layer.ts';
import { ownParameter, type Parameter } from '../module/parameter.ts';
import { pythonBool } from '../module/python-text.ts';

/** Where the parameters of a layer live and what they hold. */
export interface FactoryOptions {
  /** Element type; the default float. */
  readonly dtype?: 'float16' | 'float32' | 'float64' | undefined;
  /** Where they live; the default backend. */
  readonly backend?: Backend | undefined;
}

export interface LinearOptions extends FactoryOptions {
  /** Whether a learnt bias is added; true. */
  readonly bias?: boolean | undefined;
}

/**
 * y = x Wᵀ + b for x (…, inFeatures), with W (outFeatures, inFeatures). Both start uniform in ±1/√inFeatures. PyTorch: `torch.nn.Linear`.
 * @throws ShapeError in `forward` if the input's last size isn't `inFeatures`
 * @example
 * ```ts
 * import { Linear } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const layer = new Linear(20, 30);
 * console.log(layer.forward(zeros([128, 20])).shape, String(layer)); // prints: [ 128, 30 ] Linear(in_features=20, out_features=30, bias=True)
 * ```
 */
export class Linear<I extends number = number, O extends number = number> extends PlainLayer<LinearFunction<I, O>> {
  readonly inFeatures: I;
  readonly outFeatures: O;
  weight: Parameter<readonly [O, I]>;
  bias: Parameter<readonly [O]> | null;

  constructor(inFeatures: I, outFeatures: O, options: LinearOptions = {}) {
    super(options);
    const { bias = true, ...factory } = options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = ownParameter(empty([outFeatures, inFeatures] as const, factory));
    this.bias = bias ? ownParameter(empty([outFeatures] as const, factory)) : null;
    this.resetParameters();
  }

  /** Draws new values for the parameters. */
  resetParameters(): void {
    // He et al. 2015 with a = √5, which is ±1/√inFeatures.
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias === null) return;
    const bound = this.inFeatures > 0 ? 1 / Math.sqrt(this.inFeatures) : 0;
    uniform_(this.bias, { a: -bound, b: bound });
  }

  override '~compute'(input: Tensor): Tensor {
    return linearThen(input, this.weight as Tensor, this.bias as Tensor | null, null);
  }

  override '~forwardThen'(input: Tensor, then: Op<'map'>): Tensor {
    return linearThen(input, this.weight as Tensor, this.bias as Tensor | null, then);
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${pythonBool(this.bias !== null)}`;
  }
}
