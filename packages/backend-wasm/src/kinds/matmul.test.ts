/** What conformance can't see of products: the bits of a sum are the same whichever variant, layout and division into units computed it. */
import {
  add,
  castTo,
  coordinate,
  type DType,
  dtypes,
  type Expression,
  type Geometry,
  input,
  type MatmulKernel,
  max,
  mul,
  scalar,
} from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { type Features, WasmModule } from '../assembler/index.ts';
import { hasRelaxed } from '../features.ts';
import { hostFunctions } from '../host.ts';
import { bytesOf } from './access.ts';
import { BlockLayout, scalarAt, sharedWord, type Variant } from './kind.ts';
import { blockSizeOf } from './matmul/plan.ts';
import { matmulKind } from './matmul.ts';

type Layout = 'rows' | 'columns' | 'strided' | 'reversed';

interface Spec {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: number;
  readonly dtype?: DType;
  readonly left?: Layout;
  readonly right?: Layout;
  readonly out?: Layout;
  /** `sum · 2 + bias + coordinate`, the bias along n, at least the value of a matrix that lies column by column. */
  readonly epilogue?: boolean;
}

const strict: Features = { relaxed: false, shared: false };
const fused: Features = { relaxed: hasRelaxed(), shared: false };

/** Strides and first element of a matrix. */
function place(
  rows: number,
  columns: number,
  layout: Layout,
): { strides: [number, number]; offset: number; size: number } {
  if (layout === 'rows') return { strides: [columns, 1], offset: 0, size: rows * columns };
  if (layout === 'columns') return { strides: [1, rows], offset: 0, size: rows * columns };
  if (layout === 'strided') return { strides: [3 * columns + 2, 3], offset: 1, size: rows * (3 * columns + 2) + 1 };
  return { strides: [-columns, -1], offset: rows * columns - 1, size: rows * columns };
}

/** A number for each place, the same wherever it lies. */
const valueAt = (dtype: DType, seed: number, e: number, i: number, j: number): number => {
  const whole = ((e * 31 + i * 7919 + j * 104729 + seed * 613) * 2654435761) % 4294967296;
  return dtype.startsWith('float') ? whole / 2 ** 31 - 1 : Math.floor(whole / 2 ** 24);
};

class Product {
  readonly spec: Required<Spec>;
  readonly kernel: MatmulKernel;
  readonly geometry: Geometry;
  readonly #operands: { readonly dtype: DType; readonly offset: number; readonly size: number }[] = [];
  readonly #memory = new WebAssembly.Memory({ initial: 256 });

  constructor(spec: Spec) {
    const { m, n, k, batch, dtype, left, right, out, epilogue } = {
      batch: 1, dtype: 'float32' as DType, left: 'rows' as Layout, right: 'rows' as Layout, out: 'rows' as Layout, epilogue: false, ...spec,
    }; // biome-ignore format: defaults
    this.spec = { m, n, k, batch, dtype, left, right, out, epilogue };
    const strides: number[][] = [];
    const operand = (rows: number, columns: number, layout: Layout, of: DType = dtype): void => {
      const { strides: own, offset, size } = place(rows, columns, layout);
      this.#operands.push({ dtype: of, offset, size: size * batch });
      strides.push([size, ...own]);
    };
    operand(m, n, out);
    operand(m, k, left);
    operand(k, n, right);
    const type = dtypes[dtype].scalar;
    let expression: Expression = input(0, type);
    if (epilogue) {
      operand(1, n, 'rows');
      strides[3] = [0, 0, 1];
      operand(m, n, 'columns');
      const plus = add(mul(expression, scalar(0, type)), input(1, type));
      expression = max(add(plus, castTo(coordinate, dtype)), input(2, type));
    }
    const extras = epilogue
      ? ([
          { dtype, access: 'strided' },
          { dtype, access: 'strided' },
        ] as const)
      : [];
    const kernelLayout = (layout: Layout) => (layout === 'reversed' ? 'strided' : layout);
    this.kernel = {
      kind: 'matmul', rank: 1, dtype, left: kernelLayout(left), right: kernelLayout(right), extras, epilogue: expression, scalars: 1,
    }; // biome-ignore format: a record
    this.geometry = { sizes: [batch, m, n, k], strides, extents: [] };
  }

