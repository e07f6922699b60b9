/** Samples of categories: how often each comes, what they sum to, what gradients they pass, and what is refused. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { DTypeError, ValueError } from '@nn/backend';
import { Generator, manualSeed, randn, softmax, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, expect, it } from 'vitest';
import { gumbelSoftmax } from '../index.ts';

beforeEach(() => {
  manualSeed(7);
});

it.each([0.1, 1, 10])('hard samples come as often as softmax says, whatever tau is: %d', async (tau) => {
  const logits = tensor([0, 1, -1, 2]);
  const n = 20_000;
  const samples = gumbelSoftmax(logits.expand([n, 4]) as Tensor, { tau, hard: true });
  const found = (await samples.mean({ dim: 0 } as never).toArray()) as number[];
  const expected = (await softmax(logits, 0 as never).toArray()) as number[];
  // Five standard deviations.
  found.forEach((p, i) => {
    expect(Math.abs(p - expected[i]!)).toBeLessThan(5 * Math.sqrt((expected[i]! * (1 - expected[i]!)) / n));
  });
  expect(new Set(await samples.data())).toEqual(new Set([0, 1]));
});

it.each(['float16', 'float32', 'float64'] as const)('soft samples are %s and sum to 1', async (dtype) => {
  const sample = gumbelSoftmax(randn([3, 5, 4], { dtype }) as Tensor, { dim: 1, tau: 0.7 });
  expect([sample.dtype, sample.shape]).toEqual([dtype, [3, 5, 4]]);
  for (const sum of await sample.to('float64').sum({ dim: 1 }).data())
    expect(sum).toBeCloseTo(1, dtype === 'float16' ? 2 : 6);
});

it('the temperature says how near to one-hot they are', async () => {
  const peak = async (tau: number): Promise<number> =>
    (await gumbelSoftmax(zeros([1000, 4]) as Tensor, { tau })
      .amax({ dim: 1 } as never)
      .mean()
      .item()) as number;
  const [cold, warm, hot] = [await peak(0.01), await peak(1), await peak(100)];
  expect(cold).toBeGreaterThan(0.98);
  expect(hot).toBeLessThan(0.27);
  expect(warm).toBeGreaterThan(hot);
  expect(warm).toBeLessThan(cold);
});

it.each([0.5, 2])('gradients, twice, tau %d', async (tau) => {
  const x = randn([3, 4], { dtype: 'float64' }) as Tensor;
  const sampled = (t: Tensor): Tensor => gumbelSoftmax(t, { tau, generator: new Generator(3) }) as Tensor;
  expect(await gradcheck(sampled, [x])).toBe(true);
  expect(await gradgradcheck(sampled, [x])).toBe(true);
});

it('hard samples have the gradient of soft ones', async () => {
  const g = randn([5, 3], { dtype: 'float64' }) as Tensor;
  const gradients = await Promise.all(
    [true, false].map(async (hard) => {
      const x = tensor([[1, 2, 3]], { dtype: 'float64' })
        .expand([5, 3])
        .contiguous()
        .requiresGrad_() as Tensor;
      (gumbelSoftmax(x, { hard, generator: new Generator(3) }) as Tensor).backward(g);
      return x.grad!.toArray();
    }),
  );
  expect(gradients[0]).toEqual(gradients[1]);
});

it('draws from the generator that it is given', async () => {
  const draw = async (generator?: Generator): Promise<unknown> =>
    gumbelSoftmax(zeros([6]) as Tensor, { generator }).toArray();
  const own = new Generator(1);
  const first = await draw(own);
  expect(await draw(own)).not.toEqual(first);
  expect(await draw(new Generator(1))).toEqual(first);
  manualSeed(5);
  const seeded = await draw();
  manualSeed(5);
  expect(await draw()).toEqual(seeded);
});

it('refuses what has no samples', () => {
  expect(() => gumbelSoftmax(tensor([1n]))).toThrow(DTypeError);
  for (const tau of [0, -1, Number.NaN]) expect(() => gumbelSoftmax(tensor([1]), { tau })).toThrow(ValueError);
  expect(() => gumbelSoftmax(tensor([1]), 0.5 as never)).toThrow('[gumbelSoftmax] got 0.5 where options belong');
  expect(() => gumbelSoftmax(tensor([1]), { dim: 3 })).toThrow(/dim/);
});
