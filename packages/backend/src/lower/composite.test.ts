/** What fallbacks cost, counted on a backend that runs nothing; that they are right is the business of the conformance suites. */
import { describe, expect, it } from 'vitest';
import { room, runKernel, type TestLaunch, type TestOperand } from '../../test/run-kernel.ts';
import { Launch } from '../backend.ts';
import { CompositeProgram, compileFor, runLaunch } from '../compile.ts';
import { BackendError } from '../errors.ts';
import type {
  ConvKernel,
  Kernel,
  KernelKind,
  MapKernel,
  MatmulKernel,
  RowsKernel,
  ScanKernel,
  SortKernel,
} from '../kernel.ts';
import { type NullBackend, nullBackend } from '../null-backend.ts';
import { reference } from '../reference/backend.ts';
import { add, exp, sub } from '../scalar/core.ts';
import { input } from '../scalar/expression.ts';

const [x, y] = [input(0, 'f32'), input(1, 'f32')];
const dense = { dtype: 'float32', access: 'contiguous' } as const;
const optional: readonly KernelKind[] = ['matmul', 'conv', 'scan', 'sort', 'rows'];

/** Launches by kind, of those kinds that were launched. */
function launches(
  kernel: Kernel,
  test: TestLaunch,
  backend: NullBackend = nullBackend({ declines: optional }),
): Record<string, number> {
  backend.reset();
  runKernel(kernel, test, backend);
  return Object.fromEntries(Object.entries(backend.counts.launches).filter(([, n]) => n > 0));
}

const matmul = (extras: number): MatmulKernel => ({
  kind: 'matmul',
  rank: 0,
  dtype: 'float32',
  left: 'rows',
  right: 'rows',
  extras: Array.from({ length: extras }, () => dense),
  epilogue: extras === 0 ? x : add(x, y),
  scalars: 0,
});
const matrix = (m: number, n: number): TestOperand => room('float32', m, n);
const product = (m: number, n: number, k: number, extras = 0): TestLaunch => ({
  sizes: [m, n, k],
  operands: [matrix(m, n), matrix(m, k), matrix(k, n), ...Array.from({ length: extras }, () => matrix(m, n))],
});

const conv = (role: ConvKernel['role'], bias = false): ConvKernel => ({
  kind: 'conv',
  role,
  spatialRank: 1,
  dtype: 'float32',
  bias,
  epilogue: bias ? add(x, y) : x,
  scalars: 0,
});
/** 2 images of 3 channels, 5 long, to 4 channels, with a window of 3. */
const convolution = (role: ConvKernel['role'], padding: number, bias = false): TestLaunch => {
  const n = 3 + 2 * padding;
  const [shapeX, shapeW, shapeY] = [
    [2, 3, 5],
    [4, 3, 3],
    [2, 4, n],
  ] as [number[], number[], number[]];
  const shapes = {
    forward: [shapeY, shapeX, shapeW],
    inputGradient: [shapeX, shapeY, shapeW],
    weightGradient: [shapeW, shapeY, shapeX],
  }[role];
  const operands = shapes.map((sizes) => room('float32', ...sizes));
  return {
    sizes: [...shapeX, ...shapeW, ...shapeY],
    extents: [1, 1, padding, padding, 1],
    operands: bias ? [...operands, room('float32', 4)] : operands,
  };
};

const scan = (indices: boolean): ScanKernel => ({
  kind: 'scan',
  rank: 0,
  input: dense,
  output: dense,
  combine: 'max',
  reverse: false,
  indices,
});
const sort: SortKernel = { kind: 'sort', rank: 0, input: dense, descending: false };
const along = (n: number, outputs: number): TestLaunch => ({
  sizes: [n],
  outputs,
  operands: [room('float32', n), ...(outputs === 2 ? [room('int64', n)] : []), room('float32', n)],
});

const softmax: RowsKernel = {
  kind: 'rows',
  rank: 1,
  inputs: [dense],
  reductions: [
    { combine: 'max', body: x },
    { combine: 'sum', body: exp(sub(x, y)) },
  ],
  outputs: [
    { dtype: 'float32', expression: sub(exp(sub(x, y)), input(2, 'f32')), perRow: false },
    { dtype: 'float32', expression: y, perRow: true },
  ],
  scalars: 0,
};

