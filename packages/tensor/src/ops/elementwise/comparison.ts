/** Comparisons: elementwise, in the promoted dtype of the operands, and of tensors as a whole. */
import * as rows from '@nn/backend';
import {
  cast,
  dtypes,
  type Expression,
  equal as equals,
  greater,
  greaterEqual,
  input,
  isclose as near,
  iscloseEqualNan as nearOrNaN,
  notEqual,
  scalar,
} from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { type Layout, sameNumbers } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op, type ReduceBuild } from '../../core/op.ts';
import { floatType, numberOf, resultType } from '../../core/promotion.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import type { Broadcast, Broadcasted, Checked, ResultShapeOf, ShapeOf } from '../../types/index.ts';
import { binary, binaryInPlace, binaryParametric, element, type Formula } from './build.ts';
import { isTensor, sizesOf } from './operand.ts';
import type { BinaryInPlaceFunction, ComparisonFunction, Operand } from './signatures.ts';

const unequal: Formula = (x, y) => notEqual(x!, y!);
const above: Formula = (x, y) => greater(x!, y!);
const notBelow: Formula = (x, y) => greaterEqual(x!, y!);

type Compare = (x: Operand, y: Operand) => Tensor;

/** A number beside float16 as the float16 that it becomes. */
const asElement = (x: Operand, beside: Operand): Operand =>
  isTensor(x) || !isTensor(beside) || beside.layout.dtype !== 'float16'
    ? x
    : filled(beside.layout.device, 'float16', [], numberOf(x));

function compared<F>(make: typeof binary | typeof binaryInPlace, name: string, formula: Formula): F {
  const compare = make<Compare>(name, 'bool', formula);
  const call: Compare = (x, y) => compare(asElement(x, y), asElement(y, x));
  return call as F;
}

/**
 * x = y, as bool. Integers beside a fraction are compared as floats; NaN equals nothing. PyTorch: `torch.eq`.
 * @example
 * ```ts
 * import { eq, tensor } from '@nn/tensor';
 * console.log(await eq(tensor([1, 2, 3]), 2).toArray()); // prints: [ false, true, false ]
 * ```
 */
export const eq: ComparisonFunction<'eq'> = compared(binary, 'eq', 'equal');
export const eq_: BinaryInPlaceFunction<'eq_'> = compared(binaryInPlace, 'eq', 'equal');
/** x ≠ y, as bool; true for NaN. PyTorch: `torch.ne`. */
export const ne: ComparisonFunction<'ne'> = compared(binary, 'ne', unequal);
export const ne_: BinaryInPlaceFunction<'ne_'> = compared(binaryInPlace, 'ne', unequal);
/** x < y, as bool. PyTorch: `torch.lt`. */
export const lt: ComparisonFunction<'lt'> = compared(binary, 'lt', 'less');
export const lt_: BinaryInPlaceFunction<'lt_'> = compared(binaryInPlace, 'lt', 'less');
/** x ≤ y, as bool. PyTorch: `torch.le`. */
export const le: ComparisonFunction<'le'> = compared(binary, 'le', 'lessEqual');
export const le_: BinaryInPlaceFunction<'le_'> = compared(binaryInPlace, 'le', 'lessEqual');
/** x > y, as bool. PyTorch: `torch.gt`. */
export const gt: ComparisonFunction<'gt'> = compared(binary, 'gt', above);
export const gt_: BinaryInPlaceFunction<'gt_'> = compared(binaryInPlace, 'gt', above);
/** x ≥ y, as bool. PyTorch: `torch.ge`. */
export const ge: ComparisonFunction<'ge'> = compared(binary, 'ge', notBelow);
export const ge_: BinaryInPlaceFunction<'ge_'> = compared(binaryInPlace, 'ge', notBelow);

/** When numbers count as close: |x − y| ≤ atol + rtol · |y|. */
export interface ClosenessOptions {
  /** Allowed difference relative to y; 1e-5. */
  readonly rtol?: number | undefined;
  /** Allowed difference besides; 1e-8. */
  readonly atol?: number | undefined;
  /** Whether NaN is close to NaN; false. */
  readonly equalNan?: boolean | undefined;
}

const closeOf = binaryParametric('isclose', 2, 'floatBool', rows.isclose);
const closeOrNaNOf = binaryParametric('isclose', 2, 'floatBool', rows.iscloseEqualNan);

