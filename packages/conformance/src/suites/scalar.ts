/**
 * Every row of the scalar language, core and derived, on every type that it takes, and its derivative. Results are held to bounds that follow from
 * the precision of the core rows, not to the reference, which is judged in the same way.
 */
import {
  accepts, apply, type Backend, bitcast, cast, castTo, constant, type DataArray, type DType, differentiate, dtypes, type Expression, gradient, input,
  type MapKernel, type Row, rewrite, rowOf, rows, type ScalarType, withArguments,
} from '@nn/backend'; // biome-ignore format: one list
import { boundsOf } from '../bounds/evaluate.ts';
import { contains } from '../bounds/interval.ts';
import type { Precision } from '../bounds/precision.ts';
import type { Case, Suite } from '../case.ts';
import { check } from '../launch/compare.ts';
import { execute } from '../launch/launch-case.ts';
import { footprint, operandOver, slack } from '../launch/operands.ts';
import { edges, samplesOf } from './samples.ts';

/** How values of a scalar type are stored; u32 as int32 of the same bits. */
const stores: { readonly [T in ScalarType]: DType } = {
  f32: 'float32',
  f64: 'float64',
  i32: 'int32',
  u32: 'int32',
  bool: 'bool',
};

const read = (index: number, type: ScalarType): Expression =>
  type === 'u32' ? cast(input(index, 'i32'), 'u32') : input(index, type);

/** The value in a type that can be stored. */
const write = (x: Expression): Expression => castTo(x, stores[x.type]);

export const scalarSuite: Suite = ({ backend, precision }) => {
  const types = (Object.keys(stores) as ScalarType[]).filter((type) => backend.dtypes.includes(stores[type]));
  const cases: Case[] = [];
  for (const row of rows())
    for (const type of types) {
      if (!accepts(row, type) || !types.includes(resultOf(row, type))) continue;
      cases.push(valueCase(backend, precision, row, type));
      const derivative = gradientCase(backend, precision, row, type);
      if (derivative !== null) cases.push(derivative);
    }
  for (const from of types) for (const to of types) if (from !== to) cases.push(castCase(backend, precision, from, to));
  cases.push(...bitcastCases(backend, precision), ...constantCases(backend, precision, types));
  for (const type of types) if (type === 'f32' || type === 'f64') cases.push(...zeroCases(backend, type));
  return cases;
};

/** The type of a row's result on arguments of this type. */
const resultOf = (row: Row, type: ScalarType): ScalarType => row.result?.(argumentTypes(row, type)) ?? type;

/** Types of a row's arguments when they are of this one: `select` alone asks a bool first. */
const argumentTypes = (row: Row, type: ScalarType): ScalarType[] =>
  Array.from({ length: row.arity }, (_, i) => (row.name === 'select' && i === 0 ? 'bool' : type));

function valueCase(backend: Backend, precision: Precision, row: Row, type: ScalarType): Case {
  const types = argumentTypes(row, type);
  const expression = apply(row.name, ...types.map((argument, i) => read(i, argument)));
  return boundedCase(backend, precision, `${row.name} ${type}`, [expression], types, () => samplesOf(row, types));
}

function gradientCase(backend: Backend, precision: Precision, row: Row, type: ScalarType): Case | null {
  const types = argumentTypes(row, type);
  const value = apply(row.name, ...types.map((argument, i) => read(i, argument)));
  if (value.type !== type || (type !== 'f32' && type !== 'f64')) return null;
  const incoming = input(row.arity, type);
  const derivatives = types
    .map((_, i) => differentiate(value, i))
    .filter((derivative) => derivative !== null)
    .map((derivative) =>
      rewrite(derivative, (node, args) => {
        if (node.op === 'output') return value;
        return node === gradient(type) ? incoming : withArguments(node, args);
      }),
    );
  if (derivatives.length === 0) return null;
  const samples = (): number[][] => {
    const own = samplesOf(row, types);
    return [...own, own[0]!.map((_, i) => [1, -0.5, 3][i % 3]!)];
  };
  return boundedCase(backend, precision, `gradient of ${row.name} ${type}`, derivatives, [...types, type], samples);
}

function castCase(backend: Backend, precision: Precision, from: ScalarType, to: ScalarType): Case {
  const name = `cast ${from} to ${to}`;
  return boundedCase(backend, precision, name, [cast(read(0, from), to)], [from], () => [edges(from)]);
}

