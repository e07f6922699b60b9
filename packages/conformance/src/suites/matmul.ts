/** The `matmul` kind: tile edges, layouts of both operands and of the result, batches, dtypes, epilogues, accuracy, order. */
import {
  add, type Backend, castTo, type DType, dtypes, type Expression, input, type Layout2, type MatmulKernel, max, mul, same, scalar,
} from '@nn/backend'; // biome-ignore format: one list
import { asReference, type Case, holds, type Suite } from '../case.ts';
import { compare, compareBits } from '../launch/compare.ts';
import { halfUnit } from '../launch/half.ts';
import { execute, type LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, type LayoutName, type OperandData, operandOver } from '../launch/operands.ts';
import { fractions, wholeNumbers } from '../launch/random.ts';

interface MatmulSpec {
  readonly name: string;
  readonly batch?: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly dtype?: DType;
  readonly left?: LayoutName;
  readonly right?: LayoutName;
  readonly out?: LayoutName;
  readonly extras?: readonly OperandData[];
  readonly epilogue?: Expression;
  readonly scalars?: readonly number[];
  readonly fill?: Fill;
  readonly tolerance?: LaunchCase['tolerance'];
}

const numbers: Fill = (dtype, n) => wholeNumbers(dtype, n, n, 3);

/** Which dimension of a matrix is dense, by its strides. */
function layoutOf({ strides }: OperandData): Layout2 {
  if (strides.at(-1) === 1) return 'rows';
  return strides.at(-2) === 1 ? 'columns' : 'strided';
}

function matmulCase(spec: MatmulSpec): LaunchCase {
  const { name, batch = [], m, n, k, dtype = 'float32', fill = numbers, extras = [], scalars = [], tolerance } = spec;
  const left = operandOver([...batch, m, k], dtype, spec.left ?? 'dense', fill);
  const right = operandOver([...batch, k, n], dtype, spec.right ?? 'dense', fill);
  const output = operandOver([...batch, m, n], dtype, spec.out ?? 'dense', footprint);
  const kernel: MatmulKernel = {
    kind: 'matmul',
    rank: batch.length,
    dtype,
    left: layoutOf(left),
    right: layoutOf(right),
    extras: extras.map((extra) => ({ dtype: extra.dtype, access: extra.access })),
    epilogue: spec.epilogue ?? input(0, dtypes[dtype].scalar),
    scalars: scalars.length,
  };
  const sizes = [...batch, m, n, k];
  return {
    name,
    kernel,
    sizes,
    inputs: [left, right, ...extras],
    outputs: [output],
    scalars,
    ...(tolerance && { tolerance }),
  };
}

export const matmulSuite: Suite = ({ backend }) =>
  [...sizeCases(), ...layoutCases(), ...batchCases(), ...dtypeCases(), ...epilogueCases(), ...accuracyCases()]
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase))
    .concat(orderCases(backend));

const edges = [1, 5, 8, 9, 17, 33, 64, 65];

function sizeCases(): LaunchCase[] {
  const sizes: (readonly [number, number, number])[] = [
    [97, 311, 53],
    [64, 50, 784],
    [3, 2, 1025],
    [0, 4, 5],
    [4, 0, 5],
    [4, 5, 0],
    [300, 3, 2],
  ];
  for (const size of edges) sizes.push([size, size, size], [1, size, 9], [size, 1, 17], [9, 8, size]);
  return sizes.map(([m, n, k]) => matmulCase({ name: `${m}x${k} @ ${k}x${n}`, m, n, k }));
}

const layouts: readonly LayoutName[] = ['dense', 'offset', 'transposed', 'reversed', 'gaps', 'splat'];

function layoutCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  for (const left of layouts)
    for (const right of layouts)
      cases.push(matmulCase({ name: `${left} @ ${right}`, m: 18, n: 21, k: 35, left, right }));
  for (const out of ['offset', 'transposed', 'reversed', 'gaps'] as const)
    cases.push(matmulCase({ name: `to ${out}`, m: 18, n: 21, k: 35, right: 'transposed', out }));
  return cases;
}

function batchCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  for (const batch of [[1], [5], [2, 3], [2, 1, 3], [0], [2, 1, 2, 2]])
    for (const layout of ['dense', 'transposed', 'gaps', 'broadcast'] as const)
      cases.push(
        matmulCase({
          name: `batch [${batch}], ${layout}`,
          batch,
          m: 7,
          n: 9,
          k: 10,
          left: layout,
          right: layout === 'dense' ? 'gaps' : layout,
        }),
      );
  return cases;
}

