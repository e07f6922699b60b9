/** What conformance can't see of products: that all forms give the same bits, however operands lie; sizes that fold workgroups; operands in several windows. */
import {
  add,
  type Backend,
  castTo,
  coordinate,
  input,
  Launch,
  type Layout2,
  type MatmulKernel,
  mul,
  type Program,
  scalar,
} from '@nn/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebGPUBackend } from '../../backend.ts';
import { WebGPUProgram } from '../../program.ts';
import { openDevice } from '../../runtime/adapter.ts';
import { matmulProblem } from '../matmul/matmul.ts';
import { orderOf } from './order.ts';
import { type Form, formOf, productVariant, tiles } from './plan.ts';
import type { Slim } from './slim.ts';

let backend: WebGPUBackend;
beforeAll(async () => {
  backend = new WebGPUBackend(await openDevice({}));
});
afterAll(() => backend.dispose());

interface Matrices {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly left?: Layout2;
  readonly right?: Layout2;
  /** How many elements come before each operand. */
  readonly offset?: number;
}

/** A number with a full mantissa for each place. */
const valueAt = (seed: number, i: number, j: number): number =>
  Math.fround((((i * 7919 + j * 104729 + seed * 613 + 1) * 2654435761) % 4294967296) / 2 ** 31 - 1);

const strides = (rows: number, columns: number, layout: Layout2): [number, number] =>
  layout === 'rows' ? [columns, 1] : layout === 'columns' ? [1, rows] : [2 * columns + 1, 2];

function fill(rows: number, columns: number, layout: Layout2, offset: number, seed: number): Float32Array {
  const [outer, inner] = strides(rows, columns, layout);
  const data = new Float32Array(offset + rows * columns * 3 + 1).fill(Number.NaN);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) data[offset + i * outer + j * inner] = valueAt(seed, i, j);
  return data;
}

const kernelOf = ({ left = 'rows', right = 'rows' }: Matrices): MatmulKernel => ({
  kind: 'matmul',
  rank: 0,
  dtype: 'float32',
  left,
  right,
  extras: [],
  epilogue: add(mul(input(0, 'f32'), scalar(0, 'f32')), castTo(coordinate, 'float32')),
  scalars: 1,
});

/** `left @ right · 2 + coordinate` by a program. */
async function multiply(on: Backend, program: Program, spec: Matrices): Promise<Float32Array> {
  const { m, n, k, left = 'rows', right = 'rows', offset = 0 } = spec;
  const launch = new Launch();
  const data = [new Float32Array(m * n + offset), fill(m, k, left, offset, 1), fill(k, n, right, offset, 2)];
  data.forEach((operand, i) => {
    const block = on.allocate(operand.byteLength);
    on.write(block, 0, 'float32', operand);
    launch.blocks[i] = block;
    launch.offsets[i] = offset;
  });
  launch.count = 3;
  launch.program = program;
  launch.geometry = { sizes: [m, n, k], strides: [[n, 1], strides(m, k, left), strides(k, n, right)], extents: [] };
  launch.scalars = [2];
  on.run(launch);
  const result = await on.read(launch.blocks[0]!, offset, 'float32', m * n);
  for (const block of launch.blocks) on.free(block!);
  return result as Float32Array;
}

/** The kernel computed by one form, whatever its sizes. */
function inForm(spec: Matrices, form: Form): Program {
  const kernel = kernelOf(spec);
  const kind = {
    aligns: true,
    variant: (_: MatmulKernel, geometry: Parameters<typeof matmulProblem>[1], __: unknown, aligned: boolean) =>
      productVariant(matmulProblem(kernel, geometry, aligned), form),
  };
  return new WebGPUProgram(kernel, `${JSON.stringify(form)} ${spec.left} ${spec.right}`, kind as never, 1);
}

const slim = (short: Slim['short'], rows: number, slices: number, split = false): Form => ({
  kind: 'slim',
  slim: { short, rows, slices, lanes: slices === 1 ? 64 : 256 / slices },
  split,
});

const tiled = (name: string, split: boolean): Form => ({
  kind: 'tile',
  tile: tiles.find((tile) => tile.name === name)!,
  split,
});

