/** The kinds `gather` and `scatter`: one and several indices, layouts, dtypes, negative and repeated indices, order, indices out of range. */
import { type Backend, type DType, dtypes, type GatherKernel, IndexError, type ScatterKernel } from '@nn/backend';
import { asReference, type Case, holds, type Suite } from '../case.ts';
import { check } from '../launch/compare.ts';
import { execute, type LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, type LayoutName, type OperandData, operandOver } from '../launch/operands.ts';
import { randomOf, wholeNumbers } from '../launch/random.ts';

/** An operand that is indexed along some dimensions of its own, and walked along the others. */
interface Indexed {
  readonly operand: OperandData;
  /** Size and stride of each indexed dimension. */
  readonly extents: readonly number[];
}

/**
 * A dense array of `sizes` whose dimensions `along` are indexed; `walk` says with which dimension of the array each dimension of the iteration
 * goes (-1: none).
 */
function indexedOver(
  sizes: readonly number[],
  dtype: DType,
  walk: readonly number[],
  along: readonly number[],
  fill: Fill,
): Indexed {
  const { strides, memory, offset } = operandOver(sizes, dtype, 'offset', fill);
  const own = walk.map((d) => (d < 0 ? 0 : strides[d]!));
  return {
    operand: { dtype, access: 'strided', strides: own, offset, memory },
    extents: along.flatMap((d) => [sizes[d]!, strides[d]!]),
  };
}

const gatherCase = (
  name: string,
  sizes: readonly number[],
  source: Indexed,
  indices: readonly OperandData[],
  output: OperandData,
): LaunchCase => {
  const kernel: GatherKernel = {
    kind: 'gather',
    rank: sizes.length,
    dtype: output.dtype,
    source: source.operand,
    indices: indices.map(({ dtype, access }) => ({ dtype, access })),
    output: { dtype: output.dtype, access: output.access },
  };
  const { dtype, access } = source.operand;
  return {
    name: `gather ${name}`,
    kernel: { ...kernel, source: { dtype, access } },
    sizes,
    extents: source.extents,
    inputs: [source.operand, ...indices],
    outputs: [output],
  };
};

const scatterCase = (
  name: string,
  sizes: readonly number[],
  target: Indexed,
  value: OperandData,
  indices: readonly OperandData[],
  combine: ScatterKernel['combine'],
): LaunchCase => {
  const kernel: ScatterKernel = {
    kind: 'scatter',
    rank: sizes.length,
    dtype: value.dtype,
    value: { dtype: value.dtype, access: value.access },
    indices: indices.map(({ dtype, access }) => ({ dtype, access })),
    output: { dtype: target.operand.dtype, access: target.operand.access },
    combine,
  };
  return {
    name: `scatter ${name}`,
    kernel,
    sizes,
    extents: target.extents,
    inputs: [value, ...indices],
    outputs: [target.operand],
  };
};

/** Indices of a dimension of this size, negative ones among them where the dtype has them. */
const indicesOf =
  (size: number, seed = 5): Fill =>
  (dtype, n) => {
    const random = randomOf(seed);
    const least = dtype === 'uint8' ? 0 : -size;
    return new dtypes[dtype].array(Array.from({ length: n }, () => least + Math.floor(random() * (size - least))));
  };

const exactly =
  (values: readonly number[]): Fill =>
  (dtype, n) =>
    new dtypes[dtype].array(Array.from({ length: n }, (_, i) => values[i] ?? 0));

const numbers =
  (seed: number): Fill =>
  (dtype, n) =>
    wholeNumbers(dtype, n, seed, 9);

export const indexedSuite: Suite = ({ backend }) =>
  [...gatherCases(), ...scatterCases()]
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase))
    .concat(rangeCases(backend));

const allDtypes = Object.keys(dtypes) as DType[];
const indexDtypes: readonly DType[] = ['int64', 'int32', 'uint8'];
const layouts: readonly LayoutName[] = ['dense', 'offset', 'transposed', 'reversed', 'gaps', 'row'];

function gatherCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  for (const n of [0, 1, 5, 65, 1025])
    cases.push(gatherCase(`${n} elements of a vector`, [n], indexedOver([13], 'float32', [-1], [0], numbers(1)), [operandOver([n], 'int64', 'dense', indicesOf(13))], operandOver([n], 'float32', 'dense', footprint)));
  for (const dtype of allDtypes)
    cases.push(gatherCase(`rows of ${dtype}`, [9, 7], indexedOver([5, 7], dtype, [-1, 1], [0], numbers(2)), [rowsOf([9, 7], 'int64', indicesOf(5))], operandOver([9, 7], dtype, 'dense', footprint)));
  for (const dtype of indexDtypes)
    for (const layout of layouts)
      cases.push(gatherCase(`along the last dimension, ${dtype} indices ${layout}`, [6, 11], indexedOver([6, 4], 'float32', [0, -1], [1], numbers(3)), [operandOver([6, 11], dtype, layout, indicesOf(4))], operandOver([6, 11], 'float32', 'transposed', footprint)));
  cases.push(
    gatherCase('by two indices', [4, 5], indexedOver([3, 6], 'float32', [-1, -1], [0, 1], numbers(4)), [operandOver([4, 5], 'int64', 'dense', indicesOf(3)), operandOver([4, 5], 'int32', 'row', indicesOf(6, 6))], operandOver([4, 5], 'float32', 'gaps', footprint)),
    gatherCase('by three indices around a walked dimension', [2, 3], indexedOver([3, 2, 4, 5], 'int32', [1, -1], [0, 2, 3], numbers(5)), [3, 4, 5].map((size, i) => operandOver([2, 3], 'int64', 'dense', indicesOf(size, i))), operandOver([2, 3], 'int32', 'dense', footprint)),
    gatherCase('without a dimension', [], indexedOver([4], 'float32', [], [0], numbers(6)), [operandOver([], 'int64', 'dense', exactly([-1]))], operandOver([], 'float32', 'dense', footprint)),
    gatherCase('without an index', [3, 4], indexedOver([3, 4], 'float32', [0, 1], [], numbers(7)), [], operandOver([3, 4], 'float32', 'reversed', footprint)),
    gatherCase('nothing from nothing', [0], indexedOver([0], 'float32', [-1], [0], numbers(8)), [operandOver([0], 'int64', 'dense', exactly([]))], operandOver([0], 'float32', 'dense', footprint)),
    gatherCase('along six dimensions', [2, 1, 3, 2, 1, 2], indexedOver([2, 1, 5, 2, 1, 2], 'float32', [0, 1, -1, 3, 4, 5], [2], numbers(9)), [operandOver([2, 1, 3, 2, 1, 2], 'int64', 'dense', indicesOf(5))], operandOver([2, 1, 3, 2, 1, 2], 'float32', 'dense', footprint)),
  );
  return cases;
} // biome-ignore format: a table

/** One index a row: the same along the last dimension. */
function rowsOf([n, width]: readonly [number, number], dtype: DType, fill: Fill): OperandData {
  const operand = operandOver([n], dtype, 'dense', fill);
  return { ...operand, access: 'strided', strides: [1, width > 0 ? 0 : 0] };
}

const combines: readonly ScatterKernel['combine'][] = ['replace', 'sum', 'product', 'max', 'min'];

function scatterCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  for (const dtype of allDtypes)
    for (const combine of combines) {
      if (dtype === 'bool' && (combine === 'sum' || combine === 'product')) continue;
      const target = indexedOver([5], dtype, [-1], [0], numbers(1));
      cases.push(scatterCase(`${combine} of ${dtype}, many to one place`, [23], target, operandOver([23], dtype, 'dense', numbers(2)), [operandOver([23], 'int64', 'dense', indicesOf(5))], combine));
    }
  for (const combine of combines)
    for (const layout of layouts)
      cases.push(scatterCase(`${combine} along the last dimension, value ${layout}`, [6, 11], indexedOver([6, 4], 'float32', [0, -1], [1], numbers(3)), operandOver([6, 11], 'float32', layout, numbers(4)), [operandOver([6, 11], 'int32', layout, indicesOf(4))], combine));
  // In float32 the last of these sums shows in which order they were added.
  const order = exactly([1e8, 1, -1e8, 1, 3e8, 3, 5, -3e8, 0.25, 1e8, 7, 7, 7, -1e8]);
  const ones = exactly(Array.from({ length: 14 }, () => 1));
  cases.push(
    scatterCase('sums in ascending order', [14], indexedOver([3], 'float32', [-1], [0], numbers(5)), operandOver([14], 'float32', 'dense', order), [operandOver([14], 'int64', 'dense', ones)], 'sum'),
    scatterCase('the last of equals stays', [2000], indexedOver([3], 'int32', [-1], [0], numbers(5)), operandOver([2000], 'int32', 'dense', (_, n) => Int32Array.from({ length: n }, (_, i) => i)), [operandOver([2000], 'int64', 'dense', indicesOf(3))], 'replace'),
    scatterCase('NaN beats every number', [4], indexedOver([2], 'float32', [-1], [0], exactly([0, 1, 2, 3, 4, 5, Number.NaN])), operandOver([4], 'float32', 'dense', exactly([Number.NaN, 1, 5, 6])), [operandOver([4], 'int64', 'dense', exactly([0, 0, 1, 1]))], 'max'),
    scatterCase('rows by their number', [9, 7], indexedOver([5, 7], 'float32', [-1, 1], [0], numbers(6)), operandOver([9, 7], 'float32', 'dense', numbers(7)), [rowsOf([9, 7], 'int64', indicesOf(5))], 'sum'),
    scatterCase('by two indices', [4, 5], indexedOver([3, 6], 'float32', [-1, -1], [0, 1], numbers(4)), operandOver([4, 5], 'float32', 'transposed', numbers(8)), [operandOver([4, 5], 'int64', 'dense', indicesOf(3)), operandOver([4, 5], 'uint8', 'row', indicesOf(6))], 'sum'),
    scatterCase('one value everywhere', [65], indexedOver([33], 'float32', [-1], [0], numbers(9)), operandOver([65], 'float32', 'splat', numbers(10)), [operandOver([65], 'int64', 'dense', indicesOf(33))], 'sum'),
    scatterCase('nothing', [0], indexedOver([4], 'float32', [-1], [0], numbers(1)), operandOver([0], 'float32', 'dense', numbers(1)), [operandOver([0], 'int64', 'dense', exactly([]))], 'sum'),
    scatterCase('without a dimension', [], indexedOver([4], 'float32', [], [0], numbers(1)), operandOver([], 'float32', 'dense', numbers(2)), [operandOver([], 'int64', 'dense', exactly([-4]))], 'product'),
  );
  return cases;
} // biome-ignore format: a table

/** An index out of range is an `IndexError` of the launch or of the next read, and the backend goes on after it. */
function rangeCases(backend: Backend): Case[] {
  const wrong: readonly (readonly [readonly number[], number, number])[] = [
    [[0, 5, 1], 5, 5],
    [[0, 1, -6], -6, 5],
    [[2147483647, 0, 0], 2147483647, 5],
    [[-2147483648, 0, 0], -2147483648, 5],
    [[0, 0, 0], 0, 0],
  ];
  return wrong.flatMap(([indices, index, size]) => {
    const operand = operandOver([3], 'int64', 'dense', exactly(indices));
    const source = indexedOver([size], 'float32', [-1], [0], numbers(1));
    const value = operandOver([3], 'float32', 'dense', numbers(2));
    const launches = [
      gatherCase('', [3], source, [operand], operandOver([3], 'float32', 'dense', footprint)),
      scatterCase('', [3], source, value, [operand], 'replace'),
    ];
    return launches.map((launchCase) => ({
      name: `${launchCase.kernel.kind} with index ${index} of ${size}`,
      run: async () => {
        const error = await execute(backend, launchCase).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        check(error instanceof IndexError, () => `ended with ${error ?? 'no error'}, should throw an IndexError`);
        const message = `[conformance] index ${index} is out of bounds for dimension with size ${size}`;
        check(error.message === message, () => `says "${error.message}", should say "${message}"`);
        const after = gatherCase('', [3], indexedOver([5], 'float32', [-1], [0], numbers(1)), [operandOver([3], 'int64', 'dense', exactly([4, 0, -1]))], operandOver([3], 'float32', 'dense', footprint)); // biome-ignore format: one launch
        await asReference(backend, after).run();
      },
    }));
  });
}
