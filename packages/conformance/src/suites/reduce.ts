/** The `reduce` kind: every combine and dtype, kept and reduced dimensions of all sizes, arg forms, epilogues, accuracy of long sums, order. */
import {
  abs, add, type Backend, type Combine, cast, castTo, coordinate, type DType, dtypes, type Expression, input, mul, type ReduceKernel, scalar,
  sqrt,
} from '@nn/backend'; // biome-ignore format: one list
import { asReference, type Case, holds, type Suite } from '../case.ts';
import { compare, compareBits } from '../launch/compare.ts';
import { halfUnit } from '../launch/half.ts';
import { execute, type LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, type LayoutName, type OperandData, operandOver } from '../launch/operands.ts';
import { fractions, randomOf, wholeNumbers } from '../launch/random.ts';

interface ReduceSpec {
  readonly name: string;
  readonly kept: readonly number[];
  readonly reduced: readonly number[];
  readonly combine: ReduceKernel['combine'];
  readonly inputs: readonly OperandData[];
  readonly output: OperandData;
  readonly body?: Expression;
  readonly epilogue?: Expression;
  readonly scalars?: readonly number[];
  readonly tolerance?: LaunchCase['tolerance'];
}

export function reduceCase(spec: ReduceSpec): LaunchCase {
  const { name, kept, reduced, combine, inputs, output, scalars = [], tolerance } = spec;
  const type = dtypes[inputs[0]!.dtype].scalar;
  const body = spec.body ?? input(0, type);
  const kernel: ReduceKernel = {
    kind: 'reduce',
    rank: kept.length,
    reducedRank: reduced.length,
    inputs: inputs.map(({ dtype, access }) => ({ dtype, access })),
    output: { dtype: output.dtype, access: output.access },
    combine,
    body,
    epilogue: spec.epilogue ?? castTo(input(0, body.type), output.dtype),
    scalars: scalars.length,
  };
  const sizes = [...kept, ...reduced];
  return { name, kernel, sizes, inputs, outputs: [output], scalars, ...(tolerance && { tolerance }) };
}

const numbers =
  (largest: number, seed = 1): Fill =>
  (dtype, n) =>
    wholeNumbers(dtype, n, seed, largest);

/** Kept and reduced sizes. */
const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[], [1]],
  [[], [5]],
  [[], [33]],
  [[], [1025]],
  [[], [97, 311]],
  [[8], [9]],
  [[65], [64]],
  [[1], [17]],
  [[300], [3]],
  [[17], [2, 5]],
  [[3, 2], [7]],
  [
    [2, 3],
    [2, 4],
  ],
  [
    [2, 1, 3],
    [4, 1, 2],
  ],
  [[5], []],
  [[4], [0]],
  [[0], [4]],
  [[2], [3, 0]],
];

export const reduceSuite: Suite = ({ backend }) =>
  [...shapeCases(), ...dtypeCases(), ...specialCases(), ...argCases(), ...expressionCases(), ...accuracyCases()]
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase))
    .concat(orderCases(backend));

function shapeCases(): LaunchCase[] {
  return pairs.flatMap(([kept, reduced]) =>
    (['dense', 'transposed', 'reversed', 'gaps', 'broadcast', 'splat'] as const).map((layout: LayoutName) =>
      reduceCase({
        name: `sum of [${kept} | ${reduced}], ${layout}`,
        kept,
        reduced,
        combine: 'sum',
        inputs: [operandOver([...kept, ...reduced], 'float32', layout, numbers(5))],
        output: operandOver(kept, 'float32', layout === 'gaps' ? 'transposed' : 'offset', footprint),
      }),
    ),
  );
}

/** Factors whose product stays a whole number that a float holds. */
const factors: Fill = (dtype, n) => {
  const random = randomOf(7);
  const few = dtype === 'uint8' ? [1, 1, 2] : [1, -1, 1, -1, 2];
  return new dtypes[dtype].array(
    Array.from({ length: n }, (_, i) => (i % 7 === 0 ? few[Math.floor(random() * few.length)]! : 1)),
  );
};

