/** Sums, differences, products, quotients and remainders. What is rounded of a quotient, and what is divided by zero, is said here; the rest in rows. */
import * as rows from '@nn/backend';
import { DTypeError, isFloat, sub as minus, div as over, add as plus, mul as times, ValueError } from '@nn/backend';
import { checkNamed } from '../../core/named.ts';
import { categoryOf, type Numeric, numberOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import {
  binary,
  binaryInPlace,
  binaryParametric,
  binaryParametricInPlace,
  type Formula,
  ternary,
  ternaryInPlace,
  unary,
  unaryInPlace,
} from './build.ts';
import { isTensor, plainNumber } from './operand.ts';
import type {
  AddFunction,
  AddInPlaceFunction,
  AddProductFunction,
  AddProductInPlaceFunction,
  AlphaOptions,
  BinaryFunction,
  BinaryInPlaceFunction,
  DivFunction,
  DivInPlaceFunction,
  InPlaceFunction,
  LerpFunction,
  RoundingMode,
  UnaryFunction,
} from './signatures.ts';

type Plain = Tensor | Numeric;

const hasAlpha = (op: string, options: AlphaOptions | undefined): options is { readonly alpha: number } =>
  options !== undefined && (checkNamed(op, options).alpha ?? 1) !== 1;

const isFloatDType = (x: Plain): boolean => (isTensor(x) ? isFloat(x.layout.dtype) : categoryOf(x) === 'float');

/** A factor beside operands; among integers it must be one. */
function factor(op: string, name: string, value: Numeric, operands: readonly Plain[]): number {
  if (categoryOf(value) === 'float' && !operands.some(isFloatDType))
    throw new DTypeError(
      op,
      `${name} is the fraction ${numberOf(value)}, but the operands are integers; pass an integer, or convert them with .to('float32')`,
    );
  return numberOf(value);
}

/** x ± alpha · y, with and without alpha, and in place. */
function sum<F, G>(
  name: string,
  formula: string,
  scaled: Formula,
  takes?: 'number',
): { readonly plain: F; readonly inPlace: G } {
  const plainOf = binary(name, 'promote', formula, takes);
  const scaledOf = binaryParametric(name, 1, 'promote', scaled, takes);
  const plainInto = binaryInPlace(name, 'promote', formula, takes);
  const scaledInto = binaryParametricInPlace(name, 1, 'promote', scaled, takes);
  const own = `${name}_`;
  const plain = (x: Plain, y: Plain, options?: AlphaOptions): Tensor =>
    hasAlpha(name, options) ? scaledOf(x, y, [factor(name, 'alpha', options.alpha, [x, y])]) : plainOf(x, y);
  const inPlace = (x: Tensor, y: Plain, options?: AlphaOptions): Tensor =>
    hasAlpha(own, options) ? scaledInto(x, y, [factor(own, 'alpha', options.alpha, [x, y])]) : plainInto(x, y);
  return { plain: plain as F, inPlace: inPlace as G };
}

const sums = sum<AddFunction<'add'>, AddInPlaceFunction<'add_'>>('add', 'add', (x, y, alpha) =>
  plus(x!, times(alpha!, y!)),
);
const differences = sum<AddFunction<'sub'>, AddInPlaceFunction<'sub_'>>(
  'sub',
  'sub',
  (x, y, alpha) => minus(x!, times(alpha!, y!)),
  'number',
);

/**
 * x + alpha · y, of tensors that broadcast or a tensor and a number. The result has the promoted dtype; of bools it is their "or". PyTorch: `torch.add`.
 * @example
 * ```ts
 * import { add, tensor } from '@nn/tensor';
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await add(x, tensor([10, 20])).toArray()); // prints: [ [ 11, 22 ], [ 13, 24 ] ]
 * console.log(await x.add(1, { alpha: 0.5 }).toArray()); // prints: [ [ 1.5, 2.5 ], [ 3.5, 4.5 ] ]
 * ```
 */
export const add: AddFunction<'add'> = sums.plain;
/** x += alpha · y. */
export const add_: AddInPlaceFunction<'add_'> = sums.inPlace;
/** x − alpha · y; two bools are an error. PyTorch: `torch.sub`. */
export const sub: AddFunction<'sub'> = differences.plain;
/** x −= alpha · y. */
export const sub_: AddInPlaceFunction<'sub_'> = differences.inPlace;

const reversed = binary('rsub', 'promote', (x, y) => minus(y!, x!), 'number');
const reversedScaled = binaryParametric('rsub', 1, 'promote', (x, y, alpha) => minus(y!, times(alpha!, x!)), 'number');

/** y − alpha · x. PyTorch: `torch.rsub`. */
export const rsub: AddFunction<'rsub'> = ((x: Plain, y: Plain, options?: AlphaOptions) =>
  hasAlpha('rsub', options)
    ? reversedScaled(x, y, [factor('rsub', 'alpha', options.alpha, [x, y])])
    : reversed(x, y)) as never;

/** The product, of the promoted dtype; of bools their "and". PyTorch: `torch.mul`. */
export const mul: BinaryFunction<'mul'> = binary('mul');
export const mul_: BinaryInPlaceFunction<'mul_'> = binaryInPlace('mul');
/** −x. PyTorch: `torch.neg`. */
export const neg: UnaryFunction = unary('neg', 'promote', 'neg', 'number');
export const neg_: InPlaceFunction = unaryInPlace('neg', 'promote', 'neg', 'number');

/** Where integers would be divided by the number 0; in a tensor it can't be seen without reading. */
function checkDivisor(op: string, x: Plain, y: Plain): void {
  if (!isTensor(y) && numberOf(y) === 0 && !isFloatDType(x) && !isFloatDType(y))
    throw new ValueError(
      op,
      'an integer is divided by 0, which no integer stands for; pass float(0), or convert to floats, for ±inf and NaN',
    );
}

const quotient = binary('div', 'float');
const floorQuotient = binary('div', 'promote', rows.floorDivide, 'number');
const truncQuotient = binary('div', 'promote', rows.truncDivide, 'number');
const quotientInto = binaryInPlace('div', 'float');
const floorQuotientInto = binaryInPlace('div', 'promote', rows.floorDivide, 'number');
const truncQuotientInto = binaryInPlace('div', 'promote', rows.truncDivide, 'number');

function checkRounding(op: string, mode: RoundingMode): void {
  if (mode !== 'floor' && mode !== 'trunc')
    throw new ValueError(op, `roundingMode is '${String(mode)}'; it must be 'floor', 'trunc' or null`);
}

/**
 * x / y. Without a `roundingMode` the true quotient, a float also of integers; rounded down ('floor', Python's `//`) or towards zero ('trunc', C's `/`) it keeps
 * the promoted dtype and passes no gradient. Integers divided by a 0 in a tensor give 0; the plain number 0 is a `ValueError`. PyTorch: `torch.div`.
 * @example
 * ```ts
 * import { div, tensor } from '@nn/tensor';
 * const x = tensor([-7, 7], { dtype: 'int64' });
 * console.log(await div(x, 2).toArray()); // prints: [ -3.5, 3.5 ]
 * console.log(await div(x, 2, { roundingMode: 'floor' }).toArray()); // prints: [ -4, 3 ]
 * ```
 */
export const div: DivFunction = ((x: Plain, y: Plain, options?: { readonly roundingMode?: RoundingMode }) => {
  if (options !== undefined) checkNamed('div', options);
  const mode = options?.roundingMode ?? null;
  if (mode === null) return quotient(x, y);
  checkRounding('div', mode);
  checkDivisor('div', x, y);
  return mode === 'floor' ? floorQuotient(x, y) : truncQuotient(x, y);
}) as never;

/** x /= y; a true quotient needs a float x. */
export const div_: DivInPlaceFunction = ((x: Tensor, y: Plain, options?: { readonly roundingMode?: RoundingMode }) => {
  if (options !== undefined) checkNamed('div_', options);
  const mode = options?.roundingMode ?? null;
  if (mode === null) return quotientInto(x, y);
  checkRounding('div_', mode);
  checkDivisor('div_', x, y);
  return mode === 'floor' ? floorQuotientInto(x, y) : truncQuotientInto(x, y);
}) as never;

/** A division of integers or floats that refuses the plain divisor 0 among integers. */
function division<N extends string>(name: N, row: Formula): BinaryFunction<N> {
  const of = binary(name, 'promote', row, 'number');
  return ((x: Plain, y: Plain) => {
    checkDivisor(name, x, y);
    return of(x, y);
  }) as never;
}

function divisionInPlace<N extends string>(name: N, row: Formula): BinaryInPlaceFunction<`${N}_`> {
  const into = binaryInPlace(name, 'promote', row, 'number');
  return ((x: Tensor, y: Plain) => {
    checkDivisor(`${name}_`, x, y);
    return into(x, y);
  }) as never;
}

/** The quotient rounded down, of the promoted dtype: Python's `//`. PyTorch: `torch.floor_divide`. */
export const floorDivide: BinaryFunction<'floorDivide'> = division('floorDivide', rows.floorDivide);
export const floorDivide_: BinaryInPlaceFunction<'floorDivide_'> = divisionInPlace('floorDivide', rows.floorDivide);
/** x − y · floor(x / y), with the sign of y: Python's `%`. PyTorch: `torch.remainder`. */
export const remainder: BinaryFunction<'remainder'> = division('remainder', rows.remainder);
export const remainder_: BinaryInPlaceFunction<'remainder_'> = divisionInPlace('remainder', rows.remainder);
/** x − y · trunc(x / y), with the sign of x: C's `fmod`. PyTorch: `torch.fmod`. */
export const fmod: BinaryFunction<'fmod'> = division('fmod', 'rem');
export const fmod_: BinaryInPlaceFunction<'fmod_'> = divisionInPlace('fmod', 'rem');

const product: Formula = (x, y, z, value) => plus(x!, times(times(value!, y!), z!));
const ratio: Formula = (x, y, z, value) => plus(x!, over(times(value!, y!), z!));

/** x + value · y ∘ z, and its like. */
function addProduct(name: string, formula: Formula, takes: 'number' | 'float', inPlace: boolean) {
  const of = (inPlace ? ternaryInPlace : ternary)(name, formula, { takes, parameters: 1 });
  const own = inPlace ? `${name}_` : name;
  return (x: Tensor, y: Tensor, z: Tensor, options: { readonly value?: number | undefined } = {}): Tensor =>
    of(x, y, z, [factor(own, 'value', checkNamed(own, options).value ?? 1, [x, y, z])]);
}

/** x + value · y · z, in one launch; value is 1. PyTorch: `torch.addcmul`. */
export const addcmul: AddProductFunction<'addcmul'> = addProduct('addcmul', product, 'number', false) as never;
export const addcmul_: AddProductInPlaceFunction<'addcmul_'> = addProduct('addcmul', product, 'number', true) as never;
/** x + value · y / z, of floats, in one launch; value is 1. PyTorch: `torch.addcdiv`. */
export const addcdiv: AddProductFunction<'addcdiv'> = addProduct('addcdiv', ratio, 'float', false) as never;
export const addcdiv_: AddProductInPlaceFunction<'addcdiv_'> = addProduct('addcdiv', ratio, 'float', true) as never;

const lerpBy = binaryParametric('lerp', 1, 'promote', rows.lerp);
const lerpWith = ternary('lerp', rows.lerp);
const lerpIntoBy = binaryParametricInPlace('lerp', 1, 'promote', rows.lerp);
const lerpIntoWith = ternaryInPlace('lerp', rows.lerp);

/**
 * x + weight · (end − x), of floats: x at weight 0, `end` at 1, exactly. The weight is a number or a tensor. PyTorch: `torch.lerp`.
 * @example
 * ```ts
 * import { lerp, tensor } from '@nn/tensor';
 * console.log(await lerp(tensor([0, 10]), tensor([4, 20]), 0.25).toArray()); // prints: [ 1, 12.5 ]
 * ```
 */
export const lerp: LerpFunction = ((x: Tensor, end: Tensor, weight: Plain) =>
  isTensor(weight) ? lerpWith(x, end, weight) : lerpBy(x, end, [plainNumber('lerp', weight)])) as never;
/** Moves x towards `end`, in place; a running average is `average.lerp_(value, 1 - momentum)`. */
export const lerp_: <A extends Tensor>(x: A, end: Tensor, weight: Tensor | Numeric) => A = ((
  x: Tensor,
  end: Tensor,
  weight: Plain,
) => (isTensor(weight) ? lerpIntoWith(x, end, weight) : lerpIntoBy(x, end, [plainNumber('lerp_', weight)]))) as never;
