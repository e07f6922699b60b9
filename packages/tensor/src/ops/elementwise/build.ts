/**
 * Makes elementwise functions from rows of the scalar language: dtype promotion, numbers beside tensors, in-place forms. An op is one line: its meaning,
 * gradient and kernels follow from the row. Every number a user passes is a run-time scalar of the launch, never a constant. Knows no op by name.
 *
 * The makers return a plain function under the type that is expected of them: `export const exp: FloatFunction = unary('exp', 'float')`.
 */
import {
  accepts,
  apply,
  cast,
  castTo,
  type DType,
  DTypeError,
  dtypes,
  type Expression,
  input,
  type Row,
  rowOf,
  type ScalarType,
  scalar,
  ValueError,
} from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import type { Layout } from '../../core/layout.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import { categoryOf, floatType, type Numeric, resultType, valueOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { isTensor, isWide, kindCategory, kindOf, tensorKind, wrongOperands } from './operand.ts';

/**
 * What an op computes in, and gives. 'promote': the promoted dtype. 'float': the same, integers as floats. 'bool': compares in the promoted dtype, gives
 * bool. 'floatBool': the same, integers as floats. 'logical': every operand asked whether it differs from 0, gives bool.
 */
export type Mode = 'promote' | 'float' | 'bool' | 'floatBool' | 'logical';

/** A row's name, or an expression over the operands and then the parameters. */
export type Formula = string | ((...args: Expression[]) => Expression);

/**
 * Which dtypes an op takes once operands are promoted; what its row takes where nothing is said, with bools as the integers 0 and 1 where the row takes
 * integers. 'number' refuses bools.
 */
export type Takes = Row['accepts'] | 'integer';

/** One result from one expression. */
export const single = (dtype: DType, expression: Expression, scalars = 0): MapBuild => ({ outputs: [{ dtype, expression }], scalars });

/** Element j of an operand as its layout stores it. */
export const element = (layout: Layout, j: number): Expression => input(j, dtypes[layout.dtype].scalar);

const computed: { readonly [M in Mode]: (promoted: DType) => DType } = {
  promote: (promoted) => promoted,
  float: floatType,
  bool: (promoted) => promoted,
  floatBool: floatType,
  logical: () => 'bool',
};

const refusals: { readonly [T in Takes]: { readonly takes: (dtype: DType) => boolean; readonly text: string } } = {
  any: { takes: () => true, text: '' },
  float: { takes: (dtype) => dtypes[dtype].category === 'float', text: "takes floats, not DTYPE; convert with .to('float32') first" },
  number: { takes: (dtype) => dtype !== 'bool', text: "takes numbers, not DTYPE; use the logical ops, or convert with .to('int64') first" },
  bits: { takes: (dtype) => dtypes[dtype].category !== 'float', text: "takes integers and bools, not DTYPE; convert with .to('int64') first" },
  integer: { takes: (dtype) => dtypes[dtype].category === 'integer', text: "takes integers, not DTYPE; convert with .to('int64') first" },
};

/** All ops of one name, one for each way in which tensors and numbers can stand in its places; made when first needed. */
export class Forms {
  readonly name: string;
  readonly #mode: Mode;
  readonly #formula: Formula;
  readonly #takes: Takes;
  readonly #parameters: number;
  readonly #inPlace: boolean;
  /** Operand 0 is a condition: it chooses, and takes no part in promotion. */
  readonly #condition: boolean;
  readonly #arity: number;
  readonly #ops: (Op<'map'> | null)[];

  constructor(name: string, arity: number, what: FormOptions) {
    this.name = name;
    this.#arity = arity;
    this.#mode = what.mode;
    this.#formula = what.formula;
    this.#takes = what.takes ?? defaultOf(what.formula);
    this.#parameters = what.parameters ?? 0;
    this.#inPlace = what.inPlace === true;
    this.#condition = what.condition === true;
    this.#ops = new Array<null>(4 ** arity).fill(null);
  }

