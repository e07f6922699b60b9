/** Random bits of elements: each element's own, wherever the vectors of a map begin and end. */
import {
  add, type Builder, bitcast, cast, coordinate, type Expression, elementBits, type Geometry, input, Launch, type MapKernel, mul, reference, same, scalar,
} from '@nn/backend'; // biome-ignore format: one list
import { expect, it } from 'vitest';
import { WasmModule } from '../assembler/index.ts';
import { hostFunctions } from '../host.ts';
import { map } from './index.ts';
import { BlockLayout, scalarAt } from './kind.ts';

const numbers = [12, 345, 6789, 77];

/** Bits of elements as int32, plus a whole number each. */
const drawn = (bits: Builder<4>, draw = 2): Expression =>
  add(bitcast(bits(scalar(0, 'u32'), scalar(1, 'u32'), scalar(draw, 'u32'), cast(coordinate, 'u32')), 'i32'), input(0, 'i32')); // biome-ignore format: one line

/** The same by the reference. */
function wanted(kernel: MapKernel, geometry: Geometry, elements: number): number[] {
  const backend = reference();
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = geometry;
  launch.count = 2;
  launch.blocks.push(backend.allocate(4 * elements), backend.allocate(4 * elements));
  launch.offsets.push(0, 0);
  launch.scalars = numbers;
  backend.write(launch.blocks[0]!, 0, 'int32', new Int32Array(elements).fill(-1));
  backend.write(
    launch.blocks[1]!,
    0,
    'int32',
    Int32Array.from({ length: elements }, (_, i) => i),
  );
  backend.run(launch);
  return [...backend.readSync!(launch.blocks[0]!, 0, 'int32', elements)].map(Number);
}

const kernelOf = (rank: number, expression: Expression): MapKernel => ({
  kind: 'map',
  rank,
  inputs: [{ dtype: 'int32', access: 'strided' }],
  outputs: [{ dtype: 'int32', access: 'strided', expression, overwrites: -1 }],
  scalars: numbers.length,
});

/** What a map writes, run in ranges that end at these units; what it doesn't write is -1. */
function run(kernel: MapKernel, geometry: Geometry, elements: number, ends: (units: number) => number[]): number[] {
  const features = { relaxed: false, shared: false };
  const variant = map.content(kernel, geometry, features);
  const module = new WasmModule(features);
  variant.emit(module);
  const memory = new WebAssembly.Memory({ initial: 4 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { e: hostFunctions(memory) });
  const layout = new BlockLayout(kernel.scalars, 2);
  const words = new Int32Array(memory.buffer);
  new Float64Array(memory.buffer).set(numbers, scalarAt(0) / 8);
  const [target, source] = [65536, 131072];
  words.fill(-1, target / 4, target / 4 + elements);
  for (let i = 0; i < elements; i++) words[source / 4 + i] = i;
  words.set([target, source, ...variant.constants], layout.operand(0) / 4);
  let first = 0;
  for (const end of [...ends(variant.units), variant.units]) {
    (exports['run'] as (...numbers: number[]) => void)(0, first, end, 200000);
    first = end;
  }
  return [...words.subarray(target / 4, target / 4 + elements)];
}

const rows = (sizes: readonly number[], strides: readonly number[]): Geometry => ({
  sizes,
  strides: [strides, strides],
  extents: [],
});

const some = drawn(elementBits);
const two = add(some, mul(same(3, some), drawn(elementBits, 3)));

it.each<[string, Expression, Geometry, number]>([
  ...[1, 3, 4, 7, 8, 31, 32, 33, 64, 71, 500].map((n): [string, Expression, Geometry, number] => [`${n} elements`, some, rows([n], [1]), n]),
  ['two drawings', two, rows([203], [1]), 203],
  ['rows of a multiple of 8', some, rows([3, 40], [50, 1]), 150],
  ['rows that begin anywhere', some, rows([7, 37], [40, 1]), 280],
  ['columns', some, rows([7, 70], [1, 7]), 490],
  ['every second', some, rows([5, 72], [150, 2]), 750],
])('%s', (_, expression, geometry, elements) => {
  const kernel = kernelOf(geometry.sizes.length, expression);
  const expected = wanted(kernel, geometry, elements);
  const splits: ((units: number) => number[])[] = [
    () => [],
    (units) => [Math.min(units, 64)],
    (units) => [1, 9, 40, 43].filter((end) => end < units),
  ];
  for (const ends of splits) expect(run(kernel, geometry, elements, ends)).toEqual(expected);
}); // biome-ignore format: a table

it('a place other than the element’s own', () => {
  const twice: Builder<4> = Object.assign(
    (...[p, q, r, place]: Expression[]) => elementBits(p!, q!, r!, mul(place!, same(2, place!))),
    { row: elementBits.row },
  );
  const geometry = rows([100], [1]);
  const kernel = kernelOf(1, drawn(twice));
  expect(run(kernel, geometry, 100, () => [])).toEqual(wanted(kernel, geometry, 100));
});
