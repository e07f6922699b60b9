/**
 * What an elementwise op is before its operands are known, and the graph ops that it becomes: promotion, which dtypes it takes, numbers as run-time
 * scalars. Knows no op by name.
 */
import {
  accepts,
  apply,
  type Builder,
  cast,
  castTo,
  type DType,
  DTypeError,
  dtypes,
  type Expression,
  input,
  isFloat,
  type Row,
  rowOf,
  type ScalarType,
  scalar,
  ValueError,
} from '@nn/backend';
import type { Layout } from '../../core/layout.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import { categoryOf, floatType, type Numeric, numberOf, resultType } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { isTensor, isWide, kindCategory, tensorKind } from './operand.ts';

/**
 * What an op computes in, and gives. 'promote': the promoted dtype. 'float': the same, integers as floats. 'bool': compares in the promoted dtype, gives
 * bool. 'floatBool': the same, integers as floats. 'logical': every operand asked whether it differs from 0, gives bool.
 */
export type Mode = 'promote' | 'float' | 'bool' | 'floatBool' | 'logical';

/** A row, by its builder (or by its name, if it is one of the core), or an expression over the operands and then the parameters. */
export type Formula = string | Builder<number> | ((...args: Expression[]) => Expression);

/** An op's name: that of a row, where it is called like it. */
export type Name = string | Builder<number>;

export const nameOf = (name: Name): string => (typeof name === 'string' ? name : name.row.name);

/** The row that a formula is; null of other expressions. */
const rowIn = (formula: Formula): Row | null =>
  typeof formula === 'string' ? rowOf(formula) : 'row' in formula ? formula.row : null;

/**
 * Which dtypes an op takes once operands are promoted; what its row takes where nothing is said, with bools as the integers 0 and 1 where the row takes
 * integers. 'number' refuses bools.
 */
export type Takes = Row['accepts'] | 'integer';

/** One result from one expression. */
export const single = (dtype: DType, expression: Expression, scalars = 0): MapBuild => ({
  outputs: [{ dtype, expression }],
  scalars,
});

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
  float: {
    takes: isFloat,
    text: "takes floats, not DTYPE; convert with .to('float32') first",
  },
  number: {
    takes: (dtype) => dtype !== 'bool',
    text: "takes numbers, not DTYPE; use the logical ops, or convert with .to('int64') first",
  },
  bits: {
    takes: (dtype) => !isFloat(dtype),
    text: "takes integers and bools, not DTYPE; convert with .to('int64') first",
  },
  integer: {
    takes: (dtype) => dtypes[dtype].category === 'integer',
    text: "takes integers, not DTYPE; convert with .to('int64') first",
  },
};

/** Refuses dtypes that an op doesn't take. */
export function checkTakes(op: string, takes: Takes, dtype: DType): void {
  const refusal = refusals[takes];
  if (!refusal.takes(dtype)) throw new DTypeError(op, refusal.text.replace('DTYPE', dtype));
}

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
    const value = numberOf(x);
    if (this.#mode === 'logical') return value === 0 ? 0 : 1;
    if (isWide(kind, value)) this.checkWide(value, [beside], [x]);
    return value;
  }

  /** Integers are 32 bits wide: a larger number beside integer tensors would wrap around in silence. */
  checkWide(value: number, tensors: readonly Tensor[], operands: readonly (Tensor | Numeric)[]): void {
    const numbers = operands.flatMap((x) => (isTensor(x) ? [] : [categoryOf(x)]));
    const dtype = computed[this.#mode](resultType(this.#condition ? tensors.slice(1) : tensors, numbers));
    if (dtypes[dtype].category === 'integer')
      throw new ValueError(
        this.name,
        `${value} does not fit the 32 bits in which ${dtype} computes; pass float(${value}) to compute in floats`,
      );
  }

  /** The operands in their order: tensors are inputs, numbers are scalars, parameters are scalars after those. */
  #build(code: number, inputs: readonly Layout[]): MapBuild {
    const kinds = Array.from({ length: this.#arity }, (_, i) => (code >> (2 * i)) & 3);
    const numbers = kinds.flatMap((kind) => (kind === tensorKind ? [] : [kindCategory(kind)]));
    const dtype = computed[this.#mode](resultType(this.#condition ? inputs.slice(1) : inputs, numbers));
    checkTakes(this.name, this.#takes, dtype);
    const type = this.#typeFor(dtype);
    let tensors = 0;
    let scalars = 0;
    const args = kinds.map((kind, i) => {
      if (kind !== tensorKind)
        return this.#mode === 'logical' ? cast(scalar(scalars++, 'i32'), 'bool') : scalar(scalars++, type);
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
    const row = rowIn(this.#formula);
    const takesBool = this.#mode === 'logical' || this.#takes === 'bits' || (row !== null && accepts(row, 'bool'));
    return takesBool ? 'bool' : 'i32';
  }
}

export interface FormOptions {
  readonly mode: Mode;
  readonly formula: Formula;
  readonly takes?: Takes | undefined;
  readonly parameters?: number;
  readonly inPlace?: boolean;
  readonly condition?: boolean;
}

/** Rows of integers take bools too, counted as 0 and 1. */
function defaultOf(formula: Formula): Takes {
  const taken = rowIn(formula)?.accepts ?? 'any';
  return taken === 'number' ? 'any' : taken;
}
