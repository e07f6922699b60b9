/** The larger, the smaller, and what lies between bounds. */
import * as rows from '@nn/backend';
import { ValueError } from '@nn/backend';
import { checkNamed } from '../../core/named.ts';
import type { Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { binary, binaryInPlace, ternary, ternaryInPlace } from './build.ts';
import type { BinaryFunction, BinaryInPlaceFunction, ClampFunction } from './signatures.ts';

/** The larger of two; NaN if either is. Where they are equal each gets half of the gradient. PyTorch: `torch.maximum`. */
export const maximum: BinaryFunction<'maximum'> = binary('maximum', 'promote', 'max');
/** The smaller of two; NaN if either is. Where they are equal each gets half of the gradient. PyTorch: `torch.minimum`. */
export const minimum: BinaryFunction<'minimum'> = binary('minimum', 'promote', 'min');
/** The larger of two, the number where one is NaN. PyTorch: `torch.fmax`. */
export const fmax: BinaryFunction<'fmax'> = binary(rows.fmax);
/** The smaller of two, the number where one is NaN. PyTorch: `torch.fmin`. */
export const fmin: BinaryFunction<'fmin'> = binary(rows.fmin);

/** x, at least `min`. PyTorch: `torch.clamp_min`. */
export const clampMin: BinaryFunction<'clampMin'> = binary('clampMin', 'promote', rows.clampMin, 'number');
export const clampMin_: BinaryInPlaceFunction<'clampMin_'> = binaryInPlace(
  'clampMin',
  'promote',
  rows.clampMin,
  'number',
);
/** x, at most `max`. PyTorch: `torch.clamp_max`. */
export const clampMax: BinaryFunction<'clampMax'> = binary('clampMax', 'promote', rows.clampMax, 'number');
export const clampMax_: BinaryInPlaceFunction<'clampMax_'> = binaryInPlace(
  'clampMax',
  'promote',
  rows.clampMax,
  'number',
);

/** Options of clamp: numbers or tensors, at least one of them. */
export interface ClampOptions {
  readonly min?: Tensor | Numeric | null | undefined;
  readonly max?: Tensor | Numeric | null | undefined;
}

const between = ternary('clamp', rows.clamp, { takes: 'number' });
const atLeast = binary('clamp', 'promote', rows.clampMin, 'number');
const atMost = binary('clamp', 'promote', rows.clampMax, 'number');
const betweenInto = ternaryInPlace('clamp', rows.clamp, { takes: 'number' });
const atLeastInto = binaryInPlace('clamp', 'promote', rows.clampMin, 'number');
const atMostInto = binaryInPlace('clamp', 'promote', rows.clampMax, 'number');

const noBounds = (op: string): ValueError =>
  new ValueError(op, 'neither min nor max is given; pass at least one: { min: 0 }');

/**
 * x between `min` and `max`, each a number or a tensor that broadcasts; `max` wins where it is the smaller. NaN stays. At the bounds x gets the gradient.
 * PyTorch: `torch.clamp`.
 * @example
 * ```ts
 * import { clamp, tensor } from '@nn/tensor';
 * console.log(await clamp(tensor([-2, 0.5, 3]), { min: -1, max: 1 }).toArray()); // prints: [ -1, 0.5, 1 ]
 * ```
 */
export const clamp: ClampFunction = ((x: Tensor, options: ClampOptions = {}) => {
  const { min, max } = checkNamed('clamp', options);
  if (min == null && max == null) throw noBounds('clamp');
  return min == null ? atMost(x, max!) : max == null ? atLeast(x, min) : between(x, min, max);
}) as never;

/** Clamps in place. */
export const clamp_: <A extends Tensor>(x: A, options: ClampOptions) => A = ((
  x: Tensor,
  options: ClampOptions = {},
) => {
  const { min, max } = checkNamed('clamp_', options);
  if (min == null && max == null) throw noBounds('clamp_');
  return min == null ? atMostInto(x, max!) : max == null ? atLeastInto(x, min) : betweenInto(x, min, max);
}) as never;
