/** What may stand in an operand's place: tensors and plain numbers, told apart cheaply. Knows nothing of ops. */
import { DTypeError } from '@nn/backend';
import { isNumeric, type Numeric, numberOf, Scalar } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';

/** The kind of a tensor; numbers have those of `numberKinds`. Two bits each, so that the kinds of all operands make one small number. */
export const tensorKind = 0;

export const numberKinds: { readonly bool: 1; readonly integer: 2; readonly float: 3 } = {
  bool: 1,
  integer: 2,
  float: 3,
};

const categories = ['bool', 'integer', 'float'] as const;

/** The category of a number of this kind. */
export const kindCategory = (kind: number): Scalar['category'] => categories[kind - 1]!;

/** Whether this is a tensor. A field is asked for, as walking the prototypes costs more. */
export const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' && x !== null && (x as Tensor).layout !== undefined;

/** The kind of a plain number. */
export function kindOf(op: string, x: Numeric): number {
  if (typeof x === 'number') return Number.isInteger(x) ? numberKinds.integer : numberKinds.float;
  if (typeof x === 'boolean') return numberKinds.bool;
  if (x instanceof Scalar) return numberKinds[x.category];
  throw wrongOperands(op, [x]);
}

/** The value of what must be a plain number: in plain JavaScript it may be a field that isn't there, which would count as NaN. */
export function plainNumber(op: string, x: Numeric): number {
  kindOf(op, x);
  return numberOf(x);
}

/** The sizes of what must be a tensor. */
export function sizesOf(op: string, x: Tensor): readonly number[] {
  if (isTensor(x)) return x.layout.shape;
  throw wrongOperands(op, [x]);
}

/** Whether a number is an integer that 32 bits can't hold. */
export const isWide = (kind: number, value: number): boolean => kind === numberKinds.integer && (value | 0) !== value;

/** Operands without a tensor among them, or one that is neither tensor nor number. */
export function wrongOperands(op: string, operands: readonly unknown[]): DTypeError {
  const at = operands.findIndex((x) => !isNumeric(x));
  if (at < 0)
    return new DTypeError(
      op,
      `got plain numbers only: ${operands.map((x) => numberOf(x as Numeric)).join(', ')}; make one of them a tensor`,
    );
  const x = operands[at];
  const what = Array.isArray(x)
    ? 'an array'
    : x instanceof Promise
      ? 'a promise, which lacks its await'
      : typeof x === 'object' && x !== null
        ? 'an object'
        : typeof x === 'bigint'
          ? `the bigint ${x}n`
          : String(x);
  return new DTypeError(
    op,
    `an operand is ${what}, neither a tensor nor a number; make a tensor of it with tensor(…) or take one out of it`,
  );
}
