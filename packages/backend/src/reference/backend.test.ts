import { describe, expect, it } from 'vitest';
import { Launch } from '../backend.ts';
import { BackendError, OutOfMemoryError } from '../errors.ts';
import type { MapKernel } from '../kernel.ts';
import { constant, input } from '../scalar/expression.ts';
import { reference } from './backend.ts';

const fill = (value: number): MapKernel => ({
  kind: 'map',
  rank: 1,
  inputs: [],
  outputs: [{ dtype: 'float32', access: 'contiguous', expression: constant(value, 'f32'), overwrites: -1 }],
  scalars: 0,
});

describe('the reference backend', () => {
  it('compiles equal kernels once and takes all of them', () => {
    const backend = reference();
    expect(backend.compile(fill(1))).toBe(backend.compile(fill(1)));
    expect(backend.compile(fill(1))).not.toBe(backend.compile(fill(2)));
    expect(backend.supports(fill(3))).toBe(true);
  });

  it('keeps a bounded number of programs', () => {
    const backend = reference();
    const first = backend.compile(fill(-1));
    for (let i = 0; i < 2048; i++) backend.compile(fill(i));
    expect(backend.compile(fill(-1))).not.toBe(first);
    expect(backend.compile(fill(2047))).toBe(backend.compile(fill(2047)));
  });

  it('lets several dtypes share a block', async () => {
    const backend = reference();
    const block = backend.allocate(20);
    backend.write(block, 1, 'float32', Float32Array.of(1));
    expect(await backend.read(block, 1, 'int32', 1)).toEqual(Int32Array.of(0x3f800000));
    expect(backend.readSync!(block, 0, 'float32', 5)).toEqual(Float32Array.of(0, 1, 0, 0, 0));
  });

  it('says when memory runs out', () => {
    expect(() => reference().allocate(2 ** 53 - 8)).toThrow(OutOfMemoryError);
    expect(() => reference().allocate(2 ** 53 - 8)).toThrow(
      '[allocate] the reference backend could not get 9007199254740984 bytes',
    );
  });

  it('refuses everything after its end', async () => {
    const backend = reference();
    const block = backend.allocate(8);
    const launch = new Launch();
    launch.program = backend.compile(fill(1));
    launch.label = 'ones';
    backend.dispose();
    expect(() => backend.run(launch)).toThrow('[ones] the reference backend was disposed; make a new one');
    expect(() => backend.compile(fill(1))).toThrow(BackendError);
    expect(() => backend.allocate(8)).toThrow(BackendError);
    expect(() => backend.write(block, 0, 'float32', new Float32Array(1))).toThrow(BackendError);
    await expect(backend.read(block, 0, 'float32', 1)).rejects.toThrow(BackendError);
  });

  it('has a name for what it is', () => {
    expect(reference().name).toBe('reference');
    expect(input(0, 'f32').op).toBe('input');
  });
});
