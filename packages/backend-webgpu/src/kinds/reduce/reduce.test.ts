/**
 * What conformance can't see of reductions: every way in which one is spread over threads gives the bits that sizes alone decide, however operands lie; dispatches of more than
 * 65535 workgroups; operands that span several bindings.
 */
import { type DType, dtypes, input, mul, type ReduceKernel, reference } from '@nn/backend';
import { afterAll, describe, expect, it } from 'vitest';
import { type LaunchData, type Memory, outputsOf, uniform, whole } from '../../../test/launches.ts';
import { WebGPUBackend } from '../../backend.ts';
import { openDevice } from '../../runtime/adapter.ts';

const open = async (window?: number): Promise<WebGPUBackend> =>
  new WebGPUBackend({ ...(await openDevice({})), ...(window !== undefined && { window }) });
const backend = await open();
const judge = reference();
afterAll(() => backend.dispose());

type Layout = 'rows' | 'columns' | 'halves';

/** The matrix [outputs, reduced] in memory: reduced elements next to each other, outputs next to each other, and neither. */
function laid(
  dtype: DType,
  values: ArrayLike<number>,
  outputs: number,
  reduced: number,
  layout: Layout,
): Memory & { readonly split: boolean } {
  const data = new dtypes[dtype].array(values.length);
  const half = Math.floor(reduced / 2);
  const place: Record<Layout, (o: number, r: number) => number> = {
    rows: (o, r) => o * reduced + r,
    columns: (o, r) => r * outputs + o,
    halves: (o, r) => ((r % half) * outputs + o) * 2 + Math.floor(r / half),
  };
  for (let o = 0, i = 0; o < outputs; o++)
    for (let r = 0; r < reduced; r++, i++) data[place[layout](o, r)] = values[i]!;
  const strides = { rows: [reduced, 1], columns: [1, outputs], halves: [2, 1, 2 * outputs] };
  return { dtype, data, strides: strides[layout], split: layout === 'halves' };
}

interface Case {
  readonly outputs: number;
  readonly reduced: number;
  readonly combine: ReduceKernel['combine'];
  readonly dtype?: DType;
  readonly squares?: boolean;
}

function launchOf(
  { outputs, reduced, combine, dtype = 'float32', squares = false }: Case,
  values: ArrayLike<number>,
  layout: Layout,
): LaunchData {
  const { split, ...operand } = laid(dtype, values, outputs, reduced, layout);
  const sizes = split ? [outputs, 2, reduced / 2] : [outputs, reduced];
  const type = dtypes[dtype].scalar;
  const result = combine === 'argmax' || combine === 'argmin' ? 'int64' : dtype;
  const kernel: ReduceKernel = {
    kind: 'reduce',
    rank: 1,
    reducedRank: sizes.length - 1,
    inputs: [{ dtype, access: layout === 'rows' ? 'contiguous' : 'strided' }],
    output: { dtype: result, access: layout === 'columns' ? 'strided' : 'contiguous' },
    combine,
    body: squares ? mul(input(0, type), input(0, type)) : input(0, type),
    epilogue: input(0, type),
    scalars: 0,
  };
  return {
    kernel,
    sizes,
    operands: [{ dtype: result, data: new dtypes[result].array(outputs), strides: [1] }, operand],
  };
}

/** Outputs and reduced elements: one thread an output, one workgroup, several in two passes, threads that do several workers' work. */
const shapes: readonly (readonly [number, number])[] = [
  [1000, 6],
  [70, 30],
  [40, 300],
  [3, 5000],
  [1, 70000],
  [5, 66000],
  [300, 4096],
  [70000, 34],
];

