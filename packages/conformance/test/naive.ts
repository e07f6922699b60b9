/**
 * Every kernel kind by its definition, loop by loop over index tuples, as slow as it likes. The reference backend is checked against this; the two
 * share no code.
 */
import {
  type ConvKernel, type DataArray, dtypes, type GatherKernel, type Kernel, type MapKernel, type MatmulKernel, type ReduceKernel,
  type RowsKernel, type ScanKernel, type ScatterKernel, type SortKernel,
} from '@nn/backend'; // biome-ignore format: one list
import { asHalf } from '../src/launch/half.ts';
import type { LaunchCase } from '../src/launch/launch-case.ts';
import type { OperandData } from '../src/launch/operands.ts';
import { naiveValue } from './naive-value.ts';

/** Memories of the outputs after the launch. */
export function naive(launchCase: LaunchCase): DataArray[] {
  const { kernel, outputs } = launchCase;
  const results = outputs.map(({ memory }) => memory.slice());
  kinds[kernel.kind](kernel as never, launchCase, results);
  return results.map((memory, j) => (outputs[j]!.dtype === 'float16' ? memory.map(asHalf) : memory));
}

type Run<K extends Kernel> = (kernel: K, launchCase: LaunchCase, results: DataArray[]) => void;

/** All index tuples of a box in row-major order. */
export function* tuples(sizes: readonly number[]): Generator<number[]> {
  if (sizes.length === 0) {
    yield [];
    return;
  }
  for (const head of tuples(sizes.slice(0, -1))) for (let i = 0; i < sizes.at(-1)!; i++) yield [...head, i];
}

const place = ({ offset, strides }: OperandData, index: readonly number[]): number =>
  index.reduce((sum, i, d) => sum + i * strides[d]!, offset);

const read = (operand: OperandData, index: readonly number[]): number => operand.memory[place(operand, index)]!;

const map: Run<MapKernel> = (kernel, { sizes, inputs, outputs, scalars = [] }, results) => {
  for (const [j, { expression }] of kernel.outputs.entries()) {
    const value = naiveValue(expression);
    let coordinate = 0;
    for (const index of tuples(sizes)) {
      const own = { inputs: (i: number) => read(inputs[i]!, index), scalars, coordinate: coordinate++ };
      results[j]![place(outputs[j]!, index)] = value(own);
    }
  }
};

const identities = { sum: 0, product: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };

/** What combining nothing gives: the smallest and largest of the type where it has no infinities. */
function identityOf(combine: keyof typeof identities, type: string): number {
  const identity = identities[combine];
  if (type.startsWith('f') || Number.isFinite(identity)) return identity;
  const [least, most] = { i32: [-2147483648, 2147483647], u32: [0, 4294967295], bool: [0, 1] }[type] as [
    number,
    number,
  ];
  return identity < 0 ? least : most;
}

function combined(combine: keyof typeof identities, type: string, values: Iterable<number>): number {
  let result = identityOf(combine, type);
  for (const x of values) {
    if (combine === 'sum') result += x;
    else if (combine === 'product') result *= x;
    else if (Number.isNaN(x) || Number.isNaN(result)) result = Number.NaN;
    else if (combine === 'max' ? x > result : x < result) result = x;
  }
  return result;
}

const reduce: Run<ReduceKernel> = (kernel, { sizes, inputs, outputs, scalars = [] }, results) => {
  const [kept, reduced] = [sizes.slice(0, kernel.rank), sizes.slice(kernel.rank)];
  const body = naiveValue(kernel.body);
  const epilogue = naiveValue(kernel.epilogue);
  let coordinate = 0;
  let row = 0;
  for (const outer of tuples(kept)) {
    const values: number[] = [];
    for (const inner of tuples(reduced)) {
      const index = [...outer, ...inner];
      values.push(body({ inputs: (i) => read(inputs[i]!, index), scalars, coordinate: coordinate++ }));
    }
    const target = place(outputs[0]!, outer);
    if (kernel.combine === 'argmax' || kernel.combine === 'argmin')
      results[0]![target] = extremeAt(kernel.combine, values);
    else {
      const result = combined(kernel.combine, kernel.body.type, values);
      results[0]![target] = epilogue({ inputs: () => narrow(result, kernel.body.type), scalars, coordinate: row });
    }
    row++;
  }
};

/** A combined value as its type holds it. */
const narrow = (x: number, type: string): number => (type === 'f32' ? Math.fround(x) : type === 'i32' ? x | 0 : x);

