/** Activations made of straight pieces, as layers. */
import { hardshrink, hardsigmoid, hardsigmoid_, hardswish, hardswish_, hardtanh, hardtanh_, type KeepsShape, leakyRelu, leakyRelu_, relu, relu_, relu6, relu6_, rrelu, rrelu_, softshrink, type Tensor, threshold, threshold_ } from '@nn/tensor'; // biome-ignore format: a list
import { type Op, reluInto, reluOp } from '@nn/tensor/internal';
import { PlainLayer } from '../../module/layer.ts';
import { pythonFloat, pythonNumber } from '../../module/python-text.ts';
import { InPlaceLayer, type InPlaceOptions } from './in-place.ts';

/** max(x, 0). PyTorch: `torch.nn.ReLU`. */
export class ReLU extends InPlaceLayer {
  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? relu_(input) : relu(input);
  }

  override get '~asMap'(): Op<'map'> {
    return reluOp;
  }

  /** Its gradient reads the result alone, so what no graph has saved either is overwritten; but no view, which would be written through its base. */
  override '~consume'(input: Tensor): Tensor {
    return input.storage.references === 1 && input.base === null ? reluInto(input) : super['~consume'](input);
  }
}

/** x between 0 and 6. PyTorch: `torch.nn.ReLU6`. */
export class ReLU6 extends InPlaceLayer {
  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? relu6_(input) : relu6(input);
  }
}

/** x / 6 + 1/2, between 0 and 1. PyTorch: `torch.nn.Hardsigmoid`. */
export class Hardsigmoid extends InPlaceLayer {
  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? hardsigmoid_(input) : hardsigmoid(input);
  }

  /** PyTorch prints no settings here. */
  override extraRepr(): string {
    return '';
  }
}

/** x · hardsigmoid(x). PyTorch: `torch.nn.Hardswish`. */
export class Hardswish extends InPlaceLayer {
  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? hardswish_(input) : hardswish(input);
  }

  /** PyTorch prints no settings here. */
  override extraRepr(): string {
    return '';
  }
}

export interface LeakyReLUOptions extends InPlaceOptions {
  /** The slope for x < 0; 0.01. */
  readonly negativeSlope?: number | undefined;
}

/** x, or negativeSlope · x below 0. PyTorch: `torch.nn.LeakyReLU`. */
export class LeakyReLU extends InPlaceLayer {
  readonly negativeSlope: number;

  constructor(options: LeakyReLUOptions = {}) {
    super(options);
    this.negativeSlope = options.negativeSlope ?? 0.01;
  }

  override '~compute'(input: Tensor): Tensor {
    const { negativeSlope } = this;
    return this.inplace ? leakyRelu_(input, { negativeSlope }) : leakyRelu(input, { negativeSlope });
  }

  override extraRepr(): string {
    return this.settings(`negative_slope=${pythonFloat(this.negativeSlope)}`);
  }
}

export interface RReLUOptions extends InPlaceOptions {
  /** The smallest slope for x < 0; 1/8. */
  readonly lower?: number | undefined;
  /** The largest; 1/3. */
  readonly upper?: number | undefined;
}

/** leakyRelu with slopes drawn anew for each element in training, and their mean otherwise. PyTorch: `torch.nn.RReLU`. */
export class RReLU extends InPlaceLayer {
  readonly lower: number;
  readonly upper: number;

  constructor(options: RReLUOptions = {}) {
    super(options);
    this.lower = options.lower ?? 1 / 8;
    this.upper = options.upper ?? 1 / 3;
  }

  override '~compute'(input: Tensor): Tensor {
    const { lower, upper, training } = this;
    return this.inplace ? rrelu_(input, { lower, upper, training }) : rrelu(input, { lower, upper, training });
  }

  override extraRepr(): string {
    return this.settings(`lower=${pythonFloat(this.lower)}, upper=${pythonFloat(this.upper)}`);
  }
}

export interface HardtanhOptions extends InPlaceOptions {
  /** The lower bound; -1. */
  readonly minVal?: number | undefined;
  /** The upper bound; 1. */
  readonly maxVal?: number | undefined;
}

/** x between two bounds. PyTorch: `torch.nn.Hardtanh`. */
export class Hardtanh extends InPlaceLayer {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(options: HardtanhOptions = {}) {
    super(options);
    this.minVal = options.minVal ?? -1;
    this.maxVal = options.maxVal ?? 1;
  }

  override '~compute'(input: Tensor): Tensor {
    const { minVal, maxVal } = this;
    return this.inplace ? hardtanh_(input, { minVal, maxVal }) : hardtanh(input, { minVal, maxVal });
  }

  override extraRepr(): string {
    return this.settings(`min_val=${pythonFloat(this.minVal)}, max_val=${pythonFloat(this.maxVal)}`);
  }
}

/** x where it exceeds `threshold`, else `value`. PyTorch: `torch.nn.Threshold`. */
export class Threshold extends InPlaceLayer {
  readonly threshold: number;
  readonly value: number;

  constructor(limit: number, value: number, options: InPlaceOptions = {}) {
    super(options);
    this.threshold = limit;
    this.value = value;
  }

  override '~compute'(input: Tensor): Tensor {
    return this.inplace ? threshold_(input, this.threshold, this.value) : threshold(input, this.threshold, this.value);
  }

  override extraRepr(): string {
    return this.settings(`threshold=${pythonNumber(this.threshold)}, value=${pythonNumber(this.value)}`);
  }
}

export interface ShrinkOptions {
  /** How far from 0 the result is 0; 0.5. */
  readonly lambd?: number | undefined;
}

abstract class ShrinkLayer extends PlainLayer<KeepsShape> {
  readonly lambd: number;

  constructor(options: ShrinkOptions = {}) {
    super(options);
    this.lambd = options.lambd ?? 0.5;
  }

  override extraRepr(): string {
    return pythonFloat(this.lambd);
  }
}

/** x, or 0 where |x| ≤ lambd. PyTorch: `torch.nn.Hardshrink`. */
export class Hardshrink extends ShrinkLayer {
  override '~compute'(input: Tensor): Tensor {
    return hardshrink(input, { lambd: this.lambd });
  }
}

/** x moved towards 0 by lambd. PyTorch: `torch.nn.Softshrink`. */
export class Softshrink extends ShrinkLayer {
  override '~compute'(input: Tensor): Tensor {
    return softshrink(input, { lambd: this.lambd });
  }
}