describe.each(shapes)('[%i | %i]', (outputs, reduced) => {
  it('is a sum of the same bits in every layout, and a right one', async () => {
    const values = uniform(outputs * reduced, reduced);
    const test: Case = { outputs, reduced, combine: 'sum', squares: true };
    const [sums] = await outputsOf(backend, launchOf(test, values, 'rows'));
    const [expected] = await outputsOf(judge, launchOf(test, values, 'rows'));
    // Of the trees the deepest has 19 additions one on the other; and a square is rounded.
    for (const [o, sum] of sums!.entries())
      expect(Math.abs(sum - expected![o]!)).toBeLessThanOrEqual(20 * 2 ** -24 * expected![o]!);
    for (const layout of ['columns', 'halves'] as const)
      expect(await outputsOf(backend, launchOf(test, values, layout))).toEqual([sums]);
  });

  it('has the first of equals', async () => {
    const values = whole(outputs * reduced, 1000, reduced + 1);
    const test: Case = { outputs, reduced, combine: 'argmin' };
    const expected = await outputsOf(judge, launchOf(test, values, 'rows'));
    for (const layout of ['rows', 'columns'] as const)
      expect(await outputsOf(backend, launchOf(test, values, layout))).toEqual(expected);
  });
});

// Their parts lie in temporaries in ways of their own.
it.each([
  ['product', 'int32', 2 ** 31],
  ['min', 'bool', 2],
  ['max', 'bool', 2],
] as const)('takes the %s of %s in two passes', async (combine, dtype, below) => {
  const test: Case = { outputs: 5, reduced: 66000, combine, dtype };
  const odd = Int32Array.from(whole(5 * 66000, below, 9), (x) => (combine === 'product' ? x | 1 : x));
  const values = combine === 'max' ? odd.fill(0, 0, 66000) : combine === 'min' ? odd.fill(1, 66000, 132000) : odd;
  const expected = await outputsOf(judge, launchOf(test, values, 'rows'));
  expect(await outputsOf(backend, launchOf(test, values, 'rows'))).toEqual(expected);
});

it('finds the first NaN, wherever it is', async () => {
  const [outputs, reduced] = [3, 66000];
  const values = uniform(outputs * reduced);
  for (const [o, places] of [[4, 65999], [65000], [33000, 33001]].entries())
    for (const r of places) values[o * reduced + r] = Number.NaN;
  for (const layout of ['rows', 'columns'] as const) {
    const [first] = await outputsOf(backend, launchOf({ outputs, reduced, combine: 'argmin' }, values, layout));
    expect([...first!]).toEqual([4, 65000, 33000]);
    const [largest] = await outputsOf(backend, launchOf({ outputs, reduced, combine: 'max' }, values, layout));
    expect([...largest!]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  }
});

it('has more workgroups than one direction takes', async () => {
  const outputs = 64 * 65535 + 70;
  const test: Case = { outputs, reduced: 2, combine: 'sum', dtype: 'int32' };
  const { kernel, sizes, operands } = launchOf(test, [], 'columns');
  // Three numbers, of which each output has two.
  const few: Memory = { dtype: 'int32', data: new Int32Array([1, 20, 300]), strides: [0, 1], offset: 1 };
  const [sums] = await outputsOf(backend, { kernel, sizes, operands: [operands[0]!, few] });
  expect(sums!.findIndex((sum) => sum !== 320)).toBe(-1);
});

it('reads operands that take several bindings', async () => {
  const narrow = await open(131072);
  const test: Case = { outputs: 1, reduced: 70000, combine: 'sum' };
  const launch = launchOf(test, uniform(70000), 'rows');
  expect(await outputsOf(narrow, launch)).toEqual(await outputsOf(backend, launch));
  narrow.dispose();
});

it('compiles nothing for other sizes', async () => {
  const test: Case = { outputs: 50, reduced: 100, combine: 'sum' };
  await outputsOf(backend, launchOf(test, uniform(5000), 'rows'));
  const { pipelines } = backend.counts();
  await outputsOf(backend, launchOf({ ...test, outputs: 21, reduced: 3000 }, uniform(63000), 'rows'));
  expect(backend.counts().pipelines).toBe(pipelines);
});
