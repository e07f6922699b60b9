import { describe, expect, test } from 'vitest';
import { batchOf, fullBatchOf } from './batches.ts';
import { cases, select } from './index.ts';
import { hash, initial, integers, uniform } from './numbers.ts';
import { parametersOf } from './parameters.ts';
import type { GptSpec } from './spec.ts';

describe('numbers', () => {
  // From numpy, with unsigned 32-bit arithmetic.
  test.each([
    [1, [2_362_583_817, 570_061_382, 32_070_931]],
    [1007, [2_693_987_457, 525_479_028, 2_360_087_787]],
  ])('with seed %i are those that Python makes', (seed, expected) => {
    expect([0, 1, 2].map((position) => hash(seed, position))).toEqual(expected);
  });

  test('are whole below a limit', () => {
    expect([...integers(6, 100, 10)]).toEqual([0, 6, 8, 7, 0, 4]);
  });

  test('fill their range evenly', () => {
    const values = uniform(100_000, 5, -1, 1);
    expect(Math.min(...values.subarray(0, 1000))).toBeGreaterThanOrEqual(-1);
    const bins = new Array(10).fill(0);
    for (const value of values) bins[Math.floor((value + 1) * 5)]++;
    // 10,000 ± 5 standard deviations.
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 95);
  });

  test('differ from seed to seed', () => {
    expect(uniform(4, 1)).not.toEqual(uniform(4, 2));
    expect(uniform(4, 1)).toEqual(uniform(8, 1).subarray(0, 4));
  });

  test('start parameters by their kind', () => {
    expect([...initial(0, [3], 'scale')]).toEqual([1, 1, 1]);
    expect(Math.max(...initial(0, [50], 'bias'))).toBeLessThan(0.1);
    // 1 / √(16 · 9)
    expect(Math.max(...initial(0, [32, 16, 3, 3], 'weight').map(Math.abs))).toBeLessThanOrEqual(Math.fround(1 / 12));
  });
});

describe('cases', () => {
  test('have lasting names of their own', () => {
    const ids = cases.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9-]+$/.test(id))).toEqual([]);
  });

  test('are found by group, name and title, without regard to case', () => {
    const ids = (text: string): string[] => select([text], { quick: true }).map(({ id }) => id);
    expect(ids('LADDER')).toHaveLength(5);
    expect(ids('matmul-512-tb')).toEqual(['matmul-512-tb']);
    expect(ids('full batch')).toEqual(['full-batch']);
    expect(ids('no such case')).toEqual([]);
    expect(select(['gpt', 'cnn'], { quick: false }).map(({ id }) => id)).toEqual(['cnn', 'gpt']);
  });

  test('that are long are left out when quick, unless they are asked for', () => {
    expect(select([], { quick: false })).toEqual(cases);
    expect(select([], { quick: true }).map(({ id }) => id)).not.toContain('gpt');
    expect(select(['gpt'], { quick: true })).toHaveLength(1);
  });

  test('that are for GPUs are large products', () => {
    const large = cases.filter(({ isForGpus }) => isForGpus === true);
    expect(large.map(({ id }) => id)).toEqual(['matmul-2048', 'matmul-4096']);
    expect(large.map(({ goals }) => goals)).toEqual([[], []]);
  });

  test('know their work', () => {
    const flops = (id: string): number => cases.find((one) => one.id === id)!.flops!;
    expect(flops('matmul-512')).toBe(2 ** 28);
    // 64 · (784 · 50 · 2 + 50 · 10 · 3) multiplications.
    expect(flops('mlp-784-50-10-sgd-64')).toBe(2 * 64 * (784 * 50 * 2 + 50 * 10 * 3));
    expect(Math.round(flops('cnn') / 1e6)).toBe(382);
  });
});

describe('models', () => {
  const gpt = cases.find(({ id }) => id === 'gpt')!.spec as GptSpec;
  const count = (spec: Parameters<typeof parametersOf>[0]): number =>
    parametersOf(spec).reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);

  test.each([
    [{ kind: 'mlp', sizes: [784, 50, 10], batch: 64, optimizer: 'sgd' } as const, 39_760],
    [{ kind: 'cnn', batch: 64 } as const, 20_490],
    // 2 blocks of 12 width² + 13 width, embeddings, last norm, head.
    [gpt, 2 * (12 * 128 ** 2 + 13 * 128) + (65 + 64) * 128 + 2 * 128 + 65 * 128],
  ])('%j has %i parameters', (spec, expected) => {
    expect(count(spec)).toBe(expected);
  });

  test('batches have the shapes of their model', () => {
    expect(batchOf({ kind: 'cnn', batch: 2 }, 0)).toMatchObject({ shape: [2, 1, 28, 28], isWhole: false });
    const { inputs, labels, isWhole } = batchOf({ ...gpt, batch: 2, block: 8 }, 3);
    expect([inputs.length, labels.length, isWhole]).toEqual([16, 16, true]);
    expect(Math.max(...inputs, ...labels)).toBeLessThan(65);
    const { x, t, w1, w2 } = fullBatchOf({ kind: 'fullBatch', rows: 3, inputs: 4, hidden: 2 });
    expect([x, t, w1, w2].map(({ length }) => length)).toEqual([12, 3, 8, 2]);
  });
});