function dtypeCases(): LaunchCase[] {
  return (['float32', 'float64', 'float16', 'int32', 'int64', 'uint8'] as const).flatMap((dtype) => [
    matmulCase({ name: `of ${dtype}`, m: 17, n: 19, k: 23, dtype }),
    matmulCase({
      name: `of ${dtype}, transposed`,
      m: 17,
      n: 19,
      k: 23,
      dtype,
      left: 'transposed',
      right: 'transposed',
    }),
    matmulCase({
      name: `of large ${dtype}`,
      m: 5,
      n: 9,
      k: 6,
      dtype,
      fill: (own, n) => wholeNumbers(own, n, n, own === 'uint8' ? 255 : 1500),
    }),
    matmulCase({
      name: `of ${dtype} that wrap`,
      m: 3,
      n: 5,
      k: 6,
      dtype,
      fill: (own, n) => wholeNumbers(own, n, n, own.startsWith('float') ? 3 : 2147483647),
    }),
  ]);
}

function epilogueCases(): LaunchCase[] {
  const [m, n, k] = [33, 18, 20];
  const [sum, bias, other] = [input(0, 'f32'), input(1, 'f32'), input(2, 'f32')];
  const row = operandOver([m, n], 'float32', 'row', numbers);
  const full = operandOver([m, n], 'float32', 'transposed', numbers);
  const batched = operandOver([2, m, n], 'float32', 'row', numbers);
  const narrow = operandOver([m, n], 'uint8', 'dense', numbers);
  return [
    matmulCase({ name: 'bias', m, n, k, extras: [row], epilogue: add(sum, bias) }),
    matmulCase({ name: 'bias and rectifier', m, n, k, extras: [row], epilogue: max(add(sum, bias), same(0, sum)) }),
    matmulCase({ name: 'two operands and scalars', m, n, k, extras: [row, full], epilogue: add(mul(scalar(0, 'f32'), add(sum, bias)), mul(scalar(1, 'f32'), other)), scalars: [2, -3] }),
    matmulCase({ name: 'scalars alone', m, n, k, epilogue: mul(sum, scalar(0, 'f32')), scalars: [0.5] }),
    matmulCase({ name: 'bias over a batch', batch: [2], m, n, k, extras: [batched], epilogue: add(sum, bias) }),
    matmulCase({ name: 'a bias of another dtype', m, n, k, extras: [narrow], epilogue: add(sum, castTo(input(1, 'i32'), 'float32')) }),
    matmulCase({ name: 'bias where k is 0', m, n, k: 0, extras: [row], epilogue: add(sum, bias) }),
    matmulCase({ name: 'bias in float16', m, n, k, dtype: 'float16', extras: [operandOver([m, n], 'float16', 'row', numbers)], epilogue: add(sum, bias) }),
    matmulCase({ name: 'bias in float64', m, n, k, dtype: 'float64', extras: [operandOver([m, n], 'float64', 'row', numbers)], epilogue: add(input(0, 'f64'), input(1, 'f64')) }),
    // An integer sum is not cut to the narrow dtype before the epilogue.
    matmulCase({ name: 'bias in uint8', m: 3, n: 4, k: 9, dtype: 'uint8', fill: (own, size) => wholeNumbers(own, size, 1, 255), extras: [operandOver([3, 4], 'uint8', 'row', numbers)], epilogue: max(input(0, 'i32'), input(1, 'i32')) }),
  ]; // biome-ignore format: a table
}

/** Full mantissas: the error of a sum of k products is at most k roundings of the sum of their sizes. */
function accuracyCases(): LaunchCase[] {
  return (['float32', 'float64', 'float16'] as const).flatMap((dtype) =>
    [7, 200, 3000].map((k) => {
      const unit = dtype === 'float64' ? 2 ** -53 : 2 ** -24;
      const tolerance = (expected: number): number => 2 * k * unit * k + (dtype === 'float16' ? halfUnit(expected) : 0);
      return matmulCase({
        name: `accuracy over ${k} ${dtype}`,
        m: 9,
        n: 11,
        k,
        dtype,
        fill: (own, n) => fractions(own, n, n),
        tolerance,
      });
    }),
  );
}

/** A row of a product doesn't depend on how many other rows and columns there are, nor on when it is computed. */
function orderCases(backend: Backend): Case[] {
  const run = async (m: number, n: number): Promise<ArrayLike<number>> => {
    const k = 777;
    const stretch: Fill = (dtype, count) => {
      const memory = new dtypes[dtype].array(count);
      memory.set(fractions(dtype, k, 1));
      return memory;
    };
    const launchCase = matmulCase({ name: '', m, n, k, left: 'dense', right: 'transposed', fill: stretch });
    const [result] = await execute(backend, launchCase);
    return result!.slice(0, 1);
  };
  return [
    {
      name: 'order of a sum depends on k alone',
      run: async () => {
        const first = await run(1, 1);
        for (const [m, n] of [
          [2, 1],
          [1, 2],
          [65, 3],
          [3, 65],
          [33, 64],
        ] as const)
          compare(`the same dot product in ${m}x${n}`, await run(m, n), first);
      },
    },
    {
      name: 'repeats exactly',
      run: async () => {
        const launchCase = matmulCase({ name: '', m: 65, n: 33, k: 500, fill: (dtype, n) => fractions(dtype, n, n) });
        const [first] = await execute(backend, launchCase);
        const [second] = await execute(backend, launchCase);
        compareBits('once more', second!, first!);
      },
    },
  ];
}
