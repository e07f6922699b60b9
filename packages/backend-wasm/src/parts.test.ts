/** Backends made of some of the parts: they compute what those are for, and say what they lack. */
import {
  BackendError,
  compileFor,
  div,
  type Expression,
  exp,
  input,
  Launch,
  type MapKernel,
  pow,
  type ReduceKernel,
  type RowsKernel,
  runLaunch,
  tanh,
} from '@nn/backend';
import { judge, type Verdict } from '@nn/conformance';
import { describe, expect, it, test } from 'vitest';
import { type WasmBackend, wasm } from './index.ts';
import {
  across,
  bytes,
  conv,
  draws,
  gather,
  map,
  math,
  matmul,
  type Part,
  reduce,
  rows,
  scan,
  scatter,
  sort,
  wasmOf,
  workers,
} from './parts.ts';

const kinds: readonly Part[] = [map, reduce, rows, matmul, conv, gather, scatter, scan, sort];

/** How the cases about a kind end on a backend of these parts. */
const judged = (parts: readonly Part[], { name }: Part): Promise<Verdict[]> => {
  const own = name === 'gather' || name === 'scatter' ? `indexed: ${name}` : `${name}: `;
  return judge({ create: () => wasmOf(parts, { threads: 1 }), only: [new RegExp(`^${own}`)] });
};

const lack = (part: string): string =>
  `made without the part ${part}; import ${part} from '@nn/backend-wasm/parts' and give it to wasmOf, or use wasm() of '@nn/backend-wasm'`;

describe.each(kinds)('the part $name', (part) => {
  it('computes alone what the contract says', async () => {
    // After an index that is out of range its cases gather.
    const verdicts = await judged(part === scatter ? [scatter, gather] : [part], part);
    expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(25);
  });

  it('is named where it is missing', async () => {
    const others = kinds.filter((other) => other !== part);
    const verdicts = await judged(others, part);
    const said = `BackendError: [${part.name}] this backend was ${lack(part.name)}`;
    expect(verdicts.filter(({ detail }) => !detail.includes(said))).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(25);
  });
});

test('the part math is all that the scalar language needs beside a kind, and named where it is missing', async () => {
  const judgedWith = (parts: readonly Part[], only: (string | RegExp)[]): Promise<Verdict[]> =>
    judge({ create: () => wasmOf(parts, { threads: 1 }), only });
  const failed = (await judgedWith([map], [/^scalar: ((?!gradient).* [fi]32|gradient of gelu f32)$/])).filter(
    ({ outcome }) => outcome !== 'passed',
  );
  const said = /^BackendError: \[map\] this backend was made without the part math, which has (\w+); import math from /;
  const functions = new Set(failed.map(({ detail }) => said.exec(detail)?.[1] ?? detail));
  expect([...functions].sort()).toEqual(Object.keys(math.content).sort());
  const verdicts = await judgedWith(
    [map, math],
    failed.map(({ suite, name }) => `${suite}: ${name}`),
  );
  expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect(verdicts.length).toBeGreaterThanOrEqual(failed.length);
});

const dense = { dtype: 'float32', access: 'contiguous' } as const;
const mapOf = (expression: (x: Expression) => Expression): MapKernel => ({
  kind: 'map',
  rank: 1,
  inputs: [dense],
  outputs: [{ ...dense, expression: expression(input(0, 'f32')), overwrites: -1 }],
  scalars: 0,
});
const sum: ReduceKernel = {
  kind: 'reduce',
  rank: 0,
  reducedRank: 1,
  inputs: [dense],
  output: dense,
  combine: 'sum',
  body: input(0, 'f32'),
  epilogue: input(0, 'f32'),
  scalars: 0,
};

/** What a kernel gives for the numbers 0 to 4. */
function run(backend: WasmBackend, kernel: MapKernel | ReduceKernel): number[] {
  const count = kernel.kind === 'map' ? 5 : 1;
  const launch = new Launch();
  launch.program = compileFor(backend, kernel);
  launch.geometry = { sizes: [5], strides: [kernel.kind === 'map' ? [1] : [], [1]], extents: [] };
  launch.label = 'test';
  launch.count = 2;
  launch.blocks.push(backend.allocate(20), backend.allocate(20));
  launch.offsets.push(0, 0);
  backend.write(launch.blocks[1]!, 0, 'float32', new Float32Array([0, 1, 2, 3, 4]));
  runLaunch(backend, launch);
  return [...(backend.readSync(launch.blocks[0]!, 0, 'float32', count) as Float32Array)];
}