const tolerances = (op: string, options: ClosenessOptions = {}): number[] => [
  checkNamed(op, options).rtol ?? 1e-5,
  options.atol ?? 1e-8,
];

/** Whether elements differ by at most atol + rtol · |y|, as bool; infinities are close to themselves. PyTorch: `torch.isclose`. */
export const isclose: <A extends Operand, B extends Operand>(
  x: A,
  y: Checked<Broadcast<'isclose', ShapeOf<A>, ShapeOf<B>>, B>,
  options?: ClosenessOptions,
) => Tensor<Broadcasted<'isclose', ResultShapeOf<A>, ShapeOf<B>>, 'bool'> = ((
  x: Operand,
  y: Operand,
  options?: ClosenessOptions,
) => (options?.equalNan === true ? closeOrNaNOf : closeOf)(x, y, tolerances('isclose', options))) as never;

/** Whether a statement holds for all elements of two tensors that broadcast: one launch, an op a rank. */
function forAll(
  name: string,
  scalars: number,
  float: boolean,
  statement: (...args: Expression[]) => Expression,
): (x: Tensor, y: Tensor, values: readonly number[]) => Tensor {
  const ops: Op<'reduce'>[] = [];
  const build = (layouts: readonly Layout[]): ReduceBuild => {
    const promoted = resultType(layouts);
    const type = dtypes[float ? floatType(promoted) : promoted].scalar;
    const args = layouts.map((layout, j) => cast(element(layout, j), type));
    for (let k = 0; k < scalars; k++) args.push(scalar(k, type));
    return { dtype: 'bool', combine: 'min', body: statement(...args), epilogue: input(0, 'bool'), scalars };
  };
  return (x, y, values) => {
    const rank = Math.max(sizesOf(name, x).length, sizesOf(name, y).length);
    ops[rank] ??= new Op('reduce', name, { build, dims: Array.from({ length: rank }, (_, d) => d), keepdim: false });
    return dispatch(ops[rank], x, y, null, values);
  };
}

const allNear = forAll('allclose', 2, true, (x, y, rtol, atol) => near(x!, y!, rtol!, atol!));
const allNearOrNaN = forAll('allclose', 2, true, (x, y, rtol, atol) => nearOrNaN(x!, y!, rtol!, atol!));
const allEqual = forAll('equal', 0, false, (x, y) => equals(x!, y!));

const allCloseOf = (x: Tensor, y: Tensor, options: ClosenessOptions | undefined): Tensor =>
  (options?.equalNan === true ? allNearOrNaN : allNear)(x, y, tolerances('allclose', options));

/** The one truth value that a tensor holds, which nobody else has. */
async function truth(t: Tensor): Promise<boolean> {
  const [value] = await read(t);
  t.dispose();
  return value !== 0;
}

function truthSync(op: string, t: Tensor): boolean {
  const [value] = readSync(t, op);
  t.dispose();
  return value !== 0;
}

/**
 * Whether all elements of two tensors that broadcast are close (see `isclose`); true of none. PyTorch: `torch.allclose`.
 * @example
 * ```ts
 * import { allclose, tensor } from '@nn/tensor';
 * console.log(await allclose(tensor([1, 2]), tensor([1, 2.000001]))); // prints: true
 * ```
 */
export const allclose = (x: Tensor, y: Tensor, options?: ClosenessOptions): Promise<boolean> =>
  truth(allCloseOf(x, y, options));

/** As `allclose`, without waiting; a `BackendError` where the backend can't. */
export const allcloseSync = (x: Tensor, y: Tensor, options?: ClosenessOptions): boolean =>
  truthSync('allcloseSync', allCloseOf(x, y, options));

const sameShape = (x: Tensor, y: Tensor): boolean => sameNumbers(sizesOf('equal', x), sizesOf('equal', y));

/** Whether two tensors have the same shape and equal elements, whatever their dtypes. PyTorch: `torch.equal`. */
export const equal = async (x: Tensor, y: Tensor): Promise<boolean> => sameShape(x, y) && truth(allEqual(x, y, []));

/** As `equal`, without waiting; a `BackendError` where the backend can't. */
export const equalSync = (x: Tensor, y: Tensor): boolean =>
  sameShape(x, y) && truthSync('equalSync', allEqual(x, y, []));
