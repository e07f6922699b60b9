/** Bags: matrices against the same bags with offsets, derivatives against differences, and the edges of both ways. */
import '@nn/tensor/methods';
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { type EmbeddingBagOptions, embeddingBag } from '../index.ts';

const table = (): Tensor => tensor([[1, 2], [3, 4], [5, 6], [-3, 4]], { requiresGrad: true }) as Tensor; // biome-ignore format: a table
const indices = (...values: number[]): Tensor => tensor(values, { dtype: 'int64' }) as Tensor;

describe('embeddingBag', () => {
  it.each<EmbeddingBagOptions>([
    { mode: 'sum' },
    {},
    { mode: 'max' },
    { mode: 'sum', scaleGradByFreq: true },
    { maxNorm: 2 },
    { mode: 'sum', perSampleWeights: tensor([[2, -1, 0], [0.5, 1, 3]]) as Tensor }, // biome-ignore format: a table
  ])('a matrix is bags of one size, %j', async (options) => {
    const square = indices(1, 0, 1, 3, 2, 3).reshape([2, 3]) as Tensor;
    const results: unknown[] = [];
    for (const apart of [false, true]) {
      const weight = table();
      const scale = options.perSampleWeights?.clone().requiresGrad_() as Tensor | undefined;
      const own = { ...options, ...(scale !== undefined && { perSampleWeights: apart ? scale.reshape([-1]) : scale }) };
      const out = embeddingBag(
        apart ? (square.reshape([-1]) as Tensor) : square,
        weight,
        (apart ? { ...own, offsets: indices(0, 3) } : own) as EmbeddingBagOptions,
      ) as Tensor;
      out.pow(2).sum().backward();
      const parts = [out, weight.grad!, ...(scale === undefined ? [] : [scale.grad!])];
      results.push(await Promise.all(parts.map((t) => t.round({ decimals: 4 }).toArray())));
      const frozen = embeddingBag(square, weight.detach() as Tensor, options) as Tensor;
      expect(await frozen.round({ decimals: 4 }).toArray()).toEqual((results[0] as unknown[])[0]);
    }
    expect(results[0]).toEqual(results[1]);
  });

  it('has gradients of first and second order', async () => {
    const [weight, perSampleWeights] = [
      // No two squares are equal: at a tie there is no derivative.
      tensor([[1, 2], [3, 4], [5, 6], [-3.5, 4.5]], { dtype: 'float64' }), // biome-ignore format: a table
      tensor([2, -1, 0.5, 1], { dtype: 'float64' }),
    ] as Tensor[];
    const square = indices(1, 0, 1, 3).reshape([2, 2]) as Tensor;
    for (const mode of ['sum', 'mean', 'max'] as const)
      for (const apart of [false, true]) {
        const more = apart ? { offsets: indices(0, 1, 1) } : {};
        const at = apart ? indices(1, 0, 1, 3) : square;
        const run = (w: Tensor): Tensor => embeddingBag(at, w.mul(w) as Tensor, { mode, ...more });
        expect([await gradcheck(run, [weight!]), await gradgradcheck(run, [weight!])]).toEqual([true, true]);
        if (mode !== 'sum') continue;
        const scaled = (w: Tensor, p: Tensor): Tensor =>
          embeddingBag(at, w, { mode, ...more, perSampleWeights: p.reshape(at.shape as number[]) as Tensor });
        expect(await gradcheck(scaled, [weight!, perSampleWeights!])).toBe(true);
      }
  });

  it('counts places beyond what the dtype of the offsets holds, and bags that begin behind the end', async () => {
    const long = indices(...Array.from({ length: 300 }, (_, i) => (i < 290 ? 0 : 1)));
    for (const dtype of ['uint8', 'int32'] as const) {
      const begins = tensor([0, 255, 255], { dtype }) as Tensor;
      const out = embeddingBag(long, table(), { offsets: begins, mode: 'sum' });
      expect(await out.toArray()).toEqual([[255, 510], [0, 0], [65, 110]]); // biome-ignore format: a table
    }
    const late = embeddingBag(indices(1, 0), table(), { offsets: indices(0, 1, 2, 9), mode: 'sum' });
    expect(await late.toArray()).toEqual([[3, 4], [1, 2], [0, 0], [0, 0]]); // biome-ignore format: a table
  });

  it.each(['sum', 'mean', 'max'] as const)('has zeros for bags without indices: %s of a matrix', async (mode) => {
    const weight = table();
    const out = embeddingBag(indices().reshape([2, 0]) as Tensor, weight, { mode });
    expect(await out.toArray()).toEqual([[0, 0], [0, 0]]); // biome-ignore format: a table
    out.sum().backward();
    expect(await weight.grad!.abs().sum().item()).toBe(0);
    expect(embeddingBag(indices().reshape([0, 3]) as Tensor, weight, { mode }).shape).toEqual([0, 2]);
    const low = tensor([[Number.NEGATIVE_INFINITY, 1]]) as Tensor;
    const found = embeddingBag(indices(0), low, { mode, offsets: indices(0, 1) });
    expect(await found.toArray()).toEqual([[Number.NEGATIVE_INFINITY, 1], [0, 0]]); // biome-ignore format: a table
  });

  it.each(['int64', 'int32'] as const)('takes tables of %s', async (dtype) => {
    const whole = tensor([[1, 5], [2, -2]], { dtype }) as Tensor; // biome-ignore format: a table
    const pair = indices(0, 1).reshape([1, 2]) as Tensor;
    for (const [mode, expected] of [
      ['sum', [3, 3]],
      ['mean', [1, 1]],
      ['max', [2, 5]],
    ] as const) {
      // biome-ignore format: a table
      const out = embeddingBag(pair, whole, { mode });
      expect([out.dtype, await out.toArray()]).toEqual([dtype, [[...expected]]]);
      const apart = embeddingBag(indices(0, 1), whole, { mode, offsets: indices(0, 2) });
      expect(await apart.toArray()).toEqual([[...expected], [0, 0]]);
    }
    const perSampleWeights = tensor([0.5, 1], { dtype: 'float64' }) as Tensor;
    for (const weight of [whole, table()])
      expect(() => embeddingBag(indices(0, 1), weight, { mode: 'sum', offsets: indices(0), perSampleWeights })).toThrow(
        `[embeddingBag] perSampleWeights are float64, the weight is ${weight.dtype}`,
      );
  });
});
