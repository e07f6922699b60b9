/** The `sort` kind: both directions, ties, NaN, zeros of both signs, dtypes, layouts, short and long rows. */
import { type DType, dtypes, type SortKernel } from '@nn/backend';
import { asReference, holds, type Suite } from '../case.ts';
import type { LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, type LayoutName, operandOver } from '../launch/operands.ts';
import { fractions, wholeNumbers } from '../launch/random.ts';
import { lengths } from './shapes.ts';

function sortCase(
  name: string,
  sizes: readonly number[],
  descending: boolean,
  fill: Fill,
  dtype: DType = 'float32',
  layout: LayoutName = 'dense',
): LaunchCase {
  const source = operandOver(sizes, dtype, layout, fill);
  const kernel: SortKernel = {
    kind: 'sort',
    rank: sizes.length - 1,
    input: { dtype, access: source.access },
    descending,
  };
  return {
    name: `${descending ? 'descending' : 'ascending'}, ${name}`,
    kernel,
    sizes,
    inputs: [source],
    outputs: [operandOver(sizes, dtype, 'dense', footprint), operandOver(sizes, 'int64', 'offset', footprint)],
  };
}

/** Few different numbers, so that most of them are tied. */
const tied: Fill = (dtype, n) => wholeNumbers(dtype, n, n, 4);
const distinct: Fill = (dtype, n) => fractions(dtype, n, n);
const only =
  (values: readonly number[]): Fill =>
  (dtype, n) =>
    new dtypes[dtype].array(Array.from({ length: n }, (_, i) => values[i % values.length]!));

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

export const sortSuite: Suite = ({ backend }) =>
  [false, true]
    .flatMap(directed)
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase));

function directed(descending: boolean): LaunchCase[] {
  const cases: LaunchCase[] = [];
  for (const n of [...lengths, 511, 512, 513, 1500]) {
    cases.push(sortCase(`${n} tied`, [n], descending, tied));
    cases.push(sortCase(`2 rows of ${n}`, [2, n], descending, distinct));
  }
  for (const dtype of Object.keys(dtypes) as DType[])
    for (const n of [40, 600]) cases.push(sortCase(`${n} ${dtype}`, [n], descending, tied, dtype));
  for (const layout of ['transposed', 'reversed', 'gaps', 'broadcast', 'splat', 'row'] as const) {
    cases.push(sortCase(`from ${layout}`, [3, 2, 13], descending, tied, 'float32', layout));
    cases.push(sortCase(`long rows from ${layout}`, [2, 700], descending, tied, 'float32', layout));
  }
  for (const sizes of [
    [0, 3],
    [3, 0],
    [1, 1],
    [2, 1, 3, 1, 2, 4],
  ])
    cases.push(sortCase(`[${sizes}]`, sizes, descending, tied));
  const specials = [1, nan, -infinity, 0, infinity, -0, nan, -1, 0, 5e-39, infinity, -3];
  for (const n of [12, 1030])
    for (const dtype of ['float32', 'float16'] as const)
      cases.push(sortCase(`${n} ${dtype} with NaN and infinities`, [n], descending, only(specials), dtype));
  const extremes = [2147483647, -2147483648, 0, 2147483647, -1, -2147483648];
  for (const n of [6, 515])
    cases.push(sortCase(`${n} of the largest integers`, [n], descending, only(extremes), 'int32'));
  return cases;
}
