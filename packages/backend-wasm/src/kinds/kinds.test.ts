/** What conformance can't see of maps, reductions and rows: the bits of a result are the same in every layout and division into units; odd sizes of tiles; faults. */
import {
  add, castTo, coordinate, type DataArray, type DType, div,dtypes, exp, type GatherKernel, type Geometry, IndexError, input, type Kernel, Launch, 
  type MapKernel, max, mul, type ReduceKernel, type RowsKernel, type ScatterKernel, sub, 
} from '@nn/backend'; // biome-ignore format: one list
import { describe, expect, it } from 'vitest';
import { WasmModule } from '../assembler/index.ts';
import { hostFunctions } from '../host.ts';
import { wasm } from '../index.ts';
import { conv, gather, map, matmul, reduce, rows, scan, scatter, sort } from './index.ts';
import { BlockLayout, type Kind, sharedWord, type Variant } from './kind.ts';

const kinds = { conv, gather, map, matmul, reduce, rows, scan, scatter, sort };

interface Operand {
  readonly data: DataArray;
  readonly offset?: number;
}

/** Runs a kernel's variant in ranges of at most `most` units; operands outputs first. Gives the outputs. */
function run(
  kernel: Kernel,
  geometry: Geometry,
  operands: readonly Operand[],
  outputs: number,
  most = 2 ** 30,
): DataArray[] {
  const variant: Variant = (kinds[kernel.kind].content as Kind<Kernel>)(kernel, geometry, {
    relaxed: false,
    shared: false,
  });
  const module = new WasmModule({ relaxed: false, shared: false });
  variant.emit(module);
  const memory = new WebAssembly.Memory({ initial: 40 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { e: hostFunctions(memory) });
  const code = instance.exports as Record<'run' | 'finish', (...numbers: number[]) => void>;
  const layout = new BlockLayout(0, operands.length);
  const words = new Int32Array(memory.buffer);
  let next = 16384;
  const place = (bytes: number): number => {
    const at = next;
    next += Math.ceil(bytes / 64) * 64 + 192;
    return at;
  };
  const starts = operands.map(({ data }) => place(data.byteLength));
  const views = operands.map(({ data }, i) => {
    const view = new (data.constructor as typeof Float32Array)(memory.buffer, starts[i]!, data.length);
    view.set(data as Float32Array);
    return view;
  });
  const block = 1024;
  operands.forEach(({ data, offset = 0 }, i) => {
    words[(block + layout.operand(i)) / 4] = starts[i]! + offset * data.BYTES_PER_ELEMENT;
  });
  variant.constants.forEach((value, i) => {
    words[(block + layout.constant(i)) / 4] = value;
  });
  words[block / 4 + sharedWord] = place(variant.shared);
  const scratch = place(variant.scratch);
  const step = Math.max(1, Math.floor(most / variant.grain)) * variant.grain;
  for (let first = 0; first < variant.units; first += step)
    code.run(block, first, Math.min(variant.units, first + step), scratch);
  if (variant.finish) code.finish(block, 0, variant.units, scratch);
  return views.slice(0, outputs).map((view) => view.slice());
}

/** What a map of a tensor and the number 3 leaves in that tensor. */
async function inPlace(kernel: MapKernel, geometry: Geometry, data: Float32Array): Promise<ArrayLike<number>> {
  const backend = await wasm({ threads: 1 });
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.geometry = geometry;
  launch.count = 3;
  const [block, factor] = [backend.allocate(data.byteLength), backend.allocate(4)];
  launch.blocks.push(block, block, factor);
  launch.offsets.push(0, 0, 0);
  backend.write(block, 0, 'float32', data);
  backend.write(factor, 0, 'float32', Float32Array.of(3));
  backend.run(launch);
  const result = backend.readSync(block, 0, 'float32', data.length);
  backend.dispose();
  return result as ArrayLike<number>;
}

/** Numbers whose sums depend on their order. */
const numberAt = (...at: number[]): number =>
  Math.sin(at.reduce((sum, i, d) => sum * 613 + i * (d + 7), 1) * 12.9898) * 10 ** ((at[0]! * 7 + at.at(-1)! * 3) % 5);

const dense = (sizes: readonly number[]): number[] =>
  sizes.map((_, d) => sizes.slice(d + 1).reduce((x, y) => x * y, 1));

/** The numbers of an array of these sizes, lying by these strides from `offset` on. */
function laid(
  sizes: readonly number[],
  strides: readonly number[],
  offset: number,
  value: (...at: number[]) => number,
  dtype: DType = 'float32',
): Operand {
  const places: [number, number][] = [];
  const visit = (d: number, at: readonly number[], place: number): void => {
    if (d === sizes.length) places.push([place, value(...at)]);
    else for (let i = 0; i < sizes[d]!; i++) visit(d + 1, [...at, i], place + i * strides[d]!);
  };
  visit(0, [], offset);
  const data = new dtypes[dtype].array(places.reduce((most, [place]) => Math.max(most, place), 0) + 1);
  for (const [place, x] of places) data[place] = x;
  return { data, offset };
}

describe('the order of a sum follows from sizes alone', () => {
  const c = { dtype: 'float32', access: 'strided' } as const;
  const kernel: ReduceKernel = {
    kind: 'reduce', rank: 1, reducedRank: 1, inputs: [c], output: { dtype: 'float32', access: 'contiguous' }, combine: 'sum',
    body: input(0, 'f32'), epilogue: input(0, 'f32'), scalars: 0,
  }; // biome-ignore format: facts
  for (const [
    kept,
    reduced,
  ] of [[3, 7], [5, 64], [33, 100], [2, 1300], [37, 513], [19, 1025], [2, 2100], [70, 1300]] as const) // biome-ignore format: sizes
    it(`${kept} sums of ${reduced}`, () => {
      const layouts = [
        { strides: [reduced, 1], offset: 0 },
        { strides: [1, kept], offset: 0 },
        { strides: [2, 2 * kept], offset: 1 },
        { strides: [3 * reduced + 1, 3], offset: 2 },
        { strides: [-reduced, -1], offset: kept * reduced - 1 },
      ];
      const results = layouts.flatMap(({ strides, offset }) =>
        [1, 3, 2 ** 30].map((most) => {
          const source = laid([kept, reduced], strides, offset, numberAt);
          const geometry = { sizes: [kept, reduced], strides: [[1, 0], strides], extents: [] };
          return run(kernel, geometry, [{ data: new Float32Array(kept) }, source], 1, most)[0]!;
        }),
      );
      for (const result of results) expect(result).toEqual(results[0]);
      // Segments of 512, or of as many whole rows; eight strands; a tree; what the sum of segments loses is added at the end.
      const round = Math.fround;
      const expected = Float32Array.from({ length: kept }, (_, i) => {
        let [total, lost] = [0, 0];
        for (let from = 0; from < reduced; from += 512) {
          const s = new Float32Array(8);
          for (let j = from; j < Math.min(reduced, from + 512); j++) s[(j - from) % 8]! += Math.fround(numberAt(i, j));
          for (const half of [4, 2, 1]) for (let k = 0; k < half; k++) s[k]! += s[k + half]!;
          const part = s[0]!;
          const sum = round(total + part);
          const added = round(sum - total);
          lost = round(lost + round(round(total - round(sum - added)) + round(part - added)));
          total = sum;
        }
        return round(total + lost);
      });
      expect(results[0]).toEqual(expected);
    });

  it.each([1, 2 ** 30])('half a million tenths, in ranges of at most %i', (most) => {
    const n = 500_000;
    const geometry = { sizes: [1, n], strides: [[1, 0], [n, 1]], extents: [] }; // biome-ignore format: facts
    const sumOf = (data: Float32Array): number => run(kernel, geometry, [{ data: new Float32Array(1) }, { data }], 1, most)[0]![0]!; // biome-ignore format: one line
    const data = new Float32Array(n).fill(0.1);
    expect(Math.abs(sumOf(data) - n * Math.fround(0.1))).toBeLessThan(1e-6 * 50_000);
    data[300_000] = Number.POSITIVE_INFINITY;
    expect(sumOf(data)).toBe(Number.POSITIVE_INFINITY);
    data[3] = Number.NEGATIVE_INFINITY;
    expect(sumOf(data)).toBeNaN();
  });
});

it('an extreme is NaN where one element is, and argmax finds the first of equals in every layout', () => {
  const [kept, reduced] = [6, 1100];
  const value = (i: number, j: number): number =>
    i === 2 && j === 700 ? Number.NaN : i === 3 ? Number.NEGATIVE_INFINITY : (i * 31 + j * 17) % 97;
  for (const [combine, dtype] of [['max', 'float32'], ['argmax', 'int64']] as const) // biome-ignore format: pairs
    for (const strides of [
      [reduced, 1],
      [1, kept],
    ]) {
      // biome-ignore format: pairs
      const kernel: ReduceKernel = {
        kind: 'reduce', rank: 1, reducedRank: 1, inputs: [{ dtype: 'float32', access: 'strided' }],
        output: { dtype, access: 'contiguous' }, combine, body: input(0, 'f32'), epilogue: input(0, 'f32'), scalars: 0,
      }; // biome-ignore format: facts
      const geometry = { sizes: [kept, reduced], strides: [[1, 0], strides], extents: [] };
      const [result] = run(
        kernel,
        geometry,
        [{ data: new dtypes[dtype].array(kept) }, laid([kept, reduced], strides, 0, value)],
        1,
        5,
      );
      const rows = Array.from({ length: kept }, (_, i) => Array.from({ length: reduced }, (_, j) => value(i, j)));
      expect([...result!].map(Number)).toEqual(
        rows.map((row) => {
          const found = row.findIndex(Number.isNaN);
          const most = found >= 0 ? Number.NaN : Math.max(...row);
          return combine === 'max' ? most : found >= 0 ? found : row.indexOf(most);
        }),
      );
    }
});

it('rows give the same bits one by one and all at once', () => {
  const x = input(0, 'f32');
  const e = exp(sub(x, input(1, 'f32')));
  const kernel: RowsKernel = {
    kind: 'rows', rank: 1, inputs: [{ dtype: 'float32', access: 'strided' }], scalars: 0,
    reductions: [{ combine: 'max', body: x }, { combine: 'sum', body: e }],
    outputs: [{ dtype: 'float32', expression: div(e, input(2, 'f32')), perRow: false }],
  }; // biome-ignore format: facts
  for (const size of [1, 5, 10, 64, 65, 1000])
    for (const strides of [
      [size, 1],
      [1, 9],
      [2 * size, 2],
    ]) {
      // biome-ignore format: pairs
      const source = laid([9, size], strides, 0, (i, j) => (j % 7 === 3 ? Number.NEGATIVE_INFINITY : Math.sin(i * 7 + j) * 5));
      const geometry = { sizes: [9, size], strides: [[size, 1], strides], extents: [] };
      const at = (most: number): DataArray =>
        run(kernel, geometry, [{ data: new Float32Array(9 * size) }, source], 1, most)[0]!;
      const whole = at(2 ** 30);
      expect(at(2)).toEqual(whole);
      for (let i = 0; i < 9; i++)
        expect([...whole].slice(i * size, (i + 1) * size).reduce((sum, y) => sum + Number(y), 0)).toBeCloseTo(1, 5);
    }
});

it.each(['sum', 'product'] as const)('a running %s of float32 loses nothing of small elements', (combine) => {
  const n = 2 ** 18;
  const operand = { dtype: 'float32', access: 'contiguous' } as const;
  const kernel = {
    kind: 'scan',
    rank: 0,
    input: operand,
    output: operand,
    combine,
    reverse: false,
    indices: false,
  } as const;
  const value = Math.fround(combine === 'sum' ? 0.1 : 1.0000001);
  const geometry = { sizes: [n], strides: [[1], [1]], extents: [] };
  const operands = [{ data: new Float32Array(n) }, { data: new Float32Array(n).fill(value) }];
  const [found] = run(kernel, geometry, operands, 1);
  let total = combine === 'sum' ? 0 : 1;
  const wanted = Float32Array.from({ length: n }, () => {
    total = combine === 'sum' ? total + value : total * value;
    return total;
  });
  expect(found).toEqual(wanted);
});

describe('tiles', () => {
  const turned = { access: 'strided' } as const;
  for (const dtype of ['float32', 'int32'] as const)
    for (const [m, n] of [[8, 8], [9, 13], [17, 16], [37, 50], [64, 33]] as const) // biome-ignore format: sizes
      it(`${m} x ${n} of ${dtype}: transposed copies and x + y.T`, () => {
        const value = (...at: number[]): number => at.reduce((sum, i) => sum * 100 + i, 0);
        const type = dtypes[dtype].scalar;
        const two = (expression: MapKernel['outputs'][number]['expression']): MapKernel => ({
          kind: 'map', rank: 3, inputs: [{ ...turned, dtype }, { ...turned, dtype }],
          outputs: [{ dtype, access: 'contiguous', expression, overwrites: -1 }], scalars: 0,
        }); // biome-ignore format: facts
        const sizes = [3, m, n];
        const strides = [m * n, 1, m];
        const operands = [
          { data: new dtypes[dtype].array(3 * m * n + 8).fill(-7) },
          laid(sizes, strides, 0, value, dtype),
          laid(sizes, dense(sizes), 0, value, dtype),
        ];
        const geometry = { sizes, strides: [dense(sizes), strides, dense(sizes)], extents: [] };
        for (const most of [1, 2 ** 30])
          for (const [expression, factor] of [
            [castTo(input(0, type), dtype), 1],
            [add(input(0, type), input(1, type)), 2],
          ] as const) {
            // biome-ignore format: pairs
            const [result] = run(two(expression), geometry, operands, 1, most);
            const expected = Array.from(
              { length: 3 * m * n },
              (_, i) => factor * value(Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n),
            );
            expect([...result!].map(Number)).toEqual([...expected, ...Array<number>(8).fill(-7)]);
          }
      });

  it('strides are read: tiles of a slice, backwards, broadcast', () => {
    const sizes = [19, 21];
    const value = (i: number, j: number): number => i * 100 + j;
    const x = laid(sizes, [1, -40], 20 * 40, value);
    const y = laid(sizes, [0, 3], 2, (_, j) => j);
    const kernel: MapKernel = {
      kind: 'map', rank: 2, inputs: [{ dtype: 'float32', access: 'strided' }, { dtype: 'float32', access: 'strided' }],
      outputs: [{ dtype: 'float32', access: 'strided', expression: max(mul(input(0, 'f32'), input(1, 'f32')), input(1, 'f32')), overwrites: -1 }],
      scalars: 0,
    }; // biome-ignore format: facts
    const geometry = {
      sizes,
      strides: [
        [50, 2],
        [1, -40],
        [0, 3],
      ],
      extents: [],
    };
    const [result] = run(kernel, geometry, [{ data: new Float32Array(19 * 50) }, x, y], 1);
    const expected = new Float32Array(19 * 50);
    for (let i = 0; i < 19; i++) for (let j = 0; j < 21; j++) expected[i * 50 + j * 2] = Math.max(value(i, j) * j, j);
    expect(result).toEqual(expected);
  });
});

describe('rows of maps', () => {
  const strided = { dtype: 'float32', access: 'strided' } as const;
  const product = mul(input(0, 'f32'), input(1, 'f32'));

  for (const columns of [1, 2, 3, 7, 14, 33])
    it(`${columns} pairs of one element each`, () => {
      const sizes = [3, 5, columns, 2];
      const kernel: MapKernel = {
        kind: 'map', rank: 4, inputs: [strided, strided], scalars: 0,
        outputs: [{ ...strided, expression: add(product, castTo(coordinate, 'float32')), overwrites: -1 }],
      }; // biome-ignore format: facts
      const strides = [
        [40 * columns, 4 * columns, 2, 1],
        [5 * columns, columns, 1, 0],
        [0, 2 * columns, 2, 1],
      ];
      const value = (i: number, j: number, c: number): number => (i * 5 + j) * columns + c + 1;
      const x = laid(sizes.slice(0, 3), strides[1]!.slice(0, 3), 0, value);
      const y = laid(sizes.slice(1), strides[2]!.slice(1), 0, (j, c, k) => 2 * (j * columns + c) + k);
      const target = new Float32Array(120 * columns).fill(-7);
      const expected = target.slice();
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 5; j++)
          for (let c = 0; c < 2 * columns; c++)
            expected[(40 * i + 4 * j) * columns + c] =
              value(i, j, c >> 1) * (2 * j * columns + c) + (i * 5 + j) * 2 * columns + c;
      for (const most of [1, 2 ** 30])
        expect(run(kernel, { sizes, strides, extents: [] }, [{ data: target }, x, y], 1, most)[0]).toEqual(expected);
    });

  for (const columns of [3, 4, 5, 7, 18])
    it(`${columns} elements that are changed in place, each once`, async () => {
      const kernel: MapKernel = {
        kind: 'map', rank: 2, inputs: [strided, strided], scalars: 0,
        outputs: [{ ...strided, expression: product, overwrites: 0 }],
      }; // biome-ignore format: facts
      const own = laid([9, columns], [columns + 1, 1], 0, (i, j) => i + j + 1);
      const rows = [columns + 1, 1];
      const geometry = { sizes: [9, columns], strides: [rows, rows, [0, 0]], extents: [] };
      const changed = await inPlace(kernel, geometry, own.data as Float32Array);
      for (let i = 0; i < 9; i++)
        for (let j = 0; j < columns; j++) expect(changed[i * (columns + 1) + j]).toBe(3 * (i + j + 1));
    });
});

