/** Powers and roots. Exponents that have a shorter way (2, ½, −1 …) take it, which is faster and, as in PyTorch, exact where a general power is not. */
import * as rows from '@nn/backend';
import { dtypes, mul, ValueError } from '@nn/backend';
import { categoryOf, type Numeric, numberOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { binary, binaryInPlace, type Formula, unary, unaryInPlace } from './build.ts';
import { isTensor } from './operand.ts';
import type {
  BinaryFunction,
  BinaryInPlaceFunction,
  FloatFunction,
  InPlaceFunction,
  UnaryFunction,
} from './signatures.ts';

/** √x; NaN for negative x. PyTorch: `torch.sqrt`. */
export const sqrt: FloatFunction = unary('sqrt', 'float');
export const sqrt_: InPlaceFunction = unaryInPlace('sqrt', 'float');
/** 1 / √x. PyTorch: `torch.rsqrt`. */
export const rsqrt: FloatFunction = unary(rows.rsqrt, 'float');
export const rsqrt_: InPlaceFunction = unaryInPlace(rows.rsqrt, 'float');
/** 1 / x. PyTorch: `torch.reciprocal`. */
export const reciprocal: FloatFunction = unary(rows.reciprocal, 'float');
export const reciprocal_: InPlaceFunction = unaryInPlace(rows.reciprocal, 'float');
/** x²; of integers an integer. PyTorch: `torch.square`. */
export const square: UnaryFunction = unary('square', 'promote', rows.square, 'number');
export const square_: InPlaceFunction = unaryInPlace('square', 'promote', rows.square, 'number');

/** √(x² + y²) of floats, without overflow. PyTorch: `torch.hypot`. */
export const hypot: BinaryFunction<'hypot'> = binary(rows.hypot);
export const hypot_: BinaryInPlaceFunction<'hypot_'> = binaryInPlace(rows.hypot);

/** What stands for a power with this exponent; the exponent itself, a number of the user's, is not read. */
const shortcuts: readonly (readonly [number, Formula])[] = [
  [2, (x) => rows.square(x!)],
  [3, (x) => mul(rows.square(x!), x!)],
  [0.5, (x) => rows.sqrt(x!)],
  [-0.5, (x) => rows.rsqrt(x!)],
  [-1, (x) => rows.reciprocal(x!)],
  [-2, (x) => rows.inverseSquare(x!)],
];

const general = binary('pow', 'promote', 'pow', 'number');
const generalInto = binaryInPlace('pow', 'promote', 'pow', 'number');
const withShortcuts = <F>(make: typeof binary): ReadonlyMap<number, F> =>
  new Map(shortcuts.map(([exponent, formula]) => [exponent, make<F>('pow', 'promote', formula, 'number')]));
const byExponent = withShortcuts<typeof general>(binary);
const intoByExponent = withShortcuts<typeof generalInto>(binaryInPlace);

function checkExponent(op: string, x: Tensor, exponent: Numeric): void {
  if (numberOf(exponent) < 0 && categoryOf(exponent) === 'integer' && dtypes[x.layout.dtype].category !== 'float')
    throw new ValueError(
      op,
      `integers have no power ${numberOf(exponent)}; pass float(${numberOf(exponent)}), or convert x with .to('float32')`,
    );
}

/**
 * x to the power y; either may be a number. Integers to a negative number are a `ValueError`; to negative exponents in a tensor they give 0, or ±1 for ±1.
 * PyTorch: `torch.pow`.
 * @example
 * ```ts
 * import { pow, tensor } from '@nn/tensor';
 * console.log(await pow(tensor([1, 2, 3]), 2).toArray()); // prints: [ 1, 4, 9 ]
 * console.log(await pow(2, tensor([1, 2, 3])).toArray()); // prints: [ 2, 4, 8 ]
 * ```
 */
export const pow: BinaryFunction<'pow'> = ((x: Tensor | Numeric, y: Tensor | Numeric) => {
  if (isTensor(y) || !isTensor(x)) return general(x, y);
  checkExponent('pow', x, y);
  return (byExponent.get(numberOf(y)) ?? general)(x, y);
}) as never;

/** x to the power y, in place. */
export const pow_: BinaryInPlaceFunction<'pow_'> = ((x: Tensor, y: Tensor | Numeric) => {
  if (isTensor(y)) return generalInto(x, y);
  checkExponent('pow_', x, y);
  return (intoByExponent.get(numberOf(y)) ?? generalInto)(x, y);
}) as never;
