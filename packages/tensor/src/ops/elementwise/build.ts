/**
 * Makes public elementwise functions from rows of the scalar language: dtype promotion, numbers beside tensors, in-place forms. An op here is one
 * line: its meaning, gradient and kernels follow from the row. Every number a user passes is a run-time scalar of the launch, never a constant.
 */
import { accepts, apply, cast, castTo, type DType, DTypeError, dtypes, type Expression, input, rowOf, type ScalarType, scalar } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import type { Layout } from '../../core/layout.ts';
import { Op, type MapBuild } from '../../core/op.ts';
import { categoryOf, floatType, isNumeric, type Numeric, resultType, type Scalar, valueOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';

/**
 * What an op computes in, and gives. 'promote': the promoted dtype. 'float': the same, integers as floats. 'bool': compares in the promoted
 * dtype, gives bool. 'logical': every operand asked whether it differs from 0, gives bool.
 */
export type Mode = 'promote' | 'float' | 'bool' | 'logical';

type Category = Scalar['category'];

/** One result from one expression. */
export const single = (dtype: DType, expression: Expression, scalars = 0): MapBuild => ({ outputs: [{ dtype, expression }], scalars });

/** Element j of an operand as its layout stores it. */
export const element = (layout: Layout, j: number): Expression => input(j, dtypes[layout.dtype].scalar);

/** The type to compute in for a result dtype: bools as integers where the row doesn't take bools. */
function computeType(name: string, dtype: DType): ScalarType {
  const type = dtypes[dtype].scalar;
  return type === 'bool' && !accepts(rowOf(name), 'bool') ? 'i32' : type;
}

/** A map over operands and numbers in the order of `slots`: a category stands for a number, null for a tensor. */
function operandsBuild(row: string, mode: Mode, slots: readonly (Category | null)[]): (inputs: readonly Layout[]) => MapBuild {
  return (inputs) => {
    const numbers = slots.filter((slot) => slot !== null);
    const promoted = resultType(inputs.slice(0, slots.length - numbers.length), numbers);
    const dtype = mode === 'float' ? floatType(promoted) : mode === 'logical' ? 'bool' : promoted;
    const type = computeType(row, dtype);
    if (!accepts(rowOf(row), type)) throw new DTypeError(row, `does not take ${dtype}; convert with .to('float32') first`);
    let tensors = 0;
    let scalars = 0;
    const args = slots.map((slot) => {
      if (slot === null) {
        const x = element(inputs[tensors]!, tensors++);
        return cast(x, type);
      }
      return mode === 'logical' ? cast(scalar(scalars++, 'f32'), type) : scalar(scalars++, type);
    });
    const value = apply(row, ...args);
    return mode === 'bool' ? single('bool', value, scalars) : single(dtype, castTo(value, dtype), scalars);
  };
}

/** A function of one tensor. */
export function unary(name: string, mode: Mode = 'promote', row: string = name): (x: Tensor) => Tensor {
  const op = new Op('map', name, { inPlace: false, build: operandsBuild(row, mode, [null]) });
  return (x) => dispatch(op, x);
}

/** Its in-place form. */
export function unaryInPlace(name: string, mode: Mode = 'promote', row: string = name): (x: Tensor) => Tensor {
  const op = new Op('map', `${name}_`, { inPlace: true, build: operandsBuild(row, mode, [null]) });
  return (x) => dispatchInto(op, [x]);
}

/** A function of one tensor and numbers that only the row reads (slopes, bounds): they don't take part in promotion. */
export function parametric(name: string, parameters: number, mode: Mode = 'float', row: string = name): (x: Tensor, ...values: number[]) => Tensor {
  const op = new Op('map', name, { inPlace: false, build: parametricBuild(row, parameters, mode) });
  return (x, ...values) => dispatch(op, x, null, null, values);
}

export function parametricInPlace(name: string, parameters: number, mode: Mode = 'float', row: string = name): (x: Tensor, ...values: number[]) => Tensor {
  const op = new Op('map', `${name}_`, { inPlace: true, build: parametricBuild(row, parameters, mode) });
  return (x, ...values) => dispatchInto(op, [x], values);
}

function parametricBuild(row: string, parameters: number, mode: Mode): (inputs: readonly Layout[]) => MapBuild {
  return ([x]) => {
    const dtype = mode === 'float' ? floatType(x!.dtype) : x!.dtype;
    const type = computeType(row, dtype);
    const values = Array.from({ length: parameters }, (_, k) => scalar(k, type));
    const value = apply(row, cast(element(x!, 0), type), ...values);
    return mode === 'bool' ? single('bool', value, parameters) : single(dtype, castTo(value, dtype), parameters);
  };
}

/** Ops by the categories of their numbers, made when first needed. */
class Forms {
  readonly #made = new Map<string, Op<'map'>>();
  readonly #name: string;
  readonly #row: string;
  readonly #mode: Mode;
  readonly #inPlace: boolean;
  constructor(name: string, row: string, mode: Mode, inPlace: boolean) {
    this.#name = name;
    this.#row = row;
    this.#mode = mode;
    this.#inPlace = inPlace;
  }

  get(key: string, slots: readonly (Category | null)[]): Op<'map'> {
    let op = this.#made.get(key);
    if (op === undefined) {
      op = new Op('map', this.#name, { inPlace: this.#inPlace, build: operandsBuild(this.#row, this.#mode, slots) });
      this.#made.set(key, op);
    }
    return op;
  }
}

const both: readonly null[] = [null, null];

/** A function of two operands, each a tensor or a number (not both numbers), that broadcast. */
export function binary(name: string, mode: Mode = 'promote', row: string = name): (x: Tensor | Numeric, y: Tensor | Numeric) => Tensor {
  const forms = new Forms(name, row, mode, false);
  return (x, y) => {
    if (isNumeric(y)) {
      if (isNumeric(x)) throw new DTypeError(name, `got two plain numbers, ${valueOf(x)} and ${valueOf(y)}; one operand must be a tensor`);
      const category = categoryOf(y);
      return dispatch(forms.get(`right ${category}`, [null, category]), x, null, null, [valueOf(y)]);
    }
    if (isNumeric(x)) {
      const category = categoryOf(x);
      return dispatch(forms.get(`left ${category}`, [category, null]), y, null, null, [valueOf(x)]);
    }
    return dispatch(forms.get('both', both), x, y);
  };
}

/** `x op= y`: x keeps its dtype and shape. */
export function binaryInPlace(name: string, mode: Mode = 'promote', row: string = name): (x: Tensor, y: Tensor | Numeric) => Tensor {
  const forms = new Forms(`${name}_`, row, mode, true);
  return (x, y) => {
    if (!isNumeric(y)) return dispatchInto(forms.get('both', both), [x, y]);
    const category = categoryOf(y);
    return dispatchInto(forms.get(`right ${category}`, [null, category]), [x], [valueOf(y)]);
  };
}
