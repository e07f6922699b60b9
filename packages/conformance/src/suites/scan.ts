/** The `scan` kind: combines, directions, positions of extremes, lengths, layouts and dtypes. */
import { type Combine, type DType, dtypes, type ScanKernel } from '@nn/backend';
import { asReference, holds, type Suite } from '../case.ts';
import { halfUnit } from '../launch/half.ts';
import type { LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, type LayoutName, operandOver, writableLayouts } from '../launch/operands.ts';
import { fractions, wholeNumbers } from '../launch/random.ts';
import { lengths } from './shapes.ts';

interface ScanSpec {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly combine: Combine;
  readonly reverse?: boolean;
  readonly indices?: boolean;
  readonly from?: DType;
  readonly to?: DType;
  readonly layout?: LayoutName;
  readonly out?: LayoutName;
  readonly fill?: Fill;
  readonly tolerance?: LaunchCase['tolerance'];
}

function scanCase(spec: ScanSpec): LaunchCase {
  const { sizes, combine, reverse = false, indices = false, from = 'float32', to = from, tolerance } = spec;
  const source = operandOver(sizes, from, spec.layout ?? 'dense', spec.fill ?? numbers(combine));
  const output = operandOver(sizes, to, spec.out ?? 'dense', footprint);
  const kernel: ScanKernel = {
    kind: 'scan',
    rank: sizes.length - 1,
    input: { dtype: from, access: source.access },
    output: { dtype: to, access: output.access },
    combine,
    reverse,
    indices,
  };
  const outputs = indices ? [output, operandOver(sizes, 'int64', 'offset', footprint)] : [output];
  const name = `${combine}${reverse ? ' backwards' : ''}${indices ? ' with positions' : ''}, ${spec.name}`;
  return { name, kernel, sizes, inputs: [source], outputs, ...(tolerance && { tolerance }) };
}

/** Numbers that any order of combining gives exactly. */
const numbers =
  (combine: Combine): Fill =>
  (dtype, n) =>
    combine === 'product'
      ? new dtypes[dtype].array(
          Array.from({ length: n }, (_, i) => (i % 11 === 5 ? 2 : i % 3 === 0 && dtype !== 'uint8' ? -1 : 1)),
        )
      : wholeNumbers(dtype, n, n, 6);

const only =
  (values: readonly number[]): Fill =>
  (dtype, n) =>
    new dtypes[dtype].array(Array.from({ length: n }, (_, i) => values[i % values.length]!));

const combines: readonly Combine[] = ['sum', 'product', 'max', 'min'];

export const scanSuite: Suite = ({ backend }) =>
  [...lengthCases(), ...layoutCases(), ...besideCases(), ...dtypeCases(), ...specialCases(), ...accuracyCases()]
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase));

function lengthCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  for (const n of lengths)
    for (const reverse of [false, true]) {
      const combine = n > 300 ? 'sum' : 'product';
      cases.push(scanCase({ name: `${n} elements`, sizes: [n], combine, reverse }));
      cases.push(scanCase({ name: `3 rows of ${n}`, sizes: [3, n], combine: 'max', reverse, indices: true }));
      cases.push(scanCase({ name: `3 rows of ${n}`, sizes: [3, n], combine: 'min', reverse, indices: true }));
    }
  return cases;
}

function layoutCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  const sizes = [3, 2, 13];
  for (const reverse of [false, true])
    for (const layout of ['dense', 'transposed', 'reversed', 'gaps', 'broadcast', 'splat', 'row'] as const) {
      cases.push(scanCase({ name: `from ${layout}`, sizes, combine: 'sum', reverse, layout }));
      cases.push(scanCase({ name: `from ${layout}`, sizes, combine: 'max', reverse, layout, indices: true }));
    }
  for (const out of writableLayouts)
    cases.push(scanCase({ name: `to ${out}`, sizes, combine: 'sum', layout: 'gaps', out, reverse: true }));
  for (const some of [
    [1, 1, 9],
    [2, 0, 3],
    [0, 4],
    [2, 3, 0],
    [2, 1, 2, 1, 2, 5],
  ])
    cases.push(
      scanCase({ name: `[${some}]`, sizes: some, combine: 'sum' }),
      scanCase({ name: `[${some}]`, sizes: some, combine: 'max', indices: true }),
    );
  return cases;
}

