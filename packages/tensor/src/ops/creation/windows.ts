/** Windows of signal processing: sums of cosines over a vector. */
import {
  add,
  cast,
  coordinate,
  cos,
  type DType,
  DTypeError,
  isFloat,
  mul,
  ShapeError,
  same,
  scalar,
} from '@nn/backend';
import { dispatchCreate } from '../../core/dispatch.ts';
import { layoutOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { getDefaultDType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { single } from '../elementwise/build.ts';
import { deviceFor, type TensorOptions, track } from './options.ts';

/** a₀ + a₁ cos φ + a₂ cos 2φ at φ = i · scalar 3. */
const windowOp = new Op('map', 'window', {
  inPlace: false,
  build: ([layout]) => {
    const type = layout!.dtype === 'float64' ? 'f64' : 'f32';
    const angle = mul(cast(coordinate, type), scalar(3, type));
    const twice = cos(mul(same(2, angle), angle));
    return single(
      layout!.dtype,
      add(add(scalar(0, type), mul(scalar(1, type), cos(angle))), mul(scalar(2, type), twice)),
      4,
    );
  },
});

export interface WindowOptions<D extends DType = DType> extends TensorOptions<D> {
  /** Leave out the last value of the symmetric window one longer, as spectra want it; true. */
  readonly periodic?: boolean | undefined;
}

function window(
  op: string,
  length: number,
  weights: readonly [number, number, number],
  options: WindowOptions = {},
): Tensor {
  if (!Number.isInteger(length) || length < 0)
    throw new ShapeError(op, `${length} is not a length; it must be a whole number ≥ 0`);
  const dtype = checkNamed(op, options).dtype ?? getDefaultDType();
  if (!isFloat(dtype))
    throw new DTypeError(op, `a window has fractions, so it can't be ${dtype}; use float32 or float64`);
  const intervals = options.periodic === false ? length - 1 : length;
  const layout = layoutOf(deviceFor(op, options), dtype, [length]);
  // A single value is the middle of the window.
  const scalars = length === 1 ? [1, 0, 0, 0] : [...weights, (2 * Math.PI) / Math.max(intervals, 1)];
  return track(dispatchCreate(windowOp, layout, scalars), options);
}

/** 0.5 - 0.5 cos(2πi/n), a vector of `length` values. PyTorch: `torch.hann_window`. */
export const hannWindow = <N extends number, D extends DType = 'float32'>(
  length: N,
  options?: WindowOptions<D>,
): Tensor<[N], NoInfer<D>> => window('hannWindow', length, [0.5, -0.5, 0], options) as never;

/** alpha - beta cos(2πi/n), with alpha 0.54 and beta 0.46. PyTorch: `torch.hamming_window`. */
export const hammingWindow = <N extends number, D extends DType = 'float32'>(
  length: N,
  options?: WindowOptions<D> & { readonly alpha?: number | undefined; readonly beta?: number | undefined },
): Tensor<[N], NoInfer<D>> =>
  window('hammingWindow', length, [options?.alpha ?? 0.54, -(options?.beta ?? 0.46), 0], options) as never;

/** 0.42 - 0.5 cos(2πi/n) + 0.08 cos(4πi/n). PyTorch: `torch.blackman_window`. */
export const blackmanWindow = <N extends number, D extends DType = 'float32'>(
  length: N,
  options?: WindowOptions<D>,
): Tensor<[N], NoInfer<D>> => window('blackmanWindow', length, [0.42, -0.5, 0.08], options) as never;
