/** The `map` kind: layouts, dtypes, several outputs, overwritten inputs, run-time scalars, coordinates, large expressions. */
import {
  add, type Backend, bitcast, cast, castTo, coordinate, type DType, dtypes, type Expression, elementBits, input, type MapKernel, mul, neg, scalar, standardNormal, sub,
} from '@nn/backend'; // biome-ignore format: one list
import { asReference, type Case, holds, type Suite } from '../case.ts';
import { check, compare } from '../launch/compare.ts';
import { execute, type LaunchCase, Prepared } from '../launch/launch-case.ts';
import {
  type Fill,
  footprint,
  type LayoutName,
  layoutNames,
  type OperandData,
  operandOver,
  writableLayouts,
} from '../launch/operands.ts';
import { wholeNumbers } from '../launch/random.ts';
import { edges } from './samples.ts';
import { shapes } from './shapes.ts';

/** Expressions over the inputs, one an output. */
interface MapSpec {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly inputs: readonly OperandData[];
  readonly outputs: readonly (OperandData & { readonly expression: Expression; readonly overwrites?: number })[];
  readonly scalars?: readonly number[];
}

const mapCase = ({ name, sizes, inputs, outputs, scalars = [] }: MapSpec): LaunchCase => {
  const kernel: MapKernel = {
    kind: 'map',
    rank: sizes.length,
    inputs: inputs.map(({ dtype, access }) => ({ dtype, access })),
    outputs: outputs.map(({ dtype, access, expression, overwrites = -1 }) => ({
      dtype,
      access,
      expression,
      overwrites,
    })),
    scalars: scalars.length,
  };
  return { name, kernel, sizes, inputs, outputs, scalars };
};

const numbers =
  (seed: number): Fill =>
  (dtype, n) =>
    wholeNumbers(dtype, n, seed, 9);

const x = input(0, 'f32');
const y = input(1, 'f32');

export const mapSuite: Suite = ({ backend }) =>
  [...layoutCases(), ...conversionCases(), ...outputCases(), ...expressionCases(backend)]
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase))
    .concat(scalarCases(backend));

/** a − 2b over all shapes, and over all pairs of layouts where the rank has them. */
function layoutCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  const add2 = (sizes: readonly number[], left: LayoutName, right: LayoutName, out: LayoutName): void => {
    cases.push(
      mapCase({
        name: `[${sizes}] ${left}, ${right} to ${out}`,
        sizes,
        inputs: [operandOver(sizes, 'float32', left, numbers(1)), operandOver(sizes, 'float32', right, numbers(2))],
        outputs: [{ ...operandOver(sizes, 'float32', out, footprint), expression: sub(x, add(y, y)) }],
      }),
    );
  };
  for (const sizes of shapes) {
    add2(sizes, 'dense', 'dense', 'dense');
    add2(sizes, 'dense', 'splat', 'offset');
    if (sizes.length > 0) {
      add2(sizes, 'transposed', 'reversed', 'gaps');
      add2(sizes, 'broadcast', 'row', 'transposed');
    }
  }
  const plane = [17, 9];
  for (const left of layoutNames)
    for (const right of layoutNames) if (left !== 'gaps' || right !== 'offset') add2(plane, left, right, 'dense');
  for (const out of writableLayouts) add2(plane, 'gaps', 'offset', out);
  return cases;
}

/** Every dtype to every other, at the edges of both. */
function conversionCases(): LaunchCase[] {
  const all = Object.keys(dtypes) as DType[];
  return all.flatMap((from) =>
    all.map((to) => {
      const { scalar: type, array } = dtypes[from];
      // Denormal numbers may be flushed, which the bounds of the scalar suite know.
      const values = edges(type)
        .filter((value) => from !== 'uint8' || (value >= 0 && value <= 255))
        .filter((value) => value === 0 || !(Math.abs(value) < 2 ** -126));
      const sizes = [values.length];
      const fill: Fill = (_, n) => new array(Array.from({ length: n }, (_value, i) => values[i] ?? 0));
      const source = operandOver(sizes, from, 'dense', fill);
      return mapCase({
        name: `${from} to ${to}`,
        sizes,
        inputs: [source],
        outputs: [{ ...operandOver(sizes, to, 'dense', footprint), expression: castTo(input(0, type), to) }],
      });
    }),
  );
}

function outputCases(): LaunchCase[] {
  const sizes = [5, 13];
  const dense = (dtype: DType, seed: number): OperandData => operandOver(sizes, dtype, 'dense', numbers(seed));
  /** The output at place j as the input that it replaces. */
  const again = (output: OperandData, j: number): OperandData => ({ ...output, sharesOutput: j });
  const cases: LaunchCase[] = [
    mapCase({
      name: 'three outputs of three dtypes and layouts',
      sizes,
      inputs: [dense('float32', 1), dense('int32', 2)],
      outputs: [
        { ...operandOver(sizes, 'float32', 'gaps', footprint), expression: neg(x) },
        { ...operandOver(sizes, 'int32', 'transposed', footprint), expression: mul(input(1, 'i32'), input(1, 'i32')) },
        { ...operandOver(sizes, 'bool', 'reversed', footprint), expression: castTo(x, 'bool') },
      ],
    }),
  ];
  for (const layout of writableLayouts) {
    const [first, second] = [3, 4].map((seed) => operandOver(sizes, 'float32', layout, numbers(seed))) as [
      OperandData,
      OperandData,
    ];
    cases.push(
      mapCase({
        name: `in place, ${layout}`,
        sizes,
        inputs: [dense('float32', 1), again(first, 0)],
        outputs: [{ ...first, expression: add(mul(x, x), y), overwrites: 1 }],
      }),
      // Both outputs read both inputs, so all must be read before anything is written.
      mapCase({
        name: `two tensors swapped in place, ${layout}`,
        sizes,
        inputs: [again(first, 0), again(second, 1)],
        outputs: [
          { ...first, expression: y, overwrites: 0 },
          { ...second, expression: add(x, y), overwrites: 1 },
        ],
      }),
    );
  }
  const rotated = [5, 6, 7, 8].map((seed) => dense('float32', seed));
  cases.push(
    mapCase({
      name: 'four tensors, each replaced by its sum with the next',
      sizes,
      inputs: rotated.map(again),
      outputs: rotated.map((own, j) => ({
        ...own,
        expression: add(input(j, 'f32'), input((j + 1) % 4, 'f32')),
        overwrites: j,
      })),
    }),
  );
  return cases;
}

