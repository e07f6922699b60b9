/** Logic on truth values, bitwise logic, and the choice between two values. */
import {
  logicalAnd as both,
  cast,
  constant,
  DTypeError,
  logicalXor as differing,
  type Expression,
  logicalOr as either,
  less,
  logicalNot as opposite,
  same,
  select,
  shiftLeft,
  shiftRight,
} from '@nn/backend';
import type { Numeric } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { nonzero } from '../index/nonzero.ts';
import { binary, binaryInPlace, type Formula, ternary, unary, unaryInPlace } from './build.ts';
import type {
  BinaryFunction,
  BinaryInPlaceFunction,
  ComparisonFunction,
  InPlaceFunction,
  PredicateFunction,
  UnaryFunction,
  WhereFunction,
} from './signatures.ts';

const and: Formula = (x, y) => both(x!, y!);
const or: Formula = (x, y) => either(x!, y!);
const xor: Formula = (x, y) => differing(x!, y!);
const not: Formula = (x) => opposite(x!);

/** Whether both differ from 0, as bool, of any dtypes. PyTorch: `torch.logical_and`. */
export const logicalAnd: ComparisonFunction<'logicalAnd'> = binary('logicalAnd', 'logical', and);
export const logicalAnd_: BinaryInPlaceFunction<'logicalAnd_'> = binaryInPlace('logicalAnd', 'logical', and);
/** Whether one differs from 0. PyTorch: `torch.logical_or`. */
export const logicalOr: ComparisonFunction<'logicalOr'> = binary('logicalOr', 'logical', or);
export const logicalOr_: BinaryInPlaceFunction<'logicalOr_'> = binaryInPlace('logicalOr', 'logical', or);
/** Whether exactly one differs from 0. PyTorch: `torch.logical_xor`. */
export const logicalXor: ComparisonFunction<'logicalXor'> = binary('logicalXor', 'logical', xor);
export const logicalXor_: BinaryInPlaceFunction<'logicalXor_'> = binaryInPlace('logicalXor', 'logical', xor);
/** Whether x is 0. PyTorch: `torch.logical_not`. */
export const logicalNot: PredicateFunction = unary('logicalNot', 'logical', not);
export const logicalNot_: InPlaceFunction = unaryInPlace('logicalNot', 'logical', not);

/** "And" of the bits of integers, or of bools. PyTorch: `torch.bitwise_and`. */
export const bitwiseAnd: BinaryFunction<'bitwiseAnd'> = binary('bitwiseAnd', 'promote', 'and');
export const bitwiseAnd_: BinaryInPlaceFunction<'bitwiseAnd_'> = binaryInPlace('bitwiseAnd', 'promote', 'and');
/** "Or" of the bits. PyTorch: `torch.bitwise_or`. */
export const bitwiseOr: BinaryFunction<'bitwiseOr'> = binary('bitwiseOr', 'promote', 'or');
export const bitwiseOr_: BinaryInPlaceFunction<'bitwiseOr_'> = binaryInPlace('bitwiseOr', 'promote', 'or');
/** "Exclusive or" of the bits. PyTorch: `torch.bitwise_xor`. */
export const bitwiseXor: BinaryFunction<'bitwiseXor'> = binary('bitwiseXor', 'promote', 'xor');
export const bitwiseXor_: BinaryInPlaceFunction<'bitwiseXor_'> = binaryInPlace('bitwiseXor', 'promote', 'xor');
/** The opposite of every bit; of bools "not". PyTorch: `torch.bitwise_not`. */
export const bitwiseNot: UnaryFunction = unary('bitwiseNot', 'promote', 'not');
export const bitwiseNot_: InPlaceFunction = unaryInPlace('bitwiseNot', 'promote', 'not');
/** Whether a shift by so many places (or by fewer than none) leaves no bit: the scalar language shifts by the low five bits alone. */
const beyond = (places: Expression): Expression => less(constant(31, 'u32'), cast(places, 'u32'));
const up: Formula = (x, y) => select(beyond(y!), same(0, x!), shiftLeft(x!, y!));
const down: Formula = (x, y) => shiftRight(x!, select(beyond(y!), same(31, y!), y!));

/** The bits of integers moved y places up; 0 from 32 places on and for y < 0. PyTorch: `torch.bitwise_left_shift`. */
export const bitwiseLeftShift: BinaryFunction<'bitwiseLeftShift'> = binary(
  'bitwiseLeftShift',
  'promote',
  up,
  'integer',
);
export const bitwiseLeftShift_: BinaryInPlaceFunction<'bitwiseLeftShift_'> = binaryInPlace(
  'bitwiseLeftShift',
  'promote',
  up,
  'integer',
);
/** The bits of integers moved y places down; the sign stays, and fills all from 32 places on and for y < 0. PyTorch: `torch.bitwise_right_shift`. */
export const bitwiseRightShift: BinaryFunction<'bitwiseRightShift'> = binary(
  'bitwiseRightShift',
  'promote',
  down,
  'integer',
);
export const bitwiseRightShift_: BinaryInPlaceFunction<'bitwiseRightShift_'> = binaryInPlace(
  'bitwiseRightShift',
  'promote',
  down,
  'integer',
);

const chosen = ternary('where', 'select', { condition: true });

/**
 * x where the condition (bool) holds, else y; all three broadcast, x and y may be numbers, and the one not taken gets the gradient 0. Of the condition alone,
 * the indices where it holds, one vector a dimension (`nonzero` with `asTuple`). PyTorch: `torch.where`.
 * @example
 * ```ts
 * import { tensor, where } from '@nn/tensor';
 * const x = tensor([-1, 2, -3]);
 * console.log(await where(x.gt(0), x, 0).toArray()); // prints: [ 0, 2, 0 ]
 * ```
 */
export const where: WhereFunction = ((condition: Tensor, x?: Tensor | Numeric, y?: Tensor | Numeric) => {
  if (x === undefined && y === undefined) return nonzero(condition, { asTuple: true });
  const dtype = condition?.dtype;
  if (dtype !== 'bool' && dtype !== 'uint8')
    throw new DTypeError(
      'where',
      `the condition is ${dtype}; it must be bool: compare first (x.gt(0)), or convert with .to('bool')`,
    );
  return chosen(condition, x as Tensor | Numeric, y as Tensor | Numeric);
}) as never;