  /** The op for operands of these kinds: digits in base 4, operand 0 lowest. */
  get(code: number): Op<'map'> {
    let op = this.#ops[code]!;
    if (op === null) {
      op = new Op('map', this.name, { inPlace: this.#inPlace, build: (inputs) => this.#build(code, inputs) });
      this.#ops[code] = op;
    }
    return op;
  }

  /** The scalar that stands for a number beside a tensor. */
  number(kind: number, x: Numeric, beside: Tensor): number {
    const value = valueOf(x);
    if (this.#mode === 'logical') return value === 0 ? 0 : 1;
    if (isWide(kind, value)) this.checkWide(value, [beside], [x]);
    return value;
  }

  /** Integers are 32 bits wide: a larger number beside integer tensors would wrap around in silence. */
  checkWide(value: number, tensors: readonly Tensor[], operands: readonly Operand[]): void {
    const numbers = operands.flatMap((x) => (isTensor(x) ? [] : [categoryOf(x)]));
    const dtype = computed[this.#mode](resultType(this.#condition ? tensors.slice(1) : tensors, numbers));
    if (dtypes[dtype].category === 'integer')
      throw new ValueError(this.name, `${value} does not fit the 32 bits in which ${dtype} computes; pass float(${value}) to compute in floats`);
  }

  /** The operands in their order: tensors are inputs, numbers are scalars, parameters are scalars after those. */
  #build(code: number, inputs: readonly Layout[]): MapBuild {
    const kinds = Array.from({ length: this.#arity }, (_, i) => (code >> (2 * i)) & 3);
    const numbers = kinds.flatMap((kind) => (kind === tensorKind ? [] : [kindCategory(kind)]));
    const dtype = computed[this.#mode](resultType(this.#condition ? inputs.slice(1) : inputs, numbers));
    const refusal = refusals[this.#takes];
    if (!refusal.takes(dtype)) throw new DTypeError(this.name, refusal.text.replace('DTYPE', dtype));
    const type = this.#typeFor(dtype);
    let tensors = 0;
    let scalars = 0;
    const args = kinds.map((kind, i) => {
      if (kind !== tensorKind) return this.#mode === 'logical' ? cast(scalar(scalars++, 'i32'), 'bool') : scalar(scalars++, type);
      const x = element(inputs[tensors]!, tensors++);
      return cast(x, this.#condition && i === 0 ? 'bool' : type);
    });
    for (let k = 0; k < this.#parameters; k++) args.push(scalar(scalars++, type));
    const value = typeof this.#formula === 'string' ? apply(this.#formula, ...args) : this.#formula(...args);
    const result = this.#mode === 'bool' || this.#mode === 'floatBool' ? 'bool' : dtype;
    return single(result, castTo(value, result), scalars);
  }

  /** Bools count as integers where the row doesn't take bools. */
  #typeFor(dtype: DType): ScalarType {
    if (dtype !== 'bool') return dtypes[dtype].scalar;
    const takesBool = this.#mode === 'logical' || this.#takes === 'bits' || (typeof this.#formula === 'string' && accepts(rowOf(this.#formula), 'bool'));
    return takesBool ? 'bool' : 'i32';
  }
}

interface FormOptions {
  readonly mode: Mode;
  readonly formula: Formula;
  readonly takes?: Takes | undefined;
  readonly parameters?: number;
  readonly inPlace?: boolean;
  readonly condition?: boolean;
}

/** Rows of integers take bools too, counted as 0 and 1. */
function defaultOf(formula: Formula): Takes {
  if (typeof formula !== 'string') return 'any';
  const taken = rowOf(formula).accepts;
  return taken === 'number' ? 'any' : taken;
}

type Unary = (x: Tensor) => Tensor;
type Parametric = (x: Tensor, parameters: readonly number[]) => Tensor;
type Operand = Tensor | Numeric;
type Binary = (x: Operand, y: Operand) => Tensor;
type BinaryInPlace = (x: Tensor, y: Operand) => Tensor;
type BinaryParametric = (x: Operand, y: Operand, parameters: readonly number[]) => Tensor;
type Ternary = (x: Operand, y: Operand, z: Operand, parameters?: readonly number[]) => Tensor;

/** A function of one tensor. */
export function unary<F = Unary>(name: string, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): F {
  const op = new Forms(name, 1, { mode, formula, takes }).get(0);
  const call: Unary = (x) => dispatch(op, x);
  return call as F;
}

/** Its in-place form, `name_`. */
export function unaryInPlace<F = Unary>(name: string, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): F {
  const op = new Forms(`${name}_`, 1, { mode, formula, takes, inPlace: true }).get(0);
  const call: Unary = (x) => dispatchInto(op, [x]);
  return call as F;
}

/** A function of one tensor and numbers that only the formula reads (slopes, bounds): they take no part in promotion. */
export function parametric(name: string, parameters: number, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): Parametric {
  const op = new Forms(name, 1, { mode, formula, takes, parameters }).get(0);
  return (x, values) => dispatch(op, x, null, null, values);
}

/** Its in-place form, `name_`. */
export function parametricInPlace(name: string, parameters: number, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): Parametric {
  const op = new Forms(`${name}_`, 1, { mode, formula, takes, parameters, inPlace: true }).get(0);
  return (x, values) => dispatchInto(op, [x], values);
}

/** A function of two operands that broadcast, each a tensor or a number (not both numbers). */
export function binary<F = Binary>(name: string, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): F {
  const forms = new Forms(name, 2, { mode, formula, takes });
  const both = forms.get(0);
  const call: Binary = (x, y) => {
    if (!isTensor(x)) {
      if (!isTensor(y)) throw wrongOperands(name, [x, y]);
      const kind = kindOf(name, x);
      return dispatch(forms.get(kind), y, null, null, [forms.number(kind, x, y)]);
    }
    if (isTensor(y)) return dispatch(both, x, y);
    const kind = kindOf(name, y);
    return dispatch(forms.get(kind << 2), x, null, null, [forms.number(kind, y, x)]);
  };
  return call as F;
}

/** `x op= y`, named `name_`: x keeps its dtype and shape. */
export function binaryInPlace<F = BinaryInPlace>(name: string, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): F {
  const own = `${name}_`;
  const forms = new Forms(own, 2, { mode, formula, takes, inPlace: true });
  const both = forms.get(0);
  const call: BinaryInPlace = (x, y) => {
    if (isTensor(y)) return dispatchInto(both, [x, y]);
    const kind = kindOf(own, y);
    return dispatchInto(forms.get(kind << 2), [x], [forms.number(kind, y, x)]);
  };
  return call as F;
}

/** A function of two operands and numbers that only the formula reads. */
export function binaryParametric(name: string, parameters: number, mode: Mode, formula: Formula, takes?: Takes): BinaryParametric {
  const forms = new Forms(name, 2, { mode, formula, takes, parameters });
  return (x, y, values) => launch(forms, [x, y], values, false);
}

/** Its in-place form, `name_`. */
export function binaryParametricInPlace(name: string, parameters: number, mode: Mode, formula: Formula, takes?: Takes): BinaryParametric {
  const forms = new Forms(`${name}_`, 2, { mode, formula, takes, parameters, inPlace: true });
  return (x, y, values) => launch(forms, [x, y], values, true);
}

/** A function of three operands that broadcast, tensors or numbers, and of numbers that only the formula reads. */
export function ternary(name: string, formula: Formula, what: { takes?: Takes; parameters?: number; condition?: boolean } = {}): Ternary {
  const forms = new Forms(name, 3, { mode: 'promote', formula, ...what });
  return (x, y, z, values) => launch(forms, [x, y, z], values ?? none, false);
}

/** Its in-place form, `name_`. */
export function ternaryInPlace(name: string, formula: Formula, what: { takes?: Takes; parameters?: number } = {}): Ternary {
  const forms = new Forms(`${name}_`, 3, { mode: 'promote', formula, inPlace: true, ...what });
  return (x, y, z, values) => launch(forms, [x, y, z], values ?? none, true);
}

const none: readonly number[] = [];

/** Sorts operands into inputs and scalars and runs the form that they need. */
function launch(forms: Forms, operands: readonly Operand[], parameters: readonly number[], inPlace: boolean): Tensor {
  const tensors = operands.filter(isTensor);
  if (tensors.length === 0) throw wrongOperands(forms.name, operands);
  const scalars: number[] = [];
  let code = 0;
  operands.forEach((x, i) => {
    if (isTensor(x)) return;
    const kind = kindOf(forms.name, x);
    code += kind << (2 * i);
    const value = valueOf(x);
    scalars.push(value);
    if (isWide(kind, value)) forms.checkWide(value, tensors, operands);
  });
  scalars.push(...parameters);
  const op = forms.get(code);
  return inPlace ? dispatchInto(op, tensors, scalars) : dispatch(op, tensors[0]!, tensors[1] ?? null, tensors[2] ?? null, scalars);
}