function dtypeCases(): LaunchCase[] {
  const all = Object.keys(dtypes) as DType[];
  const combines: readonly Combine[] = ['sum', 'product', 'max', 'min'];
  return all.flatMap((dtype) =>
    combines
      .filter((combine) => dtype !== 'bool' || combine === 'max' || combine === 'min')
      .flatMap((combine) =>
        [[129], [6, 7], [0]].map((reduced) =>
          reduceCase({
            name: `${combine} of ${dtype} over [${reduced}]`,
            kept: [5],
            reduced,
            combine,
            inputs: [operandOver([5, ...reduced], dtype, 'dense', combine === 'product' ? factors : numbers(100))],
            // Nothing at all combines to the identity, which a narrow integer can't hold.
            output: operandOver([5], dtype === 'uint8' ? 'int32' : dtype, 'dense', footprint),
          }),
        ),
      ),
  );
}

const only =
  (values: readonly number[]): Fill =>
  (dtype, n) =>
    new dtypes[dtype].array(Array.from({ length: n }, (_, i) => values[i % values.length]!));

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** Rows that hold NaN, infinities and ties at the front, in the middle and at the end. */
const specials: readonly (readonly number[])[] = [
  [nan, 1, 2, 3, nan],
  [1, nan, -infinity, 3, 3],
  [-infinity, -infinity, -infinity],
  [infinity, 1, infinity],
  [infinity, -infinity, 2],
  [2, 7, 7, 1, 7],
  [-0, 0, -0],
  [-5],
];

function specialCases(): LaunchCase[] {
  return (['float32', 'float64', 'float16'] as const).flatMap((dtype) =>
    (['sum', 'product', 'max', 'min'] as const).flatMap((combine) =>
      specials.map((values) =>
        reduceCase({
          name: `${combine} of ${dtype} ${values.map((v) => (Object.is(v, -0) ? '-0' : v))}`,
          kept: [],
          reduced: [values.length],
          combine,
          inputs: [operandOver([values.length], dtype, 'dense', only(values))],
          output: operandOver([], dtype, 'dense', footprint),
        }),
      ),
    ),
  );
}

function argCases(): LaunchCase[] {
  const combines = ['argmax', 'argmin'] as const;
  const cases: LaunchCase[] = [];
  for (const combine of combines) {
    for (const values of specials)
      for (const dtype of ['float32', 'float64', 'float16'] as const)
        cases.push(
          reduceCase({
            name: `${combine} of ${dtype} ${values}`,
            kept: [],
            reduced: [values.length],
            combine,
            inputs: [operandOver([values.length], dtype, 'dense', only(values))],
            output: operandOver([], 'int64', 'dense', footprint),
          }),
        );
    for (const [kept, reduced] of pairs.filter(([, sizes]) => !sizes.includes(0)))
      for (const dtype of ['float32', 'int32', 'uint8', 'bool'] as const)
        cases.push(
          reduceCase({
            name: `${combine} of ${dtype} [${kept} | ${reduced}]`,
            kept,
            reduced,
            combine,
            inputs: [operandOver([...kept, ...reduced], dtype, kept.length > 1 ? 'transposed' : 'dense', numbers(20))],
            output: operandOver(kept, dtype === 'bool' ? 'int64' : 'int32', 'dense', footprint),
          }),
        );
  }
  return cases;
}

