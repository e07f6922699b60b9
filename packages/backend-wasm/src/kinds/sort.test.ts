/** Long rows, which are sorted by the bytes of their keys: every dtype, all over its range, with ties, from memory that isn't dense; on threads. */
import { type DType, dtypes, Launch, type SortKernel } from '@nn/backend';
import { afterAll, describe, expect, it } from 'vitest';
import { wasm } from '../index.ts';

const backends = [await wasm({ threads: 1 }), await wasm({ threads: 2 })];
afterAll(() => backends.forEach((backend) => void backend.dispose()));

/** Numbers that differ in every byte, each of them several times. */
const fills: { readonly [D in 'float32' | 'float64' | 'int32' | 'uint8' | 'bool']: (i: number) => number } = {
  float32: (i) => [Number.NaN, Infinity, -Infinity, -0, 0, 1e-45][i % 97] ?? Math.sin((i * i) % 311) * 10 ** (i % 60 - 30),
  float64: (i) => [Number.NaN, Infinity, -Infinity, -0, 0, 5e-324][i % 97] ?? Math.sin((i * i) % 311) * 10 ** (i % 500 - 250),
  int32: (i) => [-(2 ** 31), 2 ** 31 - 1, 0, -1][i % 89] ?? Math.imul(i % 401, 2654435761),
  uint8: (i) => (i * i * 7) % 256,
  bool: (i) => ((i * i) % 7) & 1,
}; // biome-ignore format: a table

/** Positions in sorted order: NaN above everything, zeros equal, ties as they were. */
function order(row: readonly number[], descending: boolean): number[] {
  const sign = descending ? -1 : 1;
  const compare = (a: number, b: number): number =>
    Number.isNaN(a) || Number.isNaN(b)
      ? Number(Number.isNaN(a)) - Number(Number.isNaN(b))
      : Number(a > b) - Number(a < b);
  return row.map((_, i) => i).sort((i, j) => sign * compare(row[i]!, row[j]!));
}

describe.each(Object.keys(fills) as (keyof typeof fills)[])('%s', (dtype) => {
  it.each([33, 129, 257, 258, 1031, 70_000])('rows of %i', async (n) => {
    const rows = n > 2000 ? 1 : 3;
    // Every second element of the memory, whose rows have a gap.
    const values = new dtypes[dtype as DType].array(rows * (2 * n + 5));
    for (let i = 0; i < values.length; i++) values[i] = fills[dtype](i);
    for (const backend of backends)
      for (const descending of [false, true]) {
        const kernel: SortKernel = { kind: 'sort', rank: 1, input: { dtype, access: 'strided' }, descending };
        const launch = new Launch();
        launch.program = backend.compile(kernel);
        launch.label = 'sort';
        launch.geometry = { sizes: [rows, n], strides: [[n, 1], [n, 1], [2 * n + 5, 2]], extents: [] }; // biome-ignore format: facts
        launch.count = 3;
        for (const [type, count] of [[dtype, rows * n], ['int64', rows * n], [dtype, values.length]] as const) {
          launch.blocks.push(backend.allocate(count * backend.bytesPerElement(type)));
          launch.offsets.push(0);
        } // biome-ignore format: a table
        backend.write(launch.blocks[2]!, 0, dtype, values as never);
        backend.run(launch);
        const [sorted, places] = [
          [...(await backend.read(launch.blocks[0]!, 0, dtype, rows * n))].map(Number),
          [...(await backend.read(launch.blocks[1]!, 0, 'int64', rows * n))].map(Number),
        ];
        for (const block of launch.blocks) backend.free(block!);
        for (let r = 0; r < rows; r++) {
          const row = Array.from({ length: n }, (_, i) => Number(values[r * (2 * n + 5) + 2 * i]));
          const expected = order(row, descending);
          // Where the first of them goes wrong: a list of so many numbers would take minutes to print.
          expect(expected.findIndex((at, i) => places[r * n + i] !== at)).toBe(-1);
          expect(expected.findIndex((at, i) => !Object.is(sorted[r * n + i], row[at]))).toBe(-1);
        }
      }
  });
});