function bitcastCases(backend: Backend, precision: Precision): Case[] {
  const integers = [...edges('i32'), 0x3f800000, 0x7f800000, -8388608, 0x7fc00000, 0x00800000, 0x40490fdb];
  const cases = [
    boundedCase(backend, precision, 'bitcast i32 to f32', [bitcast(read(0, 'i32'), 'f32')], ['i32'], () => [integers]),
    boundedCase(backend, precision, 'bitcast u32 to i32', [bitcast(read(0, 'u32'), 'i32')], ['u32'], () => [
      edges('u32'),
    ]),
  ];
  // Without NaN, whose bits are nobody's business, and numbers that may be flushed.
  const floats = edges('f32').filter((x) => !Number.isNaN(x) && (x === 0 || Math.abs(x) >= 2 ** -126));
  for (const to of ['i32', 'u32'] as const)
    cases.push(
      boundedCase(backend, precision, `bitcast f32 to ${to}`, [bitcast(read(0, 'f32'), to)], ['f32'], () => [floats]),
    );
  return cases;
}

/** Constants of every kind are what they say. */
function constantCases(backend: Backend, precision: Precision, types: readonly ScalarType[]): Case[] {
  return types.map((type) => {
    const constants = edges(type).map((value) => write(constant(value, type)));
    return boundedCase(backend, precision, `constants ${type}`, constants, [], () => []);
  });
}

/** Rows whose zeros have the sign that IEEE 754 says. */
const signed: Readonly<Record<string, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  round: (x) => (Math.abs(x) <= 0.5 ? x * 0 : x),
};

function zeroCases(backend: Backend, type: 'f32' | 'f64'): Case[] {
  const values = [0, -0, 0.25, -0.25, 1, -1];
  return Object.entries(signed).map(([name, expected]) => {
    const types = argumentTypes(rowOf(name), type);
    const samples = types.map((_, arg) => values.flatMap((x) => values.map((y) => (arg === 0 ? x : y))));
    const run = async (): Promise<void> => {
      const [results] = await runMap(backend, [apply(name, ...types.map((own, i) => read(i, own)))], types, samples);
      for (const [i, x] of samples[0]!.entries()) {
        const y = samples[1]?.[i] ?? 0;
        const wanted = expected(x, y);
        if (wanted !== 0) continue;
        check(
          Object.is(results![i], wanted),
          () => `of (${show(x)}, ${show(y)}) is ${show(results![i]!)}, should be ${show(wanted)}`,
        );
      }
    };
    return { name: `sign of zero: ${name} ${type}`, run };
  });
}

/** One launch over the samples, as many outputs at a time as the backend takes. */
function boundedCase(
  backend: Backend,
  precision: Precision,
  name: string,
  expressions: readonly Expression[],
  types: readonly ScalarType[],
  samplesOfCase: () => readonly (readonly number[])[],
): Case {
  const run = async (): Promise<void> => {
    const samples = samplesOfCase();
    const group = Math.max(1, backend.maxOperands - types.length);
    for (let i = 0; i < expressions.length; i += group)
      await runBounded(backend, precision, expressions.slice(i, i + group), types, samples);
  };
  return { name, run };
}

async function runBounded(
  backend: Backend,
  precision: Precision,
  expressions: readonly Expression[],
  types: readonly ScalarType[],
  samples: readonly (readonly number[])[],
): Promise<void> {
  const results = await runMap(backend, expressions, types, samples);
  for (const [j, expression] of expressions.entries()) {
    const bounds = boundsOf(write(expression), precision);
    for (let i = 0; i < results[j]!.length - slack; i++) {
      const args = samples.map((own) => own[i]!);
      const bound = bounds(args, i);
      const actual = results[j]![i]!;
      const { lo, hi, nan } = bound;
      const wanted = lo > hi ? 'NaN' : `${lo === hi ? show(lo) : `between ${lo} and ${hi}`}${nan ? ' or NaN' : ''}`;
      check(
        contains(bound, actual),
        () => `output ${j} of (${args.map(show).join(', ')}) is ${show(actual)}, should be ${wanted}`,
      );
    }
  }
}

/** Runs a map over the samples: memory of the outputs. */
async function runMap(
  backend: Backend,
  expressions: readonly Expression[],
  types: readonly ScalarType[],
  samples: readonly (readonly number[])[],
): Promise<DataArray[]> {
  const sizes = [samples[0]?.length ?? 1];
  const inputs = types.map((type, i) =>
    operandOver(sizes, stores[type], 'dense', (dtype, n) => padded(dtype, n, samples[i]!)),
  );
  const kernel: MapKernel = {
    kind: 'map',
    rank: 1,
    inputs: inputs.map(({ dtype, access }) => ({ dtype, access })),
    outputs: expressions.map((expression) => ({
      dtype: stores[expression.type],
      access: 'contiguous',
      expression: write(expression),
      overwrites: -1,
    })),
    scalars: 0,
  };
  const outputs = kernel.outputs.map(({ dtype }) => operandOver(sizes, dtype, 'dense', footprint));
  return execute(backend, { name: '', kernel, sizes, inputs, outputs });
}

const show = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));

/** The samples, and a few elements behind them. */
function padded(dtype: DType, n: number, samples: readonly number[]): DataArray {
  const array = new dtypes[dtype].array(n);
  array.set(samples);
  return array;
}
