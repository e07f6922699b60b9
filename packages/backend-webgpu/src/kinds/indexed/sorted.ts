/** `scatter` of many values to many targets: the values are sorted by target (stably, so that those of one stay in order), then the first of each target's run combines the run. */
import { type Geometry, product, type ScatterKernel, type SortKernel } from '@nn/backend';
import { type Binding, groupsOf, type Pass, type Variant } from '../kind.ts';
import { sortPasses } from '../sort.ts';
import type { Source } from '../source.ts';
import { address, coordinates } from '../walk.ts';
import {
  combineAt, indexedBindings, indexedWords, readIndices, targetNumber, targetOffset, type Walked,
} from './target.ts'; // biome-ignore format: one list

const threads = 64;
/** Temporaries: numbers of targets; the same in order, and where each came from. */
const [numbers, sorted, places] = [0, 1, 2];
const sortKernel: SortKernel = {
  kind: 'sort',
  rank: 1,
  input: { dtype: 'int32', access: 'contiguous' },
  descending: false,
};

const temporary = (scratch: number, writes: boolean): Binding => ({ from: { scratch }, dtype: 'int32', writes });

/** `order`: dimensions of the iteration, the `free` ones first. */
export function sortedScatter(
  kernel: ScatterKernel,
  geometry: Geometry,
  order: readonly number[],
  free: number,
  targets: number,
): Variant {
  const sizes = order.map((d) => geometry.sizes[d]!);
  const [outer, inner] = [product(sizes.slice(0, free)), product(sizes.slice(free))];
  const varies = kernel.indices.some((_, k) =>
    order.slice(0, free).some((d) => geometry.strides[2 + k]![d] !== 0 && geometry.sizes[d]! > 1),
  );
  // Indices that are the same for all free elements are sorted once.
  const rows = varies ? outer : 1;
  const words = [outer * inner, inner, targets, varies ? 1 : 0, ...sizes, ...indexedWords(geometry, order)];
  const [output, value, ...indices] = indexedBindings(kernel.dtype, kernel.dtype, kernel.indices) as [
    Binding,
    Binding,
    ...Binding[],
  ];
  const pass = (key: string, count: number, bindings: readonly Binding[], emit: (source: Source) => void): Pass => ({
    key: `${key}${free}`,
    bindings,
    words: [count, ...words.slice(1)],
    groups: groupsOf(Math.ceil(count / threads)),
    threads: [threads],
    emit,
  });
  const sort = sortPasses(sortKernel, [rows, inner], [inner, 1], {
    values: temporary(sorted!, true),
    places: temporary(places!, true),
    elements: temporary(numbers!, false),
    scratch: 3,
  });
  return {
    passes: [
      pass('numbers', rows * inner, [temporary(numbers!, true), ...indices], (source) =>
        emitNumbers(source, kernel, free),
      ),
      ...sort.passes,
      pass('runs', outer * inner, [output, value, temporary(sorted!, false), temporary(places!, false)], (source) =>
        emitRuns(source, kernel, free),
      ),
    ],
    scratch: [...Array.from({ length: 3 }, () => rows * inner * 4), ...sort.scratch],
  };
}

/** Words: how many, inner elements, targets, whether rows differ; sizes; strides of all operands; extents. */
const stridesAt = ({ rank }: ScatterKernel, operand: number): number => 4 + rank * (1 + operand);

function emitNumbers(source: Source, kernel: ScatterKernel, free: number): void {
  const { rank, indices } = kernel;
  source.line(
    `let i = ${source.unit} * ${threads}u + lane;`,
    `if (i >= ${source.word(0)}) { return; }`,
    `let outer = i / ${source.word(1)};`,
    `let j = i - outer * ${source.word(1)};`,
  );
  const at = [...coordinates(source, 'outer', free, 4), ...coordinates(source, 'j', rank - free, 4 + free)];
  const extents = stridesAt(kernel, 2 + indices.length);
  const found = readIndices(
    source,
    source.lines,
    indices.map((_, k) => ({ binding: 1 + k, strides: stridesAt(kernel, 2 + k), extents: extents + 2 * k })),
    ({ binding, strides }: Walked) => address(source, source.start(binding), at, strides),
  );
  source.line(source.store(0, 'i', `bitcast<i32>(${targetNumber(source, found, extents)})`));
}

function emitRuns(source: Source, kernel: ScatterKernel, free: number): void {
  const { rank, indices } = kernel;
  const inner = source.word(1);
  source.line(
    `let i = ${source.unit} * ${threads}u + lane;`,
    `if (i >= ${source.word(0)}) { return; }`,
    `let outer = i / ${inner};`,
    `let first = i - outer * ${inner};`,
    `let row = outer * ${source.word(3)} * ${inner};`,
    `let own = ${source.load(2, 'row + first')};`,
    // Not the first of its run.
    'if (first > 0u) {',
    `if (${source.load(2, 'row + first - 1u')} == own) { return; }`,
    '}',
  );
  const at = coordinates(source, 'outer', free, 4);
  const origin = (operand: number): string =>
    source.let(address(source, source.start(operand), at, stridesAt(kernel, operand)), 'o');
  const to = source.let(
    `${origin(0)} + ${targetOffset(source, 'bitcast<u32>(own)', indices.length, stridesAt(kernel, 2 + indices.length))}`,
    'to',
  );
  const from = origin(1);
  const body: string[] = [];
  const inside = coordinates(source, 'j', rank - free, 4 + free, body);
  const value = source.load(1, address(source, from, inside, stridesAt(kernel, 1) + free));
  source.line(
    `for (var q = first; q < ${inner}; q++) {`,
    `if (${source.load(2, 'row + q')} != own) { break; }`,
    `let j = bitcast<u32>(${source.load(3, 'row + q')});`,
    ...body,
    ...combineAt(source, kernel, to, value),
    '}',
  );
}