  variants(features: Features): { cold: Variant; hot: Variant } {
    const cold = matmulKind(this.kernel, this.geometry, features);
    return { cold, hot: cold.hot!() };
  }

  /** The result, row by row, computed in parts of so many units. */
  run(variant: Variant, features: Features, part = variant.units): number[] {
    const { buffer } = this.#memory;
    const layout = new BlockLayout(1, this.#operands.length);
    const words = new Int32Array(buffer, 0, 2048);
    new Float64Array(buffer)[scalarAt(0) / 8] = 2;
    let top = 8192;
    const { m, n, k, batch } = this.spec;
    const shapes = [[m, n], [m, k], [k, n], [1, n], [m, n]] as const; // biome-ignore format: a table
    const views = this.#operands.map(({ dtype, offset, size }, o) => {
      const view = new dtypes[dtype].array(size);
      const [e, r, c] = this.geometry.strides[o] as [number, number, number];
      const [rows, columns] = shapes[o]!;
      const entries = e === 0 ? 1 : batch;
      if (o > 0)
        for (let b = 0; b < entries; b++)
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < columns; j++) view[offset + b * e + i * r + j * c] = valueAt(dtype, o, b, i, j);
      else view.fill(77);
      const address = top;
      new Uint8Array(buffer).set(new Uint8Array(view.buffer), address);
      words[layout.operand(o) / 4] = address + offset * bytesOf(dtype);
      top = Math.ceil((address + size * bytesOf(dtype) + 64) / 64) * 64;
      return { address, size, dtype };
    });
    variant.constants.forEach((value, i) => {
      words[layout.constant(i) / 4] = value;
    });
    const module = new WasmModule(features);
    variant.emit(module);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), {
      e: hostFunctions(this.#memory),
    });
    const { run, finish } = exports as Record<'run' | 'finish', (block: number, first: number, last: number, scratch: number) => void>; // biome-ignore format: a type
    words[sharedWord] = Math.ceil((top + variant.scratch + 64) / 64) * 64;
    // Parts in falling order: none may lean on another. The guard behind the scratch memory stays as it was.
    const guard = new Uint8Array(buffer, top + variant.scratch, 64).fill(0x5a);
    for (let first = Math.floor((variant.units - 1) / part) * part; first >= 0; first -= part)
      run(0, first, Math.min(first + part, variant.units), top);
    if (variant.finish) finish(0, 0, variant.units, top);
    expect(guard.every((byte) => byte === 0x5a)).toBe(true);
    const { address, size, dtype } = views[0]!;
    const bytes = buffer.slice(address, address + size * bytesOf(dtype));
    const result = new (dtypes[dtype].array as unknown as new (from: ArrayBuffer) => Float32Array)(bytes);
    const [e, r, c] = this.geometry.strides[0] as [number, number, number];
    const { offset } = this.#operands[0]!;
    const numbers: number[] = [];
    let touched = 0;
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++, touched++) numbers.push(result[offset + b * e + i * r + j * c]!);
    // Nothing but the result was written.
    expect(result.filter((value) => value === 77).length).toBeGreaterThanOrEqual(size - touched);
    return numbers;
  }

  /** The slow clear version: blocks of k in order, one accumulator each, every step rounded. */
  expected(): number[] {
    const { m, n, k, batch, dtype, epilogue } = this.spec;
    const float = dtype.startsWith('float');
    const round = dtype === 'float32' ? Math.fround : float ? (x: number) => x : (x: number) => x | 0;
    const times = float ? (x: number, y: number) => round(x * y) : Math.imul;
    const size = blockSizeOf(k);
    const element = (seed: number, b: number, i: number, j: number) => round(valueAt(dtype, seed, b, i, j));
    const numbers: number[] = [];
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let total = 0;
          for (let from = 0; from < k; from += size) {
            let sum = 0;
            for (let r = from; r < Math.min(k, from + size); r++)
              sum = round(sum + times(element(1, b, i, r), element(2, b, r, j)));
            total = round(total + sum);
          }
          if (epilogue) {
            const plus = round(round(total * 2) + element(3, 0, 0, j));
            total = Math.max(round(plus + ((b * m + i) * n + j)), element(4, b, i, j));
          }
          numbers.push(dtype === 'uint8' ? total & 255 : total);
        }
    return numbers;
  }
}

