/** What conformance can't see of gathers and scatters: rows of every length, several elements at a time or one; which index a fault names; rows that threads divide. */
import {
  type Backend,
  type DataArray,
  type DType,
  dtypes,
  type GatherKernel,
  type Geometry,
  Launch,
  reference,
  type ScatterKernel,
} from '@nn/backend';
import { afterAll, describe, expect, it } from 'vitest';
import { wasm } from '../index.ts';

interface Case {
  readonly kernel: GatherKernel | ScatterKernel;
  readonly geometry: Geometry;
  /** The output first. */
  readonly operands: readonly (readonly [DType, DataArray])[];
}

/** Runs a case; gives the output. */
async function result(backend: Backend, { kernel, geometry, operands }: Case): Promise<unknown[]> {
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.label = 'test';
  launch.geometry = geometry;
  launch.count = operands.length;
  for (const [dtype, data] of operands) {
    const block = backend.allocate(data.length * backend.bytesPerElement(dtype));
    backend.write(block, 0, dtype, data);
    launch.blocks.push(block);
    launch.offsets.push(0);
  }
  backend.run(launch);
  const [dtype, { length }] = operands[0]!;
  const data = await backend.read(launch.blocks[0]!, 0, dtype, length);
  for (const block of launch.blocks) backend.free(block!);
  return [...data];
}

const strided = (dtype: DType) => ({ dtype, access: 'strided' }) as const;
const numbers = (dtype: DType, count: number, number: (i: number) => number): readonly [DType, DataArray] => {
  const data = new dtypes[dtype].array(count);
  for (let i = 0; i < count; i++) data[i] = dtype === 'bool' ? number(i) & 1 : number(i);
  return [dtype, data];
};

/** An index operand: its strides over (rows, row), and size and stride of the dimension that it selects along. */
type Index = readonly [strides: readonly [number, number], size: number, stride: number];

/** Three rows of `n` elements, each at indices in a matrix of 5 x 23. */
function indexedCase(n: number, dtype: DType, walk: [number, number], indices: readonly Index[], sum = false): Case {
  const table = numbers(dtype, 5 * 23, (i) => (i * 37) % 101);
  const dense = numbers(dtype, 3 * n, (i) => (i * 11) % 7);
  const common = { rank: 2, dtype, indices: indices.map(() => strided('int32')) } as const;
  const geometry = (first: readonly number[], second: readonly number[]): Geometry => ({
    sizes: [3, n],
    strides: [first, second, ...indices.map(([strides]) => strides)],
    extents: indices.flatMap(([, size, stride]) => [size, stride]),
  });
  const own = indices.map(([, size], k) => numbers('int32', 3 * n, (i) => (((i + k) * 29) % (2 * size)) - size));
  return sum
    ? {
        kernel: { kind: 'scatter', ...common, value: strided(dtype), output: strided(dtype), combine: 'sum' },
        geometry: geometry(walk, [n, 1]),
        operands: [table, dense, ...own],
      }
    : {
        kernel: { kind: 'gather', ...common, source: strided(dtype), output: strided(dtype) },
        geometry: geometry([n, 1], walk),
        operands: [dense, table, ...own],
      };
}

const ways: { readonly [name: string]: (n: number) => readonly [walk: [number, number], indices: readonly Index[]] } = {
  'whole rows': () => [[0, 1], [[[1, 0], 5, 23]]],
  'along a row': (n) => [[23, 0], [[[n, 1], 23, 1]]],
  'across rows': (n) => [[0, 1], [[[n, 1], 5, 23]]],
  'by indices that lie apart': () => [[23, 0], [[[1, 3], 23, 1]]],
  'by a row and a column': () => [[0, 0], [[[1, 0], 5, 23], [[0, 1], 23, 1]]],
  'by two indices an element': (n) => [[0, 0], [[[n, 1], 5, 23], [[n, 1], 23, 1]]],
  'everywhere by no index': () => [[23, 1], []],
}; // biome-ignore format: a line each

const backend = await wasm({ threads: 1 });
afterAll(() => backend.dispose());

describe('rows of 1 to 23 elements are as on the reference backend', () => {
  for (const [name, way] of Object.entries(ways))
    for (const dtype of Object.keys(dtypes) as DType[]) {
      if (!backend.dtypes.includes(dtype)) continue;
      it(`${dtype}, ${name}`, async () => {
        for (let n = 1; n <= 23; n++)
          for (const sum of dtype === 'bool' ? [false] : [false, true]) {
            const given = indexedCase(n, dtype, ...way(n), sum);
            expect(await result(backend, given)).toEqual(await result(reference(), given));
          }
      });
    }
});

describe('the first index out of range is the one that is named', () => {
  for (const sum of [false, true])
    for (const [name, way] of Object.entries(ways)) {
      const [walk, indices] = way(11);
      indices.forEach((_, k) => {
        it(`${sum ? 'scatter' : 'gather'} ${name}, index ${k}`, async () => {
          const [strides, size] = indices[k]!;
          const reached = [0, 1, 2].flatMap((i) =>
            Array.from({ length: 11 }, (_, j) => i * strides[0] + j * strides[1]),
          );
          for (const at of new Set(reached)) {
            const given = indexedCase(11, 'float32', walk, indices, sum);
            const later = reached.slice(reached.indexOf(at) + 1).find((other) => other !== at);
            const data = given.operands[2 + k]![1];
            data[at] = at % 2 === 0 ? size : -size - 1;
            if (later !== undefined && reached.indexOf(later) > reached.indexOf(at)) data[later] = size + 7;
            await expect(result(backend, given)).rejects.toThrow(
              `[test] index ${data[at]} is out of bounds for dimension with size ${size}`,
            );
          }
        });
      });
    }
});

it('threads that begin within a row gather the same', async () => {
  const [rows, n] = [301, 1003];
  const given: Case = {
    kernel: { kind: 'gather', rank: 2, dtype: 'float32', source: strided('float32'), output: strided('float32'), indices: [strided('int32')] },
    geometry: { sizes: [rows, n], strides: [[n, 1], [0, 1], [n, 1]], extents: [7, n] },
    operands: [
      numbers('float32', rows * n, () => 0),
      numbers('float32', 7 * n, (i) => i),
      numbers('int32', rows * n, (i) => ((i * 5) % 14) - 7),
    ],
  }; // biome-ignore format: facts
  const team = await wasm({ threads: 2 });
  expect(await result(team, given)).toEqual(await result(backend, given));
  team.dispose();
});
