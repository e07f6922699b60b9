/** Sizes and signs, what kind of number a value is, and replacing those that are not numbers. */
import * as rows from '@nn/backend';
import { DTypeError, dtypes } from '@nn/backend';
import { checkNamed } from '../../core/named.ts';
import { type Numeric, numberOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { binary, binaryInPlace, parametric, parametricInPlace, unary, unaryInPlace } from './build.ts';
import type {
  BinaryFunction,
  BinaryInPlaceFunction,
  FloatBinaryFunction,
  InPlaceFunction,
  InPlaceOptionsFunction,
  OptionsFunction,
  PredicateFunction,
  UnaryFunction,
} from './signatures.ts';

/** |x|; its gradient at 0 is 0. PyTorch: `torch.abs`. */
export const abs: UnaryFunction = unary('abs', 'promote', 'abs', 'number');
export const abs_: InPlaceFunction = unaryInPlace('abs', 'promote', 'abs', 'number');
/** −1, 0 or 1. PyTorch: `torch.sign`. */
export const sign: UnaryFunction = unary(rows.sign);
export const sign_: InPlaceFunction = unaryInPlace(rows.sign);
/** Whether the sign is minus, −0 included. PyTorch: `torch.signbit`. */
export const signbit: PredicateFunction = unary(rows.signbit, 'bool');
/** |x| with the sign of y, that of −0 included. PyTorch: `torch.copysign`. */
export const copysign: FloatBinaryFunction<'copysign'> = binary(rows.copysign, 'float');
export const copysign_: BinaryInPlaceFunction<'copysign_'> = binaryInPlace(rows.copysign, 'float');
/** 0 below 0, 1 above, `values` at 0; without gradient. PyTorch: `torch.heaviside`. */
export const heaviside: BinaryFunction<'heaviside'> = binary(rows.heaviside);
export const heaviside_: BinaryInPlaceFunction<'heaviside_'> = binaryInPlace(rows.heaviside);

/** x itself, which must be a number. PyTorch: `torch.positive`. */
export const positive: <A extends Tensor>(x: A) => A = (x) => {
  if (x.layout.dtype === 'bool')
    throw new DTypeError('positive', "takes numbers, not bool; convert with .to('int64') first");
  return x;
};

/** Whether an element is NaN; never for integers. PyTorch: `torch.isnan`. */
export const isnan: PredicateFunction = unary(rows.isnan, 'bool');
/** Whether an element is ±inf. PyTorch: `torch.isinf`. */
export const isinf: PredicateFunction = unary(rows.isinf, 'bool');
/** Whether an element is neither NaN nor ±inf. PyTorch: `torch.isfinite`. */
export const isfinite: PredicateFunction = unary(rows.isfinite, 'bool');
/** Whether an element is +inf. PyTorch: `torch.isposinf`. */
export const isposinf: PredicateFunction = unary(rows.isposinf, 'bool');
/** Whether an element is −inf. PyTorch: `torch.isneginf`. */
export const isneginf: PredicateFunction = unary(rows.isneginf, 'bool');

/** Options of nanToNum. */
export interface NanToNumOptions {
  /** For NaN; 0. */
  readonly nan?: Numeric | null | undefined;
  /** For +inf; the largest number of the dtype. */
  readonly posinf?: Numeric | null | undefined;
  /** For −inf; the smallest number of the dtype. */
  readonly neginf?: Numeric | null | undefined;
}

const replaced = parametric(rows.nanToNum, 3);
const replacedInPlace = parametricInPlace(rows.nanToNum, 3);

function replacements(x: Tensor, options: NanToNumOptions = {}): number[] {
  const { dtype } = x.layout;
  const largest = dtype === 'float64' ? Number.MAX_VALUE : dtype === 'float16' ? 65504 : 3.4028234663852886e38;
  const of = (value: Numeric | null | undefined, otherwise: number): number =>
    value == null ? otherwise : numberOf(value);
  return [of(checkNamed('nanToNum', options).nan, 0), of(options.posinf, largest), of(options.neginf, -largest)];
}

const copied = unary('nanToNum', 'promote', (x) => x!);

const isFloatTensor = (x: Tensor): boolean => dtypes[x.layout.dtype].category === 'float';

/**
 * x with numbers in the place of NaN, +inf and −inf; integers have none and are copied. PyTorch: `torch.nan_to_num`.
 * @example
 * ```ts
 * import { nanToNum, tensor } from '@nn/tensor';
 * console.log(await nanToNum(tensor([NaN, 1, Infinity]), { posinf: 9 }).toArray()); // prints: [ 0, 1, 9 ]
 * ```
 */
export const nanToNum: OptionsFunction<NanToNumOptions> = ((x: Tensor, options?: NanToNumOptions) =>
  isFloatTensor(x) ? replaced(x, replacements(x, options)) : copied(x)) as never;
/** Replaces NaN, +inf and −inf in place. */
export const nanToNum_: InPlaceOptionsFunction<NanToNumOptions> = ((x: Tensor, options?: NanToNumOptions) =>
  isFloatTensor(x) ? replacedInPlace(x, replacements(x, options)) : x) as never;