it('an index out of range is an error that says which', async () => {
  const backend = await wasm({ threads: 1 });
  const kernel: GatherKernel = {
    kind: 'gather', rank: 1, dtype: 'float32', source: { dtype: 'float32', access: 'strided' },
    indices: [{ dtype: 'int32', access: 'contiguous' }], output: { dtype: 'float32', access: 'contiguous' },
  }; // biome-ignore format: facts
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.label = 'take';
  launch.geometry = { sizes: [9], strides: [[1], [0], [1]], extents: [4, 1] };
  launch.count = 3;
  launch.blocks.push(backend.allocate(36), backend.allocate(16), backend.allocate(36));
  launch.offsets.push(0, 0, 0);
  backend.write(launch.blocks[1]!, 0, 'float32', Float32Array.of(1, 2, 3, 4));
  const take = (...indices: number[]): void => {
    backend.write(launch.blocks[2]!, 0, 'int32', Int32Array.from(indices));
    backend.run(launch);
  };
  take(0, 1, 2, 3, -1, -2, -3, -4, 0);
  expect([...backend.readSync(launch.blocks[0]!, 0, 'float32', 9)]).toEqual([1, 2, 3, 4, 4, 3, 2, 1, 1]);
  for (const bad of [4, -5]) {
    expect(() => take(0, 1, 2, 3, 0, 0, 0, 0, bad)).toThrow(IndexError);
    expect(() => take(bad, 1, 2, 3, 0, 0, 0, 0, 0)).toThrow(
      `[take] index ${bad} is out of bounds for dimension with size 4`,
    );
  }
  backend.dispose();
});