/** Rows that lie side by side. */
function besideCases(): LaunchCase[] {
  const beside = { layout: 'transposed', out: 'transposed' } as const;
  const cases: LaunchCase[] = [];
  for (const rows of [3, 4, 5, 7, 8, 15, 16, 19, 37])
    for (const reverse of [false, true]) {
      const name = `${rows} rows side by side`;
      cases.push(scanCase({ name, sizes: [rows, 5], combine: 'sum', reverse, ...beside }));
      cases.push(scanCase({ name, sizes: [rows, 2, 3, 9], combine: 'min', reverse, ...beside }));
    }
  for (const dtype of Object.keys(dtypes) as DType[])
    for (const combine of combines) {
      if (dtype === 'bool' && (combine === 'sum' || combine === 'product')) continue;
      const name = `${dtype} side by side`;
      cases.push(scanCase({ name, sizes: [18, 7], combine, from: dtype, reverse: combine === 'max', ...beside }));
    }
  for (const combine of combines) {
    const fill = only([1, Number.NaN, -0, 0, Number.NEGATIVE_INFINITY, 5, Number.POSITIVE_INFINITY]);
    cases.push(scanCase({ name: 'special values side by side', sizes: [22, 5], combine, fill, ...beside }));
  }
  cases.push(
    scanCase({
      name: 'int32 in float32 side by side',
      sizes: [6, 9],
      combine: 'sum',
      from: 'int32',
      to: 'float32',
      ...beside,
    }),
  );
  cases.push(scanCase({ name: 'one element side by side', sizes: [9, 1], combine: 'sum', ...beside }));
  cases.push(scanCase({ name: 'nothing side by side', sizes: [9, 0], combine: 'sum', ...beside }));
  return cases;
}

function dtypeCases(): LaunchCase[] {
  const cases: LaunchCase[] = [];
  for (const dtype of Object.keys(dtypes) as DType[])
    for (const combine of combines) {
      if (dtype === 'bool' && (combine === 'sum' || combine === 'product')) continue;
      cases.push(scanCase({ name: `of ${dtype}`, sizes: [4, 19], combine, from: dtype }));
      if (combine === 'max' || combine === 'min')
        cases.push(scanCase({ name: `of ${dtype}`, sizes: [4, 19], combine, from: dtype, indices: true }));
    }
  for (const from of ['bool', 'uint8', 'int32'] as const)
    cases.push(
      scanCase({
        name: `of ${from} in int64`,
        sizes: [4, 19],
        combine: 'sum',
        from,
        to: 'int64',
        fill: (dtype, n) => wholeNumbers(dtype, n, 1, 200),
      }),
    );
  cases.push(
    scanCase({ name: 'of float16 in float32', sizes: [4, 19], combine: 'sum', from: 'float16', to: 'float32' }),
  );
  cases.push(scanCase({ name: 'of int32 in float32', sizes: [4, 19], combine: 'sum', from: 'int32', to: 'float32' }));
  return cases;
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

function specialCases(): LaunchCase[] {
  const rows: readonly (readonly number[])[] = [
    [1, nan, 3, nan, 2],
    [nan, nan, 1, 9, -infinity],
    [2, 2, 2, 1, 2],
    [-infinity, infinity, -infinity, infinity],
    [5, 4, 3, 2, 1],
    [1, 2, 3, 4, 5, nan],
  ];
  return rows.flatMap((values) =>
    combines.flatMap((combine) =>
      [false, true].flatMap((reverse) =>
        (combine === 'sum' || combine === 'product' ? [false] : [false, true]).map((indices) =>
          scanCase({ name: `of ${values}`, sizes: [values.length], combine, reverse, indices, fill: only(values) }),
        ),
      ),
    ),
  );
}

function accuracyCases(): LaunchCase[] {
  return (['float32', 'float64', 'float16'] as const).map((dtype) => {
    const n = 1500;
    const unit = dtype === 'float64' ? 2 ** -53 : 2 ** -24;
    return scanCase({
      name: `accuracy of ${n} ${dtype}`,
      sizes: [n],
      combine: 'sum',
      from: dtype,
      fill: (own, length) => fractions(own, length, 1),
      tolerance: (expected, _j, i) => 2 * unit * (i + 1) * (i + 1) + (dtype === 'float16' ? halfUnit(expected) : 0),
    });
  });
}
