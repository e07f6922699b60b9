import { describe, expect, it } from 'vitest';
import { runKernel } from '../test/run-kernel.ts';
import { BackendError } from './errors.ts';
import type { MapKernel } from './kernel.ts';
import { nullBackend } from './null-backend.ts';
import { neg } from './scalar/core.ts';
import { input } from './scalar/expression.ts';

const kernel = (rank: number): MapKernel => ({
  kind: 'map',
  rank,
  inputs: [{ dtype: 'float32', access: 'contiguous' }],
  outputs: [{ dtype: 'float32', access: 'contiguous', expression: neg(input(0, 'f32')), overwrites: -1 }],
  scalars: 0,
});
const operands = [{ data: [7, 7] }, { data: [1, 2] }];

describe('nullBackend', () => {
  it('computes nothing and counts everything', () => {
    const backend = nullBackend();
    expect(runKernel(kernel(1), { sizes: [2], operands }, backend)).toEqual([[0, 0]]);
    runKernel(kernel(1), { sizes: [2], operands }, backend);
    expect(backend.counts).toMatchObject({ total: 2, programs: 1, allocated: 32, freed: 0, written: 32, read: 16 });
    expect(backend.counts.launches).toMatchObject({ map: 2, reduce: 0 });
    expect(backend.live).toBe(32);
  });

  it('starts anew after a reset, but for programs and live bytes', () => {
    const backend = nullBackend();
    runKernel(kernel(1), { sizes: [2], operands }, backend);
    backend.reset();
    expect(backend.counts).toMatchObject({ total: 0, programs: 0, allocated: 0, freed: 0, written: 0, read: 0 });
    runKernel(kernel(1), { sizes: [2], operands }, backend);
    expect(backend.counts).toMatchObject({ total: 1, programs: 0 });
    runKernel(kernel(2), { sizes: [2, 1], operands }, backend);
    expect(backend.counts).toMatchObject({ total: 2, programs: 1 });
    expect(backend.live).toBe(48);
  });

  it('notices what is freed twice', () => {
    const backend = nullBackend();
    const block = backend.allocate(12);
    backend.free(block);
    expect(backend.live).toBe(0);
    expect(backend.counts.freed).toBe(12);
    expect(() => backend.free(block)).toThrow(BackendError);
  });

  it('is as narrow as it is asked to be', () => {
    const backend = nullBackend({ declines: ['map'], maxOperands: 8, slotsPerBlock: 1, dtypes: ['float32'] });
    expect(backend.supports(kernel(1))).toBe(false);
    expect(backend).toMatchObject({ maxOperands: 8, slotsPerBlock: 1, dtypes: ['float32'] });
  });

  it('refuses everything after its end', async () => {
    const backend = nullBackend();
    const block = backend.allocate(4);
    backend.dispose();
    expect(() => backend.allocate(4)).toThrow(BackendError);
    expect(() => backend.compile(kernel(1))).toThrow(BackendError);
    await expect(backend.read(block, 0, 'float32', 1)).rejects.toThrow(BackendError);
  });
});