function extremeAt(combine: 'argmax' | 'argmin', values: readonly number[]): number {
  const nan = values.findIndex(Number.isNaN);
  const extreme = combine === 'argmax' ? Math.max(...values) : Math.min(...values);
  return nan >= 0 ? nan : values.indexOf(extreme);
}

/** How far the indices move, given their extents. */
const moved = (indices: readonly OperandData[], extents: readonly number[], index: readonly number[]): number =>
  indices.reduce((sum, operand, k) => {
    const [size, stride] = [extents[2 * k]!, extents[2 * k + 1]!];
    const at = read(operand, index);
    return sum + (at < 0 ? at + size : at) * stride;
  }, 0);

const gather: Run<GatherKernel> = (_, { sizes, extents = [], inputs, outputs }, results) => {
  const [source, ...indices] = inputs as [OperandData, ...OperandData[]];
  for (const index of tuples(sizes))
    results[0]![place(outputs[0]!, index)] = source.memory[place(source, index) + moved(indices, extents, index)]!;
};

const scatter: Run<ScatterKernel> = ({ combine }, { sizes, extents = [], inputs, outputs }, results) => {
  const [value, ...indices] = inputs as [OperandData, ...OperandData[]];
  const type = value.dtype.startsWith('float') ? 'f64' : 'i32';
  for (const index of tuples(sizes)) {
    const at = place(outputs[0]!, index) + moved(indices, extents, index);
    const x = read(value, index);
    const next = combine === 'replace' ? x : combined(combine, type, [results[0]![at]!, x]);
    results[0]![at] = value.dtype === 'float16' ? asHalf(Math.fround(next)) : next;
  }
};

const matmul: Run<MatmulKernel> = (kernel, { sizes, inputs, outputs, scalars = [] }, results) => {
  const [left, right, ...extras] = inputs as [OperandData, OperandData, ...OperandData[]];
  const [batch, k] = [sizes.slice(0, kernel.rank), sizes.at(-1)!];
  const epilogue = naiveValue(kernel.epilogue);
  const float = kernel.dtype.startsWith('float');
  let coordinate = 0;
  for (const index of tuples(sizes.slice(0, -1))) {
    const outer = index.slice(0, batch.length);
    const [m, n] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let r = 0; r < k; r++) {
      const [x, y] = [read(left, [...outer, m, r]), read(right, [...outer, r, n])];
      sum = float ? sum + x * y : (sum + Math.imul(x, y)) | 0;
    }
    const rounded = narrow(sum, dtypes[kernel.dtype].scalar);
    const own = {
      inputs: (i: number) => (i === 0 ? rounded : read(extras[i - 1]!, index)),
      scalars,
      coordinate: coordinate++,
    };
    results[0]![place(outputs[0]!, index)] = epilogue(own);
  }
};

/** y[b, o, j] = Σ over channel c of o's group and taps t of w[o, c, t] · x[b, c, j · stride + t · dilation − before]; each role adds to its own factor. */
const conv: Run<ConvKernel> = (kernel, { sizes, extents = [], inputs, outputs, scalars = [] }, results) => {
  const width = kernel.spatialRank + 2;
  const [xs, ws, ys] = [0, 1, 2].map((i) => sizes.slice(i * width, (i + 1) * width)) as [number[], number[], number[]];
  const axis = (d: number): number[] => extents.slice(1 + 4 * d, 5 + 4 * d);
  const perGroup = ys[1]! / extents[0]!;
  const flat = (index: readonly number[], own: readonly number[]): number =>
    index.reduce((at, i, d) => at * own[d]! + i, 0);
  const sum =
    results[0]!.length === 0
      ? new Float64Array(0)
      : new Float64Array(Math.max(1, ...[xs, ws, ys].map((s) => s.reduce((p, n) => p * n, 1))));
  const from = (i: number, at: number): number => inputs[i]!.memory[inputs[i]!.offset + at]!;
  for (const [b, o, ...j] of tuples(ys) as Generator<[number, number, ...number[]]>)
    for (const [c, ...t] of tuples(ws.slice(1)) as Generator<[number, ...number[]]>) {
      const p = j.map((_, d) => j[d]! * axis(d)[0]! + t[d]! * axis(d)[3]! - axis(d)[1]!);
      if (p.some((position, d) => position < 0 || position >= xs[2 + d]!)) continue;
      const channel = Math.floor(o / perGroup) * ws[1]! + c;
      const [x, w, y] = [flat([b, channel, ...p], xs), flat([o, c, ...t], ws), flat([b, o, ...j], ys)];
      if (kernel.role === 'forward') sum[y]! += from(0, x) * from(1, w);
      else if (kernel.role === 'inputGradient') sum[x]! += from(0, y) * from(1, w);
      else sum[w]! += from(0, y) * from(1, x);
    }
  const own = { forward: ys, inputGradient: xs, weightGradient: ws }[kernel.role];
  const epilogue = naiveValue(kernel.epilogue);
  for (const index of tuples(own)) {
    const at = flat(index, own);
    const value = (i: number): number => (i === 1 ? from(2, index[1]!) : narrow(sum[at]!, dtypes[kernel.dtype].scalar));
    results[0]![outputs[0]!.offset + at] =
      kernel.role === 'forward' ? epilogue({ inputs: value, scalars, coordinate: at }) : value(0);
  }
};

