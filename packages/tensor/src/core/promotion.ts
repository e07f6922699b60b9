/**
 * PyTorch's type promotion (torch.result_type): a higher category (bool < integer < float) wins; within it the wider type; tensors without
 * dimensions and plain numbers count only if their category is higher.
 */
import { type DType, DTypeError, dtypes, isFloat } from '@nn/backend';

/** A plain number beside a tensor. JavaScript can't tell 2.0 from 2, so whole numbers count as integers; `float(2)` says otherwise. */
export class Scalar<out C extends 'bool' | 'integer' | 'float' = 'bool' | 'integer' | 'float'> {
  readonly value: number;
  readonly category: C;
  constructor(value: number, category: C) {
    this.value = value;
    this.category = category;
  }
}

/** What may stand where a number is asked for. */
export type Numeric = number | boolean | Scalar;

/** The number as a float even when it is whole: Python's `2.0`. `tensor.add(float(2))` makes an integer tensor float32. */
export const float = (value: number): Scalar<'float'> => new Scalar(value, 'float');

export const isNumeric = (x: unknown): x is Numeric =>
  typeof x === 'number' || typeof x === 'boolean' || x instanceof Scalar;

export const numberOf = (x: Numeric): number => (typeof x === 'number' ? x : x instanceof Scalar ? x.value : Number(x));

export const categoryOf = (x: Numeric): Scalar['category'] =>
  typeof x === 'number' ? (Number.isInteger(x) ? 'integer' : 'float') : x instanceof Scalar ? x.category : 'bool';

const order = ['bool', 'integer', 'float'];
const levelOf = (dtype: DType): number => order.indexOf(dtypes[dtype].category);

/** Refuses what is no dtype. */
export function checkDType(op: string, dtype: DType): void {
  if (!(dtype in dtypes))
    throw new DTypeError(op, `'${String(dtype)}' is not a dtype; there are ${Object.keys(dtypes).join(', ')}`);
}

/** The wider of two dtypes. uint8 beside any other integer gives that one. */
export const promoteTypes = (a: DType, b: DType): DType => (dtypes[a].rank >= dtypes[b].rank ? a : b);

let defaultDType: DType = 'float32';
/** dtype of new float tensors and of integers that become floats; float32. */
export const getDefaultDType = (): DType => defaultDType;
/** Called when the default dtype changes: what was worked out from it is out of date. */
export const onDefaultDType: Set<() => void> = new Set();

/** Sets the dtype of new float tensors (float16, float32 or float64); PyTorch: `torch.set_default_dtype`. */
export const setDefaultDType = (dtype: 'float16' | 'float32' | 'float64'): void => {
  if (dtypes[dtype]?.category !== 'float')
    throw new DTypeError('setDefaultDType', `the default must be float16, float32 or float64, got ${String(dtype)}`);
  if (dtype === defaultDType) return;
  defaultDType = dtype;
  for (const forget of onDefaultDType) forget();
};

const numberType = (category: Scalar['category']): DType =>
  category === 'float' ? defaultDType : category === 'integer' ? 'int64' : 'bool';

/** What promotion asks of an operand: a layout or a tensor has both. */
export interface Typed {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** The dtype in which operands and numbers meet; PyTorch: `torch.result_type`. */
export function resultType(operands: readonly Typed[], numbers: readonly Scalar['category'][] = []): DType {
  let dimensioned: DType | null = null;
  let dimensionless: DType | null = null;
  let plain: DType | null = null;
  for (const { dtype, shape } of operands) {
    if (shape.length > 0) dimensioned = promoteTypes(dimensioned ?? dtype, dtype);
    else dimensionless = promoteTypes(dimensionless ?? dtype, dtype);
  }
  for (const category of numbers) plain = promoteTypes(plain ?? 'bool', numberType(category));
  return prefer(dimensioned, prefer(dimensionless, plain)) ?? defaultDType;
}

/** The higher-priority type, unless the lower one's category is higher. */
function prefer(higher: DType | null, lower: DType | null): DType | null {
  if (higher === null) return lower;
  if (lower === null) return higher;
  return levelOf(lower) > levelOf(higher) ? promoteTypes(higher, lower) : higher;
}

/** dtype in which a function of real numbers computes: floats stay, the rest becomes the default. */
export const floatType = (dtype: DType): DType => (isFloat(dtype) ? dtype : defaultDType);

/** dtype of a sum or product: integers and bools add up in int64. */
export const sumType = (dtype: DType): DType => (isFloat(dtype) ? dtype : 'int64');

/** Whether a result of this dtype may be stored in a tensor of that one (in-place ops): not into a lower category. */
export const canCast = (from: DType, to: DType): boolean => levelOf(from) <= levelOf(to);