const name = (spec: Spec): string =>
  Object.entries(spec)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');

/** Odd sizes around tiles, panels and blocks of every dimension. */
const shapes: readonly Spec[] = [
  { m: 1, n: 1, k: 1 },
  { m: 7, n: 9, k: 0 },
  { m: 5, n: 10, k: 784 },
  { m: 13, n: 17, k: 100 },
  { m: 14, n: 8, k: 97 },
  { m: 15, n: 3, k: 513 },
  { m: 155, n: 34, k: 130 },
  { m: 150, n: 530, k: 101 },
  { m: 9, n: 523, k: 11 },
  { m: 37, n: 41, k: 1027 },
  { m: 1, n: 1, k: 5003 },
  { m: 1, n: 5, k: 2100 },
  { m: 2, n: 3, k: 1601 },
  { m: 1, n: 101, k: 600 },
  { m: 2, n: 51, k: 137 },
  { m: 2, n: 51, k: 37 },
  { m: 1, n: 37, k: 96 },
  { m: 3, n: 26, k: 520 },
  { m: 40, n: 1, k: 530 },
  { m: 7, n: 12, k: 20, batch: 17 },
  { m: 13, n: 9, k: 30, batch: 3 },
  // Rows of the result a power of two apart.
  { m: 27, n: 512, k: 3 },
  { m: 160, n: 1024, k: 12 },
  { m: 21, n: 1024, k: 17 },
  // All of k for a block of rows before the next.
  { m: 301, n: 34, k: 1030, epilogue: true },
  { m: 160, n: 10, k: 520, batch: 2, right: 'columns' },
  { m: 301, n: 50, k: 1030, left: 'columns', epilogue: true },
  { m: 150, n: 40, k: 600, left: 'columns', dtype: 'float64' },
  { m: 1033, n: 33, k: 520, left: 'columns' },
  { m: 150, n: 7, k: 600, dtype: 'float64' },
];

const layouts: readonly Layout[] = ['rows', 'columns', 'strided', 'reversed'];

const specs: readonly Spec[] = [
  ...shapes,
  { m: 29, n: 21, k: 1030, right: 'columns' },
  ...shapes.map((shape) => ({ ...shape, left: 'columns' as const, right: 'columns' as const, epilogue: true })),
  ...layouts.flatMap((left) =>
    layouts.flatMap((right) =>
      [{ m: 20, n: 11, k: 101 }, { m: 1, n: 9, k: 1100 }, { m: 3, n: 1, k: 1100 }].map((shape) => ({ ...shape, left, right })),
    ),
  ), // biome-ignore format: a product
  ...layouts.flatMap((out) =>
    [{ m: 14, n: 11, k: 10 }, { m: 9, n: 7, k: 1030 }].map((shape) => ({ ...shape, out, epilogue: true })),
  ), // biome-ignore format: a product
  ...(['float64', 'int32', 'int64', 'uint8'] as const).flatMap((dtype) =>
    layouts.flatMap((left) => [
      { m: 20, n: 11, k: 101, dtype, left, right: left },
      { m: 3, n: 15, k: 1035, dtype, left, epilogue: true },
      { m: 1, n: 2, k: 1100, dtype, left, right: left },
      { m: 20, n: 2, k: 10, dtype, left, right: left },
      { m: 3, n: 6, k: 515, dtype, left, right: left },
    ]),
  ),
];

