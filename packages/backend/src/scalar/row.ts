/**
 * What a row of the scalar language is, and the register of all rows. A core row is implemented by every backend's code
 * generator; a derived row is an expression over other rows, and a backend may implement it faster if it wants to.
 */
import { isFloatScalar, type ScalarType } from '../dtype.ts';
import { NnError } from '../errors.ts';
import { type Expression, intern } from './expression.ts';

/** Gradients of the arguments, null where the result doesn't depend on an argument (or only by steps). */
export type Gradients = readonly (Expression | null)[];

export interface Row {
  readonly name: string;
  readonly arity: number;
  /** Which arguments it takes: floats, integers, both, integers and bools, or anything. */
  readonly accepts: 'float' | 'integer' | 'number' | 'bits' | 'any';
  /** Type of the result; that of the first argument where absent. */
  readonly result?: (types: readonly ScalarType[]) => ScalarType;
  /** Derived rows only: the value, said with other rows. */
  readonly meaning?: (...args: Expression[]) => Expression;
  /** Given the incoming gradient, the result and the arguments. Absent in a derived row: the meaning is differentiated. */
  readonly gradient?: (g: Expression, out: Expression, ...args: Expression[]) => Gradients;
  /** Intervals from which the conformance tests draw each argument, besides the edges (±0, ±inf, NaN, ±100 …). */
  readonly domain?: readonly (readonly [number, number])[];
}

const register = new Map<string, Row>();

type Arguments<N extends number> = number extends N
  ? Expression[]
  : N extends 1
    ? [x: Expression]
    : N extends 2
      ? [x: Expression, y: Expression]
      : N extends 3
        ? [x: Expression, y: Expression, z: Expression]
        : Expression[];

/** Applies a row to expressions, and knows which row it is. */
export interface Builder<N extends number = 1> {
  (...args: Arguments<N>): Expression;
  readonly row: Row;
}

/**
 * Adds a row to the language and returns the function that applies it. Two rows of one name are a mistake. Who uses a row names this function, so that a
 * program which doesn't use it need not carry it.
 */
export function defineRow<N extends number>(row: Row & { readonly arity: N }): Builder<N> {
  if (register.has(row.name)) throw new NnError('defineRow', `the scalar language has a row named ${row.name} already`);
  register.set(row.name, row);
  // Builders are passed as callbacks, which get more than they ask for.
  return Object.assign((...args: Expression[]) => applied(row, args.slice(0, row.arity)), { row }) as Builder<N>;
}

/** The row of this name; throws when there is none. */
export function rowOf(name: string): Row {
  const row = register.get(name);
  if (row === undefined) throw new NnError('rowOf', `the scalar language has no row named ${name}`);
  return row;
}

/** The rows that were defined, in order. */
export const definedRows = (): IterableIterator<Row> => register.values();

const accepted: Readonly<Record<Row['accepts'], (type: ScalarType) => boolean>> = {
  float: isFloatScalar,
  integer: (type) => type === 'i32' || type === 'u32',
  number: (type) => type !== 'bool',
  bits: (type) => !isFloatScalar(type),
  any: () => true,
};

/** Whether the row takes arguments of this type. */
export const accepts = (row: Row, type: ScalarType): boolean => accepted[row.accepts](type);

/** The row applied to arguments of one type (`select` alone has a bool first). */
export const apply = (name: string, ...args: Expression[]): Expression => applied(rowOf(name), args);

function applied(row: Row, args: readonly Expression[]): Expression {
  const { name } = row;
  const own = name === 'select' ? args.slice(1) : args;
  const type = own[0]?.type ?? 'bool';
  const mixed = own.some((arg) => arg.type !== type) || (name === 'select' && args[0]?.type !== 'bool');
  if (args.length !== row.arity || mixed || !accepts(row, type))
    throw new NnError(
      name,
      `takes ${row.arity} arguments (${row.accepts}) of one type, got ${args.map((a) => a.type).join(', ')}`,
    );
  return intern(name, row.result ? row.result(args.map((arg) => arg.type)) : type, args);
}