const scan: Run<ScanKernel> = (kernel, { sizes, inputs, outputs }, results) => {
  const n = sizes.at(-1)!;
  for (const outer of tuples(sizes.slice(0, -1)))
    for (let j = 0; j < n; j++) {
      const span = Array.from({ length: kernel.reverse ? n - j : j + 1 }, (_, i) => (kernel.reverse ? n - 1 - i : i));
      const values = span.map((i) => read(inputs[0]!, [...outer, i]));
      const index = [...outer, j];
      const result = combined(kernel.combine, kernel.output.dtype.startsWith('float') ? 'f64' : 'i32', values);
      results[0]![place(outputs[0]!, index)] = result;
      if (kernel.indices)
        results[1]![place(outputs[1]!, index)] =
          span[values.findLastIndex((x) => x === result || (Number.isNaN(x) && Number.isNaN(result)))]!;
    }
};

const sort: Run<SortKernel> = (kernel, { sizes, inputs, outputs }, results) => {
  for (const outer of tuples(sizes.slice(0, -1))) {
    const row = Array.from({ length: sizes.at(-1)! }, (_, i) => ({ i, x: read(inputs[0]!, [...outer, i]) }));
    const [nans, numbers] = [row.filter(({ x }) => Number.isNaN(x)), row.filter(({ x }) => !Number.isNaN(x))];
    // Infinities differ by NaN, so the signs are compared; Array.prototype.sort is stable.
    const sorted = numbers.sort((p, q) => (p.x === q.x ? 0 : p.x < q.x !== kernel.descending ? -1 : 1));
    for (const [j, { i, x }] of (kernel.descending ? [...nans, ...sorted] : [...sorted, ...nans]).entries()) {
      results[0]![place(outputs[0]!, [...outer, j])] = x;
      results[1]![place(outputs[1]!, [...outer, j])] = i;
    }
  }
};

const rows: Run<RowsKernel> = (kernel, { sizes, inputs, outputs, scalars = [] }, results) => {
  const n = sizes.at(-1)!;
  const values = kernel.outputs.map(({ expression }) => naiveValue(expression));
  const bodies = kernel.reductions.map(({ body }) => naiveValue(body));
  let row = 0;
  for (const outer of tuples(sizes.slice(0, -1))) {
    const finished: number[] = [];
    const at = (j: number): Parameters<(typeof values)[number]>[0] => ({
      inputs: (i) => (i < inputs.length ? read(inputs[i]!, [...outer, j]) : finished[i - inputs.length]!),
      scalars,
      coordinate: row * n + j,
    });
    for (const [k, { combine, body }] of kernel.reductions.entries()) {
      const elements = Array.from({ length: n }, (_, j) => bodies[k]!(at(j)));
      finished.push(narrow(combined(combine, body.type, elements), body.type));
    }
    for (const [o, { perRow }] of kernel.outputs.entries()) {
      if (perRow) results[o]![place(outputs[o]!, outer)] = values[o]!({ ...at(0), coordinate: row });
      else for (let j = 0; j < n; j++) results[o]![place(outputs[o]!, [...outer, j])] = values[o]!(at(j));
    }
    row++;
  }
};

const kinds: { readonly [K in Kernel as K['kind']]: Run<K> } = {
  map,
  reduce,
  gather,
  scatter,
  matmul,
  conv,
  scan,
  sort,
  rows,
};
