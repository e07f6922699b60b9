/** Layers that give images another size, or exchange channels for pixels. */
import { channelShuffle, type PerDimension, pixelShuffle, pixelUnshuffle, type Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { type InterpolateOptions, type InterpolationMode, interpolated } from '../functional/resampling/interpolate.ts';
import { PlainLayer, type UnknownShape } from '../module/layer.ts';
import { pythonFloat, pythonTuple } from '../module/python-text.ts';

export interface UpsampleOptions extends Omit<InterpolateOptions, 'antialias'> {}

/** What is asked for: a size or a factor. */
export type UpsamplingOptions = Pick<InterpolateOptions, 'size' | 'scaleFactor'>;

/**
 * Signals (N, C, L), images (N, C, H, W) or volumes (N, C, D, H, W) in another size, as `interpolate`. PyTorch: `torch.nn.Upsample`.
 * @throws ShapeError, ValueError, DTypeError in `forward`, as `interpolate`
 * @example
 * ```ts
 * import { Upsample } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const twice = new Upsample({ scaleFactor: 2, mode: 'bilinear', alignCorners: true });
 * console.log(twice.forward(zeros([8, 16, 14, 14])).shape); // prints: [ 8, 16, 28, 28 ]
 * ```
 */
export class Upsample extends PlainLayer<UnknownShape> {
  readonly size: PerDimension | null;
  readonly scaleFactor: PerDimension | null;
  readonly mode: InterpolationMode;
  readonly alignCorners: boolean | null;
  readonly recomputeScaleFactor: boolean | null;

  constructor(options: UpsampleOptions = {}) {
    super(options);
    this.size = options.size ?? null;
    this.scaleFactor = options.scaleFactor ?? null;
    this.mode = options.mode ?? 'nearest';
    this.alignCorners = options.alignCorners ?? null;
    this.recomputeScaleFactor = options.recomputeScaleFactor ?? null;
  }

  override '~compute'(input: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    const options = { size, scaleFactor, mode, alignCorners, recomputeScaleFactor };
    return interpolated(this.constructor.name, input, options);
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode } = this;
    if (scaleFactor === null) return `size=${sizeText(size)}, mode=${mode}`;
    return `scale_factor=${factorText(scaleFactor)}, mode=${mode}`;
  }
}

const sizeText = (size: PerDimension | null): string =>
  size === null ? 'None' : typeof size === 'number' ? String(size) : pythonTuple(size);

const factorText = (factor: PerDimension): string =>
  typeof factor === 'number'
    ? pythonFloat(factor)
    : `(${factor.map(pythonFloat).join(', ')}${factor.length === 1 ? ',' : ''})`;

/** What is asked for and how it is done, once the former is known to be options. */
const withMode = (op: string, options: UpsamplingOptions, mode: UpsampleOptions): UpsampleOptions => ({
  ...checkNamed(op, options),
  ...mode,
});

/** Images in another size, each element the nearest of the input; as `Upsample`. PyTorch: `torch.nn.UpsamplingNearest2d`. */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: UpsamplingOptions = {}) {
    super(withMode(new.target.name, options, { mode: 'nearest' }));
  }
}

/** Images in another size, linear between the input's elements, the corners aligned; as `Upsample`. PyTorch: `torch.nn.UpsamplingBilinear2d`. */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: UpsamplingOptions = {}) {
    super(withMode(new.target.name, options, { mode: 'bilinear', alignCorners: true }));
  }
}

/**
 * [..., c·r², h, w] → [..., c, h·r, w·r]: groups of r² channels become r×r pixels. PyTorch: `torch.nn.PixelShuffle`.
 * @example
 * ```ts
 * import { PixelShuffle } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new PixelShuffle(3).forward(zeros([1, 9, 4, 4])).shape); // prints: [ 1, 1, 12, 12 ]
 * ```
 */
export class PixelShuffle extends PlainLayer<UnknownShape> {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = upscaleFactor;
  }

  override '~compute'(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/**
 * [..., c, h·r, w·r] → [..., c·r², h, w]: undoes `PixelShuffle`. PyTorch: `torch.nn.PixelUnshuffle`.
 * @example
 * ```ts
 * import { PixelUnshuffle } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new PixelUnshuffle(3).forward(zeros([1, 1, 12, 12])).shape); // prints: [ 1, 9, 4, 4 ]
 * ```
 */
export class PixelUnshuffle extends PlainLayer<UnknownShape> {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    this.downscaleFactor = downscaleFactor;
  }

  override '~compute'(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/**
 * Channels (dimension 1) of `groups` groups interleaved. PyTorch: `torch.nn.ChannelShuffle`.
 * @example
 * ```ts
 * import { ChannelShuffle } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[[1], [2], [3], [4]]]);
 * console.log(await new ChannelShuffle(2).forward(x).flatten().toArray()); // prints: [ 1, 3, 2, 4 ]
 * ```
 */
export class ChannelShuffle extends PlainLayer<UnknownShape> {
  readonly groups: number;

  constructor(groups: number) {
    super();
    this.groups = groups;
  }

  override '~compute'(input: Tensor): Tensor {
    return channelShuffle(input, this.groups) as Tensor;
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
