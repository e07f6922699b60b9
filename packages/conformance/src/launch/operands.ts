/** Operands of cases: memory with something in every element, and a layout over it. */
import { type Access, type DataArray, type DType, denseStrides, dtypes, product } from '@nn/backend';
import { asHalf } from './half.ts';

export interface OperandData {
  readonly dtype: DType;
  readonly access: Access;
  readonly strides: readonly number[];
  /** Where the operand starts in its memory, in elements. */
  readonly offset: number;
  /** All of the memory before the launch. */
  readonly memory: DataArray;
  /** An input in the memory of this output: one that the output overwrites. */
  readonly sharesOutput?: number;
}

/**
 * How an operand lies over its sizes: dense; dense from an offset; one element for all; dimensions in the opposite order; backwards along every
 * dimension; with gaps between elements and rows; without a step along every other dimension; along the last alone.
 */
export type LayoutName = 'dense' | 'offset' | 'splat' | 'transposed' | 'reversed' | 'gaps' | 'broadcast' | 'row';

export const layoutNames: readonly LayoutName[] = [
  'dense',
  'offset',
  'splat',
  'transposed',
  'reversed',
  'gaps',
  'broadcast',
  'row',
];

/** Layouts without two elements in one place: what can be written. */
export const writableLayouts: readonly LayoutName[] = ['dense', 'offset', 'transposed', 'reversed', 'gaps'];

export type Fill = (dtype: DType, n: number) => DataArray;

/** An operand of these sizes; `fill` gives the contents of its memory, when they are first asked for. */
export function operandOver(sizes: readonly number[], dtype: DType, layout: LayoutName, fill: Fill): OperandData {
  const { access, strides, offset } = layouts[layout](sizes);
  const [low, high] = extentOf(sizes, strides);
  const start = offset - low;
  let memory: DataArray | undefined;
  return {
    dtype,
    access,
    strides,
    offset: start,
    get memory() {
      // A case states what the elements are, not what becomes of others.
      memory ??=
        dtype === 'float16' ? fill(dtype, start + high + 1 + slack).map(asHalf) : fill(dtype, start + high + 1 + slack);
      return memory;
    },
  };
}

/** Elements behind an operand that nobody may touch. */
export const slack = 3;

interface Layout {
  readonly access: Access;
  readonly strides: readonly number[];
  readonly offset: number;
}

const layouts: { readonly [L in LayoutName]: (sizes: readonly number[]) => Layout } = {
  dense: (sizes) => ({ access: 'contiguous', strides: denseStrides(sizes), offset: 0 }),
  offset: (sizes) => ({ access: 'contiguous', strides: denseStrides(sizes), offset: 5 }),
  splat: (sizes) => ({ access: 'splat', strides: sizes.map(() => 0), offset: 2 }),
  transposed: (sizes) => ({ access: 'strided', strides: denseStrides(sizes.toReversed()).reverse(), offset: 0 }),
  reversed: (sizes) => ({ access: 'strided', strides: denseStrides(sizes).map((stride) => -stride), offset: 1 }),
  gaps: (sizes) => ({
    access: 'strided',
    strides: denseStrides([...sizes.map((n) => n + 1), 2]).slice(0, -1),
    offset: 3,
  }),
  broadcast: (sizes) => {
    const stepped = sizes.map((n, d) => (d % 2 === 1 ? n : 1));
    return {
      access: 'strided',
      strides: denseStrides(stepped).map((stride, d) => (d % 2 === 1 ? stride : 0)),
      offset: 0,
    };
  },
  row: (sizes) => ({ access: 'strided', strides: sizes.map((_, d) => (d === sizes.length - 1 ? 1 : 0)), offset: 1 }),
};

/** Lowest and highest distance from an operand's start; [0, 0] where it has no elements. */
function extentOf(sizes: readonly number[], strides: readonly number[]): [number, number] {
  if (product(sizes) === 0) return [0, 0];
  const reach = sizes.map((n, d) => (n - 1) * strides[d]!);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return [sum(reach.map((r) => Math.min(r, 0))), sum(reach.map((r) => Math.max(r, 0)))];
}

/** Memory that shows who wrote where: distinct small values, none of them zero, true for bools. */
export const footprint: Fill = (dtype, n) =>
  new dtypes[dtype].array(Array.from({ length: n }, (_, i) => (dtype === 'bool' ? 1 : 50 + (i % 50))));
