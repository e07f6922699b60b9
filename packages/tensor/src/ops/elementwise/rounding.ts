/** Rounding. Integers are whole already and stay as they are; gradients are 0. */
import * as rows from '@nn/backend';
import {
  apply,
  DTypeError,
  div,
  dtypes,
  type Expression,
  isFloatScalar,
  mul,
  round as toNearest,
  ValueError,
} from '@nn/backend';
import { checkNamed } from '../../core/named.ts';
import type { Tensor } from '../../tensor.ts';
import { parametric, parametricInPlace, unary, unaryInPlace } from './build.ts';
import type { InPlaceFunction, InPlaceOptionsFunction, OptionsFunction, UnaryFunction } from './signatures.ts';

/** A rounding of floats that leaves integers alone. */
const whole =
  (row: string) =>
  (...[x]: Expression[]): Expression =>
    isFloatScalar(x!.type) ? apply(row, x!) : x!;

/** The next integer below (or x itself). PyTorch: `torch.floor`. */
export const floor: UnaryFunction = unary('floor', 'promote', whole('floor'), 'number');
export const floor_: InPlaceFunction = unaryInPlace('floor', 'promote', whole('floor'), 'number');
/** The next integer above (or x itself). PyTorch: `torch.ceil`. */
export const ceil: UnaryFunction = unary('ceil', 'promote', whole('ceil'), 'number');
export const ceil_: InPlaceFunction = unaryInPlace('ceil', 'promote', whole('ceil'), 'number');
/** x without its fraction. PyTorch: `torch.trunc`. */
export const trunc: UnaryFunction = unary('trunc', 'promote', whole('trunc'), 'number');
export const trunc_: InPlaceFunction = unaryInPlace('trunc', 'promote', whole('trunc'), 'number');
/** x − trunc(x), of floats; passes the gradient on. PyTorch: `torch.frac`. */
export const frac: UnaryFunction = unary(rows.frac);
export const frac_: InPlaceFunction = unaryInPlace(rows.frac);

/** Options of round. */
export interface RoundOptions {
  /** Decimal places to keep; negative: places before the point; 0. */
  readonly decimals?: number | undefined;
}

const nearest = unary('round', 'promote', whole('round'), 'number');
const nearestInto = unaryInPlace('round', 'promote', whole('round'), 'number');
const fine = (...[x, scale]: Expression[]): Expression => div(toNearest(mul(x!, scale!)), scale!);
const coarse = (...[x, scale]: Expression[]): Expression => mul(toNearest(div(x!, scale!)), scale!);
const fineOf = parametric('round', 1, 'promote', fine, 'float');
const fineInto = parametricInPlace('round', 1, 'promote', fine, 'float');
const coarseOf = parametric('round', 1, 'promote', coarse, 'float');
const coarseInto = parametricInPlace('round', 1, 'promote', coarse, 'float');

function checkDecimals(op: string, x: Tensor, decimals: number): void {
  if (!Number.isInteger(decimals)) throw new ValueError(op, `decimals is ${decimals}; it must be a whole number`);
  if (dtypes[x.layout.dtype].category !== 'float')
    throw new DTypeError(op, `decimals are of floats, not ${x.layout.dtype}; convert with .to('float32') first`);
}

/**
 * The nearest integer, halves to the even one; with `decimals` the nearest multiple of 10^−decimals. PyTorch: `torch.round`.
 * @example
 * ```ts
 * import { round, tensor } from '@nn/tensor';
 * console.log(await round(tensor([0.5, 1.5, 2.6])).toArray()); // prints: [ 0, 2, 3 ]
 * console.log(await round(tensor([1234.5]), { decimals: -2 }).toArray()); // prints: [ 1200 ]
 * ```
 */
export const round: OptionsFunction<RoundOptions> = ((x: Tensor, options: RoundOptions = {}) => {
  const decimals = checkNamed('round', options).decimals ?? 0;
  if (decimals === 0) return nearest(x);
  checkDecimals('round', x, decimals);
  return decimals > 0 ? fineOf(x, [10 ** decimals]) : coarseOf(x, [10 ** -decimals]);
}) as never;

/** Rounds in place. */
export const round_: InPlaceOptionsFunction<RoundOptions> = ((x: Tensor, options: RoundOptions = {}) => {
  const decimals = checkNamed('round_', options).decimals ?? 0;
  if (decimals === 0) return nearestInto(x);
  checkDecimals('round_', x, decimals);
  return decimals > 0 ? fineInto(x, [10 ** decimals]) : coarseInto(x, [10 ** -decimals]);
}) as never;