describe('a backend that lacks a part', () => {
  it('refuses what needs it, and goes on', async () => {
    const backend = await wasmOf([map]);
    expect(backend.supports(sum)).toBe(false);
    for (let turn = 0; turn < 2; turn++) {
      expect(() => run(backend, sum)).toThrow(BackendError);
      expect(() => backend.compile(sum)).toThrow(`[reduce] this backend was ${lack('reduce')}`);
      for (const [name, row] of [['pow', (x: Expression) => pow(x, x)], ['tanh', tanh]] as const) // biome-ignore format: a table
        expect(() => run(backend, mapOf(row))).toThrow(
          `[map] this backend was made without the part math, which has ${name}; import math`,
        );
      expect(run(backend, mapOf(exp))[0]).toBe(1);
    }
    expect(backend.info().compiled).toBe(1);
    backend.dispose();
  });

  it('gives the bits that the whole one gives', async () => {
    const backends = [await wasmOf([map, reduce]), await wasm({ threads: 1 })];
    for (const kernel of [mapOf(exp), sum]) {
      const [part, whole] = backends.map((backend) => run(backend, kernel));
      expect(part).toEqual(whole);
    }
    for (const backend of backends) backend.dispose();
  });

  it('has one thread without workers, and says why', async () => {
    for (const options of [{}, { threads: 2 }]) {
      const backend = await wasmOf([map], options);
      expect(backend.info()).toMatchObject({ threads: 1, reason: expect.stringContaining(lack('workers')) });
      backend.dispose();
    }
    const alone = await wasmOf([map], { threads: 1 });
    expect(alone.info()).toMatchObject({ threads: 1, reason: null });
    alone.dispose();
    const two = await wasmOf([map, workers], { threads: 2 });
    expect(two.info()).toMatchObject({ threads: 2, reason: null });
    two.dispose();
  });

  it('has the same bits without the part across', async () => {
    const [shorter, whole] = [
      await wasmOf([map, rows], { threads: 1 }),
      await wasmOf([map, rows, across], { threads: 1 }),
    ];
    const sizes = [3, 50, 20];
    const n = 3000;
    const kernel: RowsKernel = {
      kind: 'rows',
      rank: 2,
      inputs: [{ dtype: 'float32', access: 'strided' }],
      reductions: [{ combine: 'sum', body: exp(input(0, 'f32')) }],
      outputs: [{ dtype: 'float32', expression: div(exp(input(0, 'f32')), input(1, 'f32')), perRow: false }],
      scalars: 0,
    };
    const results = [shorter, whole].map((backend) => {
      const launch = new Launch();
      launch.program = backend.compile(kernel);
      launch.geometry = { sizes, strides: [[1000, 20, 1], [1000, 1, 50]], extents: [] }; // biome-ignore format: one line
      launch.count = 2;
      launch.blocks.push(backend.allocate(4 * n), backend.allocate(4 * n));
      launch.offsets.push(0, 0);
      backend.write(
        launch.blocks[1]!,
        0,
        'float32',
        Float32Array.from({ length: n }, (_, i) => Math.sin(i)),
      );
      backend.run(launch);
      return backend.readSync(launch.blocks[0]!, 0, 'float32', n);
    });
    expect(results[0]).toEqual(results[1]);
    for (const one of [shorter, whole]) one.dispose();
  });

  it('tells its parts, each once', async () => {
    const backend = await wasmOf([map, workers, map], { threads: 1 });
    expect(backend.info().parts).toEqual(['map', 'workers']);
    const whole = await wasm({ threads: 1 });
    expect(new Set(whole.info().parts)).toEqual(
      new Set([...kinds, across, bytes, draws, math, workers].map(({ name }) => name)),
    );
    for (const one of [backend, whole]) one.dispose();
  });
});
