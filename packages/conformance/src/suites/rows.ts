/** The `rows` kind: softmax, logsumexp, layer norm and their like over rows of every length; several outputs, scalars, coordinates. */
import {
  add, type Backend, cast, castTo, coordinate, type DType, div, type Expression, exp, input, log, max, mul, type RowsKernel, scalar, sqrt, sub,
} from '@nn/backend'; // biome-ignore format: one list
import { asReference, type Case, holds, type Suite } from '../case.ts';
import { compareBits } from '../launch/compare.ts';
import { halfUnit } from '../launch/half.ts';
import { execute, type LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, type LayoutName, type OperandData, operandOver } from '../launch/operands.ts';
import { fractions, wholeNumbers } from '../launch/random.ts';
import { lengths } from './shapes.ts';

interface RowsSpec {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly inputs: readonly OperandData[];
  readonly reductions: RowsKernel['reductions'];
  readonly outputs: RowsKernel['outputs'];
  readonly scalars?: readonly number[];
  readonly tolerance?: LaunchCase['tolerance'];
}

function rowsCase({ name, sizes, inputs, reductions, outputs, scalars = [], tolerance }: RowsSpec): LaunchCase {
  const kernel: RowsKernel = {
    kind: 'rows',
    rank: sizes.length - 1,
    inputs: inputs.map(({ dtype, access }) => ({ dtype, access })),
    reductions,
    outputs,
    scalars: scalars.length,
  };
  const targets = outputs.map(({ dtype, perRow }, j) =>
    operandOver(perRow ? sizes.slice(0, -1) : sizes, dtype, j % 2 === 0 ? 'dense' : 'offset', footprint),
  );
  return { name, kernel, sizes, inputs, outputs: targets, scalars, ...(tolerance && { tolerance }) };
}

const numbers: Fill = (dtype, n) => wholeNumbers(dtype, n, n, 5);

/** exp, a sum of them and a quotient: a few ulps each. */
type Tolerance = NonNullable<LaunchCase['tolerance']>;
const close: Tolerance = (expected) => 1e-6 + 4e-6 * Math.abs(expected);
const closeHalf: Tolerance = (expected, j, i) => close(expected, j, i) + halfUnit(expected);
const closeDouble: Tolerance = (expected) => 1e-14 + 1e-14 * Math.abs(expected);

type Float = 'f32' | 'f64';

/** Largest, sum of exponentials, and the quotient. */
function softmax(type: Float, dtype: DType): Pick<RowsSpec, 'reductions' | 'outputs'> {
  const [x, largest, sum] = [0, 1, 2].map((i) => input(i, type)) as [Expression, Expression, Expression];
  const shifted = exp(sub(x, largest));
  return {
    reductions: [
      { combine: 'max', body: x },
      { combine: 'sum', body: shifted },
    ],
    outputs: [{ dtype, expression: div(shifted, sum), perRow: false }],
  };
}

/** The softmax's parts, one number a row. */
const logSumExp = (): Pick<RowsSpec, 'reductions' | 'outputs'> => {
  const { reductions } = softmax('f32', 'float32');
  const expression = add(input(1, 'f32'), log(input(2, 'f32')));
  return { reductions, outputs: [{ dtype: 'float32', expression, perRow: true }] };
};

/** Mean and squared distance from it, with weight and bias; 1/n and ε are scalars. */
function layerNorm(dtype: DType): Pick<RowsSpec, 'reductions' | 'outputs'> {
  const [x, weight, bias, sum, squares] = [0, 1, 2, 3, 4].map((i) => input(i, 'f32')) as [
    Expression,
    Expression,
    Expression,
    Expression,
    Expression,
  ];
  const [perElement, epsilon] = [scalar(0, 'f32'), scalar(1, 'f32')];
  const mean = mul(sum, perElement);
  const centred = sub(x, mean);
  const deviation = sqrt(add(mul(squares, perElement), epsilon));
  return {
    reductions: [
      { combine: 'sum', body: x },
      { combine: 'sum', body: mul(centred, centred) },
    ],
    outputs: [
      { dtype, expression: add(mul(div(centred, deviation), weight), bias), perRow: false },
      { dtype: 'float32', expression: mean, perRow: true },
      { dtype: 'float32', expression: deviation, perRow: true },
    ],
  };
}

export const rowsSuite: Suite = ({ backend }) =>
  [...softmaxCases(), ...normCases(), ...exactCases()]
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase))
    .concat(orderCases(backend));

function softmaxCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  const over = (sizes: readonly number[], layout: LayoutName, fill: Fill = numbers): void => {
    const inputs = [operandOver(sizes, 'float32', layout, fill)];
    cases.push(rowsCase({ name: `softmax of [${sizes}], ${layout}`, sizes, inputs, ...softmax('f32', 'float32'), tolerance: close }));
  };
  for (const n of [...lengths, 1025, 5000]) over([3, n], 'dense');
  for (const sizes of [[5], [0, 4], [300, 2], [2, 3, 9], [2, 1, 2, 2, 1, 7]]) over(sizes, 'dense');
  for (const layout of ['offset', 'transposed', 'reversed', 'gaps', 'broadcast', 'splat', 'row'] as const) over([6, 5, 11], layout);
  const { NEGATIVE_INFINITY: none, NaN: nan } = Number;
  for (const values of [[none, 1, 2, none], [none, none, none, none], [nan, 1, 2, 3], [1e30, -1e30, 1e30, 3], [200, 100, -200, 0]])
    cases.push(
      rowsCase({
        name: `softmax of ${values}`,
        sizes: [1, 4],
        inputs: [operandOver([1, 4], 'float32', 'dense', (_, n) => Float32Array.from({ length: n }, (_value, i) => values[i] ?? 0))],
        ...softmax('f32', 'float32'),
        tolerance: close,
      }),
    );
  const sizes = [9, 65];
  cases.push(
    rowsCase({ name: 'softmax in float16', sizes, inputs: [operandOver(sizes, 'float16', 'dense', numbers)], ...softmax('f32', 'float16'), tolerance: closeHalf }),
    rowsCase({ name: 'softmax in float64', sizes, inputs: [operandOver(sizes, 'float64', 'dense', numbers)], ...softmax('f64', 'float64'), tolerance: closeDouble }),
    rowsCase({ name: 'logsumexp', sizes, inputs: [operandOver(sizes, 'float32', 'gaps', numbers)], ...logSumExp(), tolerance: close }),
  );
  return cases;
} // biome-ignore format: a table

