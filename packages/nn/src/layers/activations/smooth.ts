/** Smooth activations as layers. */
import { celu, celu_, elu, elu_, gelu, type KeepsShape, logsigmoid, mish, mish_, selu, selu_, sigmoid, silu, silu_, softplus, softsign, type Tensor, tanh, tanhshrink } from '@nn/tensor'; // biome-ignore format: a list
import { PlainLayer } from '../../module/layer.ts';
import { pythonFloat, pythonNumber } from '../../module/python-text.ts';
import { InPlaceLayer, type InPlaceOptions } from './in-place.ts';

/** 1 / (1 + e⁻ˣ). PyTorch: `torch.nn.Sigmoid`. */
export class Sigmoid extends PlainLayer<KeepsShape> {
  override '~compute'(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/** log(sigmoid(x)). PyTorch: `torch.nn.LogSigmoid`. */
export class LogSigmoid extends PlainLayer<KeepsShape> {
  override '~compute'(input: Tensor): Tensor {
    return logsigmoid(input);
  }
}

/** The hyperbolic tangent. PyTorch: `torch.nn.Tanh`. */
export class Tanh extends PlainLayer<KeepsShape> {
  override '~compute'(input: Tensor): Tensor {
    return tanh(input);
  }
}

/** x − tanh(x). PyTorch: `torch.nn.Tanhshrink`. */
export class Tanhshrink extends PlainLayer<KeepsShape> {
  override '~compute'(input: Tensor): Tensor {
    return tanhshrink(input);
  }
}

/** x / (1 + |x|). PyTorch: `torch.nn.Softsign`. */
export class Softsign extends PlainLayer<KeepsShape> {
  override '~compute'(input: Tensor): Tensor {
    return softsign(input);
  }
}

/** The self-normalising elu. PyTorch: `torch.nn.SELU`. */
export class SELU extends InPlaceLayer {
  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? selu_(input) : selu(input);
  }
}

/** x · sigmoid(x). PyTorch: `torch.nn.SiLU`. */
export class SiLU extends InPlaceLayer {
  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? silu_(input) : silu(input);
  }
}

/** x · tanh(softplus(x)). PyTorch: `torch.nn.Mish`. */
export class Mish extends InPlaceLayer {
  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? mish_(input) : mish(input);
  }
}

export interface ELUOptions extends InPlaceOptions {
  /** The limit for x → -∞, negated; 1. */
  readonly alpha?: number | undefined;
}

abstract class AlphaLayer extends InPlaceLayer {
  readonly alpha: number;

  constructor(options: ELUOptions = {}) {
    super(options);
    this.alpha = options.alpha ?? 1;
  }

  override extraRepr(): string {
    return this.settings(`alpha=${pythonFloat(this.alpha)}`);
  }
}

/** x, or alpha · (eˣ − 1) below 0. PyTorch: `torch.nn.ELU`. */
export class ELU extends AlphaLayer {
  override '~compute'(input: Tensor): Tensor {
    const { alpha } = this;
    return this.inplace ? elu_(input, { alpha }) : elu(input, { alpha });
  }
}

/** x, or alpha · (e^(x / alpha) − 1) below 0. PyTorch: `torch.nn.CELU`. */
export class CELU extends AlphaLayer {
  override '~compute'(input: Tensor): Tensor {
    const { alpha } = this;
    return this.inplace ? celu_(input, { alpha }) : celu(input, { alpha });
  }
}

export interface GELUOptions {
  /** 'none': with erf; 'tanh': by an approximation. */
  readonly approximate?: 'none' | 'tanh' | undefined;
}

/** x · Φ(x), where Φ is the normal distribution function. PyTorch: `torch.nn.GELU`. */
export class GELU extends PlainLayer<KeepsShape> {
  readonly approximate: 'none' | 'tanh';

  constructor(options: GELUOptions = {}) {
    super(options);
    this.approximate = options.approximate ?? 'none';
  }

  override '~compute'(input: Tensor): Tensor {
    return gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

export interface SoftplusOptions {
  /** Sharpness; 1. */
  readonly beta?: number | undefined;
  /** Where beta · x exceeds it the result is x; 20. */
  readonly threshold?: number | undefined;
}

/** log(1 + e^(beta · x)) / beta. PyTorch: `torch.nn.Softplus`. */
export class Softplus extends PlainLayer<KeepsShape> {
  readonly beta: number;
  readonly threshold: number;

  constructor(options: SoftplusOptions = {}) {
    super(options);
    this.beta = options.beta ?? 1;
    this.threshold = options.threshold ?? 20;
  }

  override '~compute'(input: Tensor): Tensor {
    return softplus(input, { beta: this.beta, threshold: this.threshold });
  }

  override extraRepr(): string {
    return `beta=${pythonNumber(this.beta)}, threshold=${pythonNumber(this.threshold)}`;
  }
}