function expressionCases(): LaunchCase[] {
  const [x, y] = [input(0, 'f32'), input(1, 'f32')];
  const [kept, reduced] = [[6, 3], [19]];
  const sizes = [...kept, ...reduced];
  const operands = [
    operandOver(sizes, 'float32', 'dense', numbers(4, 1)),
    operandOver(sizes, 'float32', 'row', numbers(4, 2)),
  ];
  const output = operandOver(kept, 'float32', 'dense', footprint);
  const one = operands.slice(0, 1);
  const at = (dtype: DType): OperandData => operandOver(kept, dtype, 'reversed', footprint);
  const spec = { kept, reduced, combine: 'sum' as const, inputs: operands, output };
  return [
    reduceCase({ ...spec, name: 'a body of two operands', body: mul(x, y) }),
    reduceCase({ ...spec, name: 'a norm: squares, then the root', inputs: one, body: mul(x, x), epilogue: sqrt(x), tolerance: nearly }),
    reduceCase({ ...spec, name: 'scalars in body and epilogue', body: mul(x, scalar(0, 'f32')), epilogue: add(x, scalar(1, 'f32')), scalars: [3, -2] }),
    reduceCase({ ...spec, name: 'coordinate in the body', body: mul(cast(coordinate, 'f32'), x) }),
    reduceCase({ ...spec, name: 'coordinate in the epilogue', epilogue: add(x, cast(coordinate, 'f32')) }),
    reduceCase({ ...spec, name: 'the epilogue of nothing', reduced: [0], inputs: [operandOver([6, 3, 0], 'float32', 'dense', footprint)], epilogue: add(x, scalar(0, 'f32')), scalars: [7] }),
    reduceCase({ ...spec, name: 'bools counted', inputs: [operandOver(sizes, 'bool', 'dense', numbers(1))], body: cast(input(0, 'bool'), 'i32'), epilogue: input(0, 'i32'), output: at('int64') }),
    reduceCase({ ...spec, name: 'integers averaged', inputs: [operandOver(sizes, 'int32', 'gaps', numbers(99))], epilogue: cast(input(0, 'i32'), 'f32'), output: at('float32') }),
    reduceCase({ ...spec, name: 'an integer sum that wraps', inputs: [operandOver(sizes, 'int32', 'dense', only([2147483647, 12]))], output: at('int32') }),
    reduceCase({ ...spec, name: 'argmax of a body', combine: 'argmax', body: abs(x), output: at('int32') }),
  ]; // biome-ignore format: a table
}

/** A square root may be an ulp off. */
const nearly = (expected: number): number => Math.abs(expected) * 2 ** -23;

/**
 * Sums of positive numbers with full mantissas. In float32 a running sum of 65537 of them is some 140 roundings off, one in blocks or lanes a few
 * (Higham, "Accuracy and Stability of Numerical Algorithms", ch. 4); in float64 the reference itself adds one by one.
 */
function accuracyCases(): LaunchCase[] {
  return (['float32', 'float64', 'float16'] as const).flatMap((dtype) =>
    [10, 1000, 65537].map((n) => {
      const roundings = dtype === 'float64' ? 1024 * 2 ** -53 : 64 * 2 ** -24;
      return reduceCase({
        name: `accuracy of a sum of ${n} ${dtype}`,
        kept: [],
        reduced: [n],
        combine: 'sum',
        inputs: [operandOver([n], dtype, 'dense', (own, length) => fractions(own, length, n).map(Math.abs))],
        output: operandOver([], dtype, 'dense', footprint),
        tolerance: (expected) => roundings * expected + (dtype === 'float16' ? halfUnit(expected) : 0),
      });
    }),
  );
}

/** The order of a sum depends on sizes alone: neither repetition nor the place in memory changes a bit. */
function orderCases(backend: Backend): Case[] {
  const shapes: readonly (readonly [number, number])[] = [
    [1, 5000],
    [37, 129],
    [513, 3],
  ];
  return shapes.map(([rows, n]) => ({
    name: `order of a sum [${rows} | ${n}]`,
    run: async () => {
      const values = fractions('float32', rows * n, 3);
      const results = [];
      for (const layout of ['dense', 'offset', 'dense'] as const) {
        const source = operandOver([rows, n], 'float32', layout, (dtype, length) => {
          const memory = footprint(dtype, length);
          memory.set(values, layout === 'offset' ? 5 : 0);
          return memory;
        });
        const launchCase = reduceCase({
          name: '',
          kept: [rows],
          reduced: [n],
          combine: 'sum',
          inputs: [source],
          output: operandOver([rows], 'float32', 'dense', footprint),
        });
        results.push((await execute(backend, launchCase))[0]!);
      }
      compareBits('from another offset', results[1]!, results[0]!);
      compareBits('once more', results[2]!, results[0]!);
      compare('length', [results[0]!.length], [results[2]!.length]);
    },
  }));
}
