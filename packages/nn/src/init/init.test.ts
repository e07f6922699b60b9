import '@nn/tensor/methods';
import { nullBackend, reference } from '@nn/backend';
import { empty, Generator, manualSeed, type Tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { init, Linear, Parameter } from '../index.ts';

/** Mean, standard deviation and extremes. */
async function moments(t: Tensor): Promise<{ mean: number; std: number; low: number; high: number }> {
  const values = [...(await t.data())];
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return { mean, std, low: Math.min(...values), high: Math.max(...values) };
}

const weight = (): Tensor => empty([200, 300]) as Tensor;

describe('random values', () => {
  it.each<[string, (t: Tensor) => Tensor, number]>([
    ['uniform_', (t) => init.uniform_(t, { a: -2, b: 2 }), 2],
    ['xavierUniform_', (t) => init.xavierUniform_(t, { gain: 2 }), 2 * Math.sqrt(6 / 500)],
    ['kaimingUniform_', (t) => init.kaimingUniform_(t, { nonlinearity: 'relu' }), Math.sqrt(6 / 300)],
    [
      'kaimingUniform_ backwards',
      (t) => init.kaimingUniform_(t, { mode: 'fan_out', a: 0.5 }),
      Math.sqrt((3 * 2) / 1.25 / 200),
    ],
    ['Linear', (t) => t.copy_(new Linear(300, 200).weight as never) as Tensor, 1 / Math.sqrt(300)],
  ])('%s are uniform up to its bound', async (_, fill, bound) => {
    manualSeed(0);
    const t = weight();
    expect(fill(t)).toBe(t);
    const { mean, std, low, high } = await moments(t);
    expect(Math.abs(mean) / bound).toBeLessThan(0.01);
    expect(std / bound).toBeCloseTo(1 / Math.sqrt(3), 2);
    expect([low >= -bound, high <= bound, high > 0.999 * bound]).toEqual([true, true, true]);
  });

  it.each<[string, (t: Tensor) => Tensor, number, number]>([
    ['normal_', (t) => init.normal_(t, { mean: 3, std: 2 }), 3, 2],
    ['xavierNormal_', (t) => init.xavierNormal_(t), 0, Math.sqrt(2 / 500)],
    ['kaimingNormal_', (t) => init.kaimingNormal_(t, { nonlinearity: 'relu' }), 0, Math.sqrt(2 / 300)],
    // σ² (1 - 2 φ(1) / (2 Φ(1) - 1)) of a normal law cut off at ±σ.
    [
      'truncNormal_',
      (t) => init.truncNormal_(t, { mean: 1, std: 2, a: -1, b: 3 }),
      1,
      2 * Math.sqrt(1 - (2 * 0.24197072) / 0.68268949),
    ],
  ])('%s have their mean and spread', async (_, fill, mean, std) => {
    manualSeed(0);
    const found = await moments(fill(weight()));
    expect(Math.abs(found.mean - mean) / std).toBeLessThan(0.02);
    expect(found.std / std).toBeCloseTo(1, 1.7);
  });

  it('come from the generator, and are the same on every backend', async () => {
    const fills: readonly ((t: Tensor, generator: Generator) => Tensor)[] = [
      (t, generator) => init.uniform_(t, { generator }),
      (t, generator) => init.normal_(t, { generator }),
      (t, generator) => init.truncNormal_(t, { generator }),
      (t, generator) => init.kaimingNormal_(t, { generator }),
      (t, generator) => init.kaimingUniform_(t, { generator }),
      (t, generator) => init.xavierNormal_(t, { generator }),
      (t, generator) => init.xavierUniform_(t, { generator }),
      (t, generator) => init.orthogonal_(t, { generator }),
      (t, generator) => init.sparse_(t, 0.3, { generator }),
    ];
    for (const fill of fills) {
      const draw = (seed: number, backend = reference()): Promise<unknown> =>
        fill(empty([3, 4], { backend }) as Tensor, new Generator(seed)).toArray();
      const first = await draw(1);
      expect(await draw(1)).toEqual(first);
      expect(await draw(2)).not.toEqual(first);
    }
  });

  it('need no read of the backend that holds the tensor', () => {
    const backend = nullBackend();
    const t = empty([4, 4], { backend }) as Tensor;
    backend.reset();
    init.orthogonal_(init.sparse_(init.truncNormal_(t), 0.5));
    expect(backend.counts.read).toBe(0);
  });

  it('leave parameters leaves, whatever is recorded', async () => {
    const p = new Parameter(zeros([2, 2]));
    expect(init.ones_(init.orthogonal_(init.normal_(p)))).toBe(p);
    expect([p.isLeaf, p.requiresGrad, p.gradFn]).toEqual([true, true, null]);
    expect(await p.toArray()).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('fill views', async () => {
    const t = zeros([3, 4]) as Tensor;
    init.eye_(t.t() as Tensor);
    init.constant_(t.narrow(1, 3, 1) as Tensor, 7);
    expect(await t.toArray()).toEqual([
      [1, 0, 0, 7],
      [0, 1, 0, 7],
      [0, 0, 1, 7],
    ]);
  });
});

describe('orthogonal_', () => {
  it.each([[[20, 20]], [[10, 30]], [[30, 10]], [[6, 2, 3, 3]], [[7, 1]]])(
    'of shape %j has orthogonal rows or columns',
    async (shape) => {
      const t = init.orthogonal_(empty(shape, { dtype: 'float64' }) as Tensor, { gain: 2 });
      const rows = shape[0]!;
      const m = t.reshape([rows, -1] as never) as Tensor;
      const wide = rows <= m.shape[1]! ? m : (m.t() as Tensor);
      const gram = (await (wide.matmul(wide.t() as never) as Tensor).toArray()) as number[][];
      gram.forEach((row, i) => {
        row.forEach((v, j) => {
          expect(v).toBeCloseTo(i === j ? 4 : 0, 12);
        });
      });
    },
  );

  it('leaves nothing as it is', () => {
    expect(init.orthogonal_(empty([0, 3]) as Tensor).shape).toEqual([0, 3]);
  });
});

describe('errors', () => {
  it.each<[() => unknown, string]>([
    [() => init.calculateFanInAndFanOut(zeros([3])), 'a weight has 2 dimensions at least, this has shape (3,)'],
    [() => init.kaimingNormal_(zeros([3])), 'a weight has 2 dimensions at least'],
    [() => init.calculateGain('swish' as never), "there is no gain for 'swish'"],
    [() => init.kaimingUniform_(zeros([2, 2]), { mode: 'fan_avg' as never }), "mode is 'fan_avg'"],
    [() => init.eye_(zeros([2])), 'takes a matrix, got shape (2,)'],
    [() => init.sparse_(zeros([2]), 0.5), 'takes a matrix'],
    [() => init.sparse_(zeros([2, 2]), 1.5), 'sparsity is 1.5'],
    [() => init.dirac_(zeros([2, 2])), 'takes a kernel of 3 to 5 dimensions'],
    [() => init.dirac_(zeros([3, 2, 3]), { groups: 2 }), "3 output channels can't be divided into 2 groups"],
    [() => init.orthogonal_(zeros([2])), 'takes 2 dimensions at least'],
    [() => init.truncNormal_(zeros([2]), { a: 3, b: 2 }), 'a is 3, above b, 2'],
    [() => init.normal_(zeros([2]), { std: -1 }), 'standard deviation is -1'],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
  });
});