describe('matmul', () => {
  it.each(specs.map((spec) => [name(spec), spec] as const))('%s: the bits of the plain loop', (_, spec) => {
    const product = new Product(spec);
    const { cold, hot } = product.variants(strict);
    const expected = product.expected();
    expect(product.run(cold, strict)).toEqual(expected);
    expect(product.run(hot, strict)).toEqual(expected);
  });

  it.each(specs.map((spec) => [name(spec), spec] as const))('%s: fused, the same in all parts', (_, spec) => {
    const product = new Product(spec);
    const { cold, hot } = product.variants(fused);
    const whole = product.run(cold, fused);
    for (const variant of [cold, hot])
      for (const part of [1, 3]) expect(product.run(variant, fused, part)).toEqual(whole);
  });

  describe('where threads take blocks of k', () => {
    const long: readonly Spec[] = [
      { m: 29, n: 21, k: 8003, left: 'columns' },
      { m: 29, n: 21, k: 8003, out: 'columns' },
      { m: 31, n: 50, k: 7700, left: 'columns' },
      { m: 6, n: 8, k: 8192 },
      { m: 13, n: 3, k: 8003, right: 'columns' },
      { m: 29, n: 21, k: 8003, dtype: 'float64', left: 'columns', right: 'strided' },
      { m: 9, n: 7, k: 8003, dtype: 'int32', left: 'reversed' },
      { m: 9, n: 7, k: 8003, dtype: 'int64' },
      { m: 29, n: 21, k: 8003, epilogue: true },
      { m: 9, n: 7, k: 8195, left: 'reversed', epilogue: true, dtype: 'int32' },
      // As many blocks as threads.
      { m: 64, n: 50, k: 784, right: 'columns' },
      { m: 64, n: 50, k: 784, right: 'columns', epilogue: true },
      { m: 35, n: 43, k: 1015, out: 'columns', epilogue: true },
      { m: 33, n: 3, k: 700, right: 'columns', left: 'strided', dtype: 'float64', epilogue: true },
      { m: 12, n: 47, k: 999, left: 'columns', right: 'columns', epilogue: true },
    ];
    const threaded = (features: Features): Features => ({ ...features, threads: 2 });
    it.each(long.map((spec) => [name(spec), spec] as const))('%s: the bits of the plain loop', (_, spec) => {
      const product = new Product(spec);
      const { cold, hot } = product.variants(threaded(strict));
      const expected = product.expected();
      for (const variant of [cold, hot]) {
        expect(variant.units).toBe(Math.ceil(spec.k / blockSizeOf(spec.k)));
        for (const part of [variant.units, 3, 1]) expect(product.run(variant, strict, part)).toEqual(expected);
      }
      expect(product.run(product.variants(threaded(fused)).hot, fused)).toEqual(product.run(product.variants(fused).hot, fused)); // biome-ignore format: one line
    });

    it('not where a batch, a view, the size of the sums or the number of threads speaks against it', () => {
      const spec = { m: 29, n: 21, k: 8003 };
      const none = [
        { batch: 2 },
        { out: 'strided' },
        { k: 6600 },
        { k: 1030, right: 'columns' },
        { m: 150, k: 784, right: 'columns' },
        { m: 900 },
        { dtype: 'uint8' },
      ] as const;
      for (const more of none)
        for (const variant of Object.values(new Product({ ...spec, ...more }).variants(threaded(fused))))
          expect([more, variant.finish, variant.shared]).toEqual([more, false, 0]);
    });
  });

  it('gives the same bits in every layout', () => {
    const spec = { m: 23, n: 19, k: 1111, epilogue: true };
    const run = (more: Partial<Spec>): number[] => {
      const product = new Product({ ...spec, ...more });
      return product.run(product.variants(fused).hot, fused);
    };
    const dense = run({});
    for (const left of layouts) for (const right of layouts) expect(run({ left, right })).toEqual(dense);
    for (const out of layouts) expect(run({ out })).toEqual(dense);
  });

  it('copies a wide panel by code that grows with the panel, not with its square', () => {
    const features: Features = { ...fused, pairs: true };
    const bytes = (m: number): number => {
      const module = new WasmModule(features);
      new Product({ m, n: 512, k: 256, right: 'columns' }).variants(features).cold.emit(module);
      return module.encode().length;
    };
    // Panels of 96 columns for a row, of 24 for three.
    expect(bytes(1)).toBeLessThan(4 * bytes(3));
  });

  it('cuts k as evenly as multiples of four can be, by k alone', () => {
    expect([0, 1, 4, 511, 512, 513, 784, 1024, 2048, 100000].map(blockSizeOf)).toEqual([
      4, 4, 4, 512, 512, 260, 392, 512, 512, 512,
    ]);
  });
});