function normCases(): LaunchCase[] {
  return (['float32', 'float16'] as const).flatMap((dtype) =>
    [1, 7, 64, 129, 2000].map((n) => {
      const sizes = [2, 4, n];
      return rowsCase({
        name: `layer norm of ${dtype} over ${n}`,
        sizes,
        inputs: [
          operandOver(sizes, dtype, 'dense', numbers),
          operandOver(sizes, dtype, 'row', numbers),
          operandOver(sizes, dtype, 'row', numbers),
        ],
        ...layerNorm(dtype),
        scalars: [1 / n, 1e-5],
        // Statistics leave as float32.
        tolerance: (expected, j) =>
          1e-5 + 1e-5 * Math.abs(expected) + (dtype === 'float16' && j === 0 ? halfUnit(expected) : 0),
      });
    }),
  );
}

/** Whole numbers, where every order of a sum gives the same. */
function exactCases(): LaunchCase[] {
  const sizes = [4, 37];
  const [x, k] = [input(0, 'f32'), input(0, 'i32')];
  const floats = [operandOver(sizes, 'float32', 'dense', numbers)];
  const integers = [operandOver(sizes, 'int32', 'transposed', numbers)];
  const sum = { combine: 'sum' as const, body: x };
  const at = (dtype: DType, expression: Expression, perRow = false): RowsKernel['outputs'][number] => ({ dtype, expression, perRow });
  return [
    rowsCase({ name: 'a difference from the sum', sizes, inputs: floats, reductions: [sum], outputs: [at('float32', sub(x, input(1, 'f32')))] }),
    rowsCase({ name: 'reductions of three kinds', sizes, inputs: floats, reductions: [sum, { combine: 'min', body: mul(x, x) }, { combine: 'max', body: sub(x, input(1, 'f32')) }], outputs: [1, 2, 3].map((i) => at('float32', input(i, 'f32'), true)) }),
    rowsCase({ name: 'a product', sizes: [4, 9], inputs: [operandOver([4, 9], 'float32', 'dense', (dtype, n) => wholeNumbers(dtype, n, 2, 2))], reductions: [{ combine: 'product', body: x }], outputs: [at('float32', add(x, input(1, 'f32')))] }),
    rowsCase({ name: 'integers', sizes, inputs: integers, reductions: [{ combine: 'sum', body: k }, { combine: 'max', body: mul(k, input(1, 'i32')) }], outputs: [at('int32', sub(input(2, 'i32'), k)), at('float32', cast(input(1, 'i32'), 'f32'), true)] }),
    rowsCase({ name: 'unsigned integers', sizes, inputs: integers, reductions: [{ combine: 'max', body: cast(k, 'u32') }], outputs: [at('int32', castTo(input(1, 'u32'), 'int32'), true), at('float32', cast(input(1, 'u32'), 'f32'))] }),
    rowsCase({ name: 'bools', sizes, inputs: [operandOver(sizes, 'bool', 'dense', numbers)], reductions: [{ combine: 'min', body: input(0, 'bool') }], outputs: [at('bool', input(1, 'bool'), true)] }),
    rowsCase({ name: 'coordinates of elements', sizes, inputs: floats, reductions: [{ combine: 'sum', body: mul(x, cast(coordinate, 'f32')) }], outputs: [at('float32', add(input(1, 'f32'), cast(coordinate, 'f32')))] }),
    rowsCase({ name: 'coordinates of rows', sizes, inputs: floats, reductions: [sum], outputs: [at('float32', add(input(1, 'f32'), cast(coordinate, 'f32')), true)] }),
    rowsCase({ name: 'no reduction', sizes, inputs: floats, reductions: [], outputs: [at('float32', max(x, scalar(0, 'f32')))], scalars: [1] }),
    rowsCase({ name: 'two operands of different layouts', sizes, inputs: [...floats, operandOver(sizes, 'float32', 'row', numbers)], reductions: [{ combine: 'sum', body: mul(x, input(1, 'f32')) }], outputs: [at('float32', mul(input(2, 'f32'), input(1, 'f32')))] }),
    rowsCase({ name: 'rows of nothing', sizes: [4, 0], inputs: [operandOver([4, 0], 'float32', 'dense', footprint)], reductions: [sum, { combine: 'max', body: x }], outputs: [at('float32', input(1, 'f32'), true), at('float32', input(2, 'f32'), true), at('float32', x)] }),
  ];
} // biome-ignore format: a table

function orderCases(backend: Backend): Case[] {
  return [
    {
      name: 'repeats exactly',
      run: async () => {
        const sizes = [17, 513];
        const inputs = [operandOver(sizes, 'float32', 'dense', (dtype, n) => fractions(dtype, n, n))];
        const launchCase = rowsCase({ name: '', sizes, inputs, ...softmax('f32', 'float32') });
        const [first] = await execute(backend, launchCase);
        const [second] = await execute(backend, launchCase);
        compareBits('once more', second!, first!);
      },
    },
  ];
}