function expressionCases(backend: Backend): LaunchCase[] {
  const sizes = [3, 4, 5];
  const one = [operandOver(sizes, 'float32', 'dense', numbers(1))];
  const to = (dtype: DType, layout: LayoutName, expression: Expression): MapSpec['outputs'] => [
    { ...operandOver(sizes, dtype, layout, footprint), expression },
  ];
  let deep: Expression = x;
  for (let i = 0; i < 300; i++) deep = i % 2 === 0 ? add(deep, x) : sub(deep, mul(x, x));
  // As a tree this one would have 2^24 leaves.
  let shared: Expression = x;
  for (let i = 0; i < 24; i++) shared = add(shared, shared);
  const many = Math.min(backend.maxOperands, 24) - 1;
  const operands = Array.from({ length: many }, (_, i) =>
    operandOver(sizes, 'float32', i % 3 === 0 ? 'transposed' : 'dense', numbers(i)),
  );
  const sum = operands.map((_, i) => input(i, 'f32')).reduce(add);
  return [
    mapCase({ name: 'coordinate, dense', sizes, inputs: [], outputs: to('int32', 'dense', coordinate) }),
    mapCase({ name: 'coordinate, transposed', sizes, inputs: [], outputs: to('int32', 'transposed', coordinate) }),
    ...drawCases(),
    mapCase({ name: 'an input itself', sizes, inputs: one, outputs: to('float32', 'gaps', x) }),
    mapCase({ name: 'an expression of 600 nodes', sizes, inputs: one, outputs: to('float32', 'dense', deep) }),
    mapCase({ name: 'an expression with shared parts', sizes, inputs: one, outputs: to('float32', 'dense', shared) }),
    mapCase({
      name: 'as many operands as a launch takes',
      sizes,
      inputs: operands,
      outputs: to('float32', 'dense', sum),
    }),
  ];
}

/** Random numbers of elements, from the number of each and the call: rows that begin and end anywhere. */
function drawCases(): LaunchCase[] {
  const [key0, key1, call] = [scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32')];
  const place = cast(coordinate, 'u32');
  const laws = [
    ['bits', 'int32', bitcast(elementBits(key0, key1, call, place), 'i32')],
    ['normal numbers', 'float64', standardNormal(key0, key1, call, place)],
  ] as const;
  const lists = [[1], [7], [32], [45], [1030], [5, 64], [3, 37], [2, 3, 72]];
  return laws.flatMap(([name, dtype, drawn]) =>
    lists.flatMap((sizes) =>
      (['dense', 'transposed', 'gaps'] as const).map((layout) =>
        mapCase({
          name: `random ${name}, [${sizes}] ${layout}`,
          sizes,
          inputs: [operandOver(sizes, dtype, layout, numbers(3))],
          outputs: [{ ...operandOver(sizes, dtype, 'dense', footprint), expression: add(drawn, input(0, drawn.type)) }],
          scalars: [7, 0xdeadbeef, 21],
        }),
      ),
    ),
  );
}

/** One program, run with other numbers, other sizes and other operands each time. */
function scalarCases(backend: Backend): Case[] {
  const runs = (type: 'f32' | 'i32', dtype: DType, values: readonly number[]): Case => ({
    name: `run-time scalars ${type}`,
    run: async () => {
      const value = input(0, type);
      const expression = add(mul(value, scalar(0, type)), scalar(1, type));
      for (const [i, n] of [7, 1, 130].entries()) {
        const sizes = [n];
        const source = operandOver(sizes, dtype, 'dense', numbers(i));
        const launchCase = mapCase({
          name: '',
          sizes,
          inputs: [source],
          outputs: [{ ...operandOver(sizes, dtype, 'dense', footprint), expression }],
          scalars: [0, 0],
        });
        const prepared = new Prepared(backend, launchCase);
        for (const [j, factor] of values.entries()) {
          prepared.launch.scalars = [factor, j];
          prepared.run();
          const [result] = await prepared.read();
          const expected = Array.from({ length: n }, (_, e) => source.memory[e]! * factor + j);
          compare(`factor ${factor}, ${n} elements`, result!.subarray(0, n), expected);
        }
        prepared.free();
      }
    },
  });
  const rounding: Case = {
    name: 'run-time scalars are rounded to their type',
    run: async () => {
      const launchCase = mapCase({
        name: '',
        sizes: [2],
        inputs: [],
        outputs: [
          { ...operandOver([2], 'float32', 'dense', footprint), expression: sub(scalar(0, 'f32'), scalar(1, 'f32')) },
        ],
        scalars: [0.1, Math.fround(0.1)],
      });
      const [result] = await execute(backend, launchCase);
      check(result![0] === 0, () => `0.1 less its float32 is ${result![0]}, should be 0`);
    },
  };
  return [
    runs('f32', 'float32', [2, -3, 0.5, Number.NEGATIVE_INFINITY]),
    runs('i32', 'int32', [2, -3, 100000, 0]),
    rounding,
  ].filter(({ name }) => !name.includes('i32') || backend.dtypes.includes('int32'));
}