it('an index into nothing leaves what lies beside it', async () => {
  const backend = await wasm({ threads: 1 });
  const kernel: ScatterKernel = {
    kind: 'scatter', rank: 2, dtype: 'float32', value: { dtype: 'float32', access: 'contiguous' },
    indices: [{ dtype: 'int32', access: 'strided' }], output: { dtype: 'float32', access: 'strided' }, combine: 'replace',
  }; // biome-ignore format: facts
  const launch = new Launch();
  launch.program = backend.compile(kernel);
  launch.label = 'indexCopy';
  launch.geometry = { sizes: [1, 8], strides: [[0, 1], [8, 1], [1, 0]], extents: [0, 8] }; // biome-ignore format: one line
  launch.count = 3;
  launch.blocks.push(backend.allocate(64), backend.allocate(32), backend.allocate(4));
  launch.offsets.push(4, 0, 0);
  backend.write(launch.blocks[0]!, 0, 'float32', new Float32Array(16).fill(7));
  backend.write(launch.blocks[2]!, 0, 'int32', Int32Array.of(0));
  expect(() => backend.run(launch)).toThrow('[indexCopy] index 0 is out of bounds for dimension with size 0');
  expect([...backend.readSync(launch.blocks[0]!, 0, 'float32', 16)]).toEqual(Array(16).fill(7));
  backend.dispose();
});