describe('a composite', () => {
  it('of matmul is one reduction, and a map for the operands of an epilogue', () => {
    expect(launches(matmul(0), product(3, 4, 5))).toEqual({ reduce: 1 });
    expect(launches(matmul(1), product(3, 4, 5, 1))).toEqual({ reduce: 1, map: 1 });
  });

  it('of conv is one reduction, two maps where there is padding, and one for a bias', () => {
    expect(launches(conv('forward'), convolution('forward', 0))).toEqual({ reduce: 1 });
    expect(launches(conv('forward'), convolution('forward', 1))).toEqual({ reduce: 1, map: 2 });
    expect(launches(conv('forward', true), convolution('forward', 1, true))).toEqual({ reduce: 1, map: 3 });
    expect(launches(conv('inputGradient'), convolution('inputGradient', 1))).toEqual({ reduce: 1, map: 2 });
    expect(launches(conv('weightGradient'), convolution('weightGradient', 0))).toEqual({ reduce: 1 });
  });

  it('of scan takes two maps for each doubling', () => {
    expect(launches(scan(false), along(1, 1))).toEqual({ map: 1 });
    expect(launches(scan(false), along(2, 1))).toEqual({ map: 2 });
    expect(launches(scan(false), along(1000, 1))).toEqual({ map: 20 });
    expect(launches(scan(true), along(1000, 2))).toEqual({ map: 21 });
  });

  it('of sort counts in short rows and runs a network in long ones', () => {
    expect(launches(sort, along(512, 2))).toEqual({ map: 1, reduce: 1, scatter: 2 });
    // 1024 = 2^10: 55 stages, and five launches around them.
    expect(launches(sort, along(1000, 2))).toEqual({ map: 60 });
  });

  it('of rows is a reduction each and a map for each shape of output', () => {
    const launch = { sizes: [3, 7], outputs: 2, operands: [matrix(3, 7), room('float32', 3), matrix(3, 7)] };
    expect(launches(softmax, launch)).toEqual({ reduce: 2, map: 2 });
  });

  it('compiles nothing anew for other sizes, a batch of one included', () => {
    const backend = nullBackend({ declines: optional });
    launches(matmul(1), product(3, 4, 5, 1), backend);
    launches(matmul(1), product(1, 4, 5, 1), backend);
    expect(backend.counts.programs).toBe(0);
    launches(scan(true), along(1000, 2), backend);
    launches(scan(true), along(7, 2), backend);
    expect(backend.counts.programs).toBe(0);
    launches(sort, along(1000, 2), backend);
    launches(sort, along(600, 2), backend);
    expect(backend.counts.programs).toBe(0);
  });

  it('prepares a geometry once', () => {
    const backend = nullBackend({ declines: optional });
    const asked: Kernel[] = [];
    const supports = backend.supports.bind(backend);
    backend.supports = (kernel) => {
      asked.push(kernel);
      return supports(kernel);
    };
    const launch = new Launch();
    launch.program = compileFor(backend, matmul(0));
    launch.geometry = {
      sizes: [1, 1, 1],
      strides: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      extents: [],
    };
    for (let i = 0; i < 3; i++) {
      launch.blocks[i] = backend.allocate(4);
      launch.offsets[i] = 0;
    }
    for (let i = 0; i < 5; i++) runLaunch(backend, launch);
    expect(backend.counts.total).toBe(5);
    expect(asked.map(({ kind }) => kind)).toEqual(['matmul', 'reduce']);
  });

  it('frees its temporaries, also when a step fails', () => {
    const backend = nullBackend({ declines: optional });
    const before = 4 * (12 + 15 + 20 + 12);
    runKernel(matmul(1), product(3, 4, 5, 1), backend);
    expect(backend.counts.allocated).toBe(before + 4 * 12);
    expect(backend.live).toBe(before);
    backend.run = () => {
      throw new BackendError('test', 'lost');
    };
    expect(() => runKernel(matmul(1), product(3, 4, 5, 1), backend)).toThrow('lost');
    expect(backend.live).toBe(2 * before);
  });
});

describe('compileFor', () => {
  it('leaves to the backend what it takes', () => {
    const backend = reference();
    expect(compileFor(backend, matmul(0))).toBe(backend.compile(matmul(0)));
    expect(compileFor(nullBackend({ declines: ['matmul'] }), matmul(0))).toBeInstanceOf(CompositeProgram);
  });

  const sums = (outputs: number, inputs: number): MapKernel => ({
    kind: 'map',
    rank: 1,
    inputs: Array.from({ length: inputs }, () => dense),
    outputs: Array.from({ length: outputs }, (_, j) => ({
      ...dense,
      expression:
        outputs > 1
          ? add(input(j, 'f32'), input((j + 1) % inputs, 'f32'))
          : Array.from({ length: inputs }, (__, i) => input(i, 'f32')).reduce(add),
      overwrites: outputs > 1 ? j : -1,
    })),
    scalars: 0,
  });

  it('splits a map of many outputs', () => {
    const backend = nullBackend({ maxOperands: 8 });
    const operands = Array.from({ length: 12 }, () => room('float32', 4));
    // Outputs 0 to 2 read inputs 0 to 3, the others 3 to 5 and 0, which output 0 overwrites: it waits and is copied at the end.
    expect(launches(sums(6, 6), { sizes: [4], outputs: 6, operands }, backend)).toEqual({ map: 3 });
    expect(backend.counts.programs).toBe(3);
  });

  it('names both numbers where one output reads too much', () => {
    expect(() => compileFor(nullBackend({ maxOperands: 8 }), sums(1, 9))).toThrow(
      '[map] the kernel has 10 operands, the null backend takes 8 a launch; use fewer tensors at once',
    );
  });

  it('refuses dtypes that the backend lacks', () => {
    const backend = nullBackend({ dtypes: ['float32', 'int32', 'int64'] });
    expect(() => compileFor(backend, { ...matmul(0), dtype: 'float64' })).toThrow(
      '[matmul] the null backend has no float64, only float32, int32, int64',
    );
  });

  it('refuses a backend without a required kind', () => {
    const backend = nullBackend({ declines: ['map'] });
    expect(() => compileFor(backend, sums(1, 2))).toThrow(
      '[map] the null backend declines this kernel and has no fallback for it',
    );
  });
});