describe('every form of a product', () => {
  it.each([[0], [100], [777], [9000]])('gives the same bits over %i members', async (k) => {
    const spec = { m: 3, n: 4, k };
    const forms = [
      tiled('small', false),
      tiled('low', true),
      slim('left', 4, 4),
      slim('right', 4, 16),
      ...(k > 8192 ? [slim('left', 4, 64, true)] : []),
    ];
    const expected = await multiply(backend, inForm(spec, slim('left', 4, 1)), spec);
    for (const [i, value] of expected.entries()) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += valueAt(1, Math.floor(i / 4), j) * valueAt(2, j, i % 4);
      expect(Math.abs(value - (2 * sum + i))).toBeLessThan(1e-6 * (k + 40));
    }
    for (const form of forms)
      expect(await multiply(backend, inForm(spec, form), spec), JSON.stringify(form)).toEqual(expected);
  });

  it('gives the same bits wherever its operands lie', async () => {
    const spec = { m: 36, n: 40, k: 148 };
    const expected = await multiply(backend, backend.compile(kernelOf(spec)), spec);
    for (const [left, right, offset] of [
      ['rows', 'rows', 1],
      ['columns', 'columns', 0],
      ['columns', 'columns', 3],
      ['strided', 'strided', 0],
    ] as const) {
      const other = { ...spec, left, right, offset };
      expect(await multiply(backend, backend.compile(kernelOf(other)), other), `${left} ${right} ${offset}`).toEqual(
        expected,
      );
    }
  });
});

it.each(tiles.map(({ name }) => [name]))('fills tiles of the size "%s", and computes what is left', async (name) => {
  const spec = { m: 132, n: 72, k: 36 };
  const result = await multiply(backend, inForm(spec, tiled(name, false)), spec);
  for (const [i, value] of result.entries()) {
    let sum = 0;
    for (let j = 0; j < spec.k; j++) sum += valueAt(1, Math.floor(i / spec.n), j) * valueAt(2, j, i % spec.n);
    expect(Math.abs(value - (2 * sum + i))).toBeLessThan(1e-2);
  }
});

it('reads operands through several windows', async () => {
  const narrow = new WebGPUBackend({ ...(await openDevice({})), window: 4352 });
  for (const spec of [
    { m: 33, n: 34, k: 50 },
    { m: 32, n: 36, k: 48 },
    { m: 3, n: 60, k: 40 },
  ])
    expect(await multiply(narrow, narrow.compile(kernelOf(spec)), spec)).toEqual(
      await multiply(backend, backend.compile(kernelOf(spec)), spec),
    );
  narrow.dispose();
});

it('computes more workgroups than fit one direction', async () => {
  const spec = { m: 1, n: 64 * 65536 + 3, k: 1 };
  const result = await multiply(backend, backend.compile(kernelOf(spec)), spec);
  for (const i of [0, 64 * 65535 - 1, 64 * 65535, spec.n - 1])
    expect(result[i]).toBe(Math.fround(Math.fround(2 * Math.fround(valueAt(1, 0, 0) * valueAt(2, 0, i))) + i));
});

describe('how a sum is divided', () => {
  it('covers every member once, in whole tiles', () => {
    for (let k = 0; k < 100000; k += 1 + (k >> 3)) {
      const { block, span, spans, part, parts } = orderOf(k);
      expect(block % 16 === 0 && part % block === 0 && span % part === 0).toBe(true);
      expect(parts <= 64 && block <= 128).toBe(true);
      expect(parts * part >= k && (parts - 1) * part <= Math.max(0, k - 1)).toBe(true);
      expect(spans * span >= k && (spans === 1 || span === part)).toBe(true);
    }
  });

  it('keeps temporaries of split products small', () => {
    for (const m of [9, 16, 33, 100, 300, 1000])
      for (const n of [9, 50, 147, 576, 4000])
        for (const k of [500, 5000, 500000]) {
          const { split } = formOf({ m, n, k, entries: 1 });
          if (split) expect(4 * m * n * orderOf(k).parts).toBeLessThan(64 << 20);
        }
  });
});