/** Whether all geometries of a kernel whose variants have the same key have the same code; how many codes there are. */
function codesOf(kernel: Kernel, geometries: readonly Geometry[]): number {
  const codes = new Map<string, string>();
  const features = { relaxed: false, shared: false };
  for (const geometry of geometries) {
    const variant: Variant = (kinds[kernel.kind].content as Kind<Kernel>)(kernel, geometry, features);
    const module = new WasmModule(features);
    variant.emit(module);
    const code = module.encode().join();
    expect(codes.get(variant.key) ?? code).toBe(code);
    codes.set(variant.key, code);
  }
  return codes.size;
}

describe('variants say all that their code depends on: one key, one code', () => {
  it('of reductions', () => {
    const kernel: ReduceKernel = {
      kind: 'reduce', rank: 1, reducedRank: 1, inputs: [{ dtype: 'float32', access: 'strided' }],
      output: { dtype: 'float32', access: 'contiguous' }, combine: 'sum', body: input(0, 'f32'), epilogue: input(0, 'f32'), scalars: 0,
    }; // biome-ignore format: facts
    const geometries = [1, 2, 5, 16, 40, 700].flatMap((kept) =>
      [1, 3, 8, 40, 600, 2000].flatMap((reduced) =>
        [[reduced, 1], [1, kept], [2 * reduced, 2], [5, 0]].map((strides) => ({ sizes: [kept, reduced], strides: [[1, 0], strides], extents: [] })),
      ),
    ); // biome-ignore format: pairs
    expect(codesOf(kernel, geometries)).toBeGreaterThan(4);
  });

  it('of maps', () => {
    const kernel: MapKernel = {
      kind: 'map', rank: 2, inputs: [{ dtype: 'float32', access: 'strided' }], scalars: 0,
      outputs: [{ dtype: 'float32', access: 'contiguous', expression: input(0, 'f32'), overwrites: -1 }],
    }; // biome-ignore format: facts
    const geometries = [[9, 1], [1, 9], [1, 2], [1, -9], [2, 1], [18, 2], [0, 1], [1, 0], [-9, -1]].map((strides) => ({
      sizes: [9, 9], strides: [[9, 1], strides], extents: [],
    })); // biome-ignore format: pairs
    expect(codesOf(kernel, geometries)).toBeGreaterThan(3);
  });
});
