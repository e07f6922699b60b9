/** Triplets by a distance of one's own: against the loss by norms, as modules, and what is refused. */
import { gradcheck } from '@nn/autograd';
import { ValueError } from '@nn/backend';
import { manualSeed, randn, type Tensor } from '@nn/tensor';
import { expect, it } from 'vitest';
import { Bilinear, Module, TripletMarginWithDistanceLoss, tripletMarginLoss, tripletMarginWithDistanceLoss } from '../index.ts'; // biome-ignore format: one line

manualSeed(0);
const [a, p, n] = [0, 1, 2].map(() => randn([4, 3], { dtype: 'float64' })) as Tensor[] as [Tensor, Tensor, Tensor];
const l1 = (x: Tensor, y: Tensor): Tensor => x.sub(y).abs().sum({ dim: -1 }) as Tensor;

it.each([
  {},
  { margin: 2.5 },
  { swap: true },
  { swap: true, margin: 0.2, reduction: 'none' as const },
  { reduction: 'sum' as const },
])('%j, by norms', async (options) => {
  const expected = await tripletMarginLoss(a, p, n, options).toArray();
  expect(await tripletMarginWithDistanceLoss(a, p, n, options).toArray()).toEqual(expected);
  expect(await new TripletMarginWithDistanceLoss(options).forward(a, p, n).toArray()).toEqual(expected);
});

it.each([false, true])('by a function, swap %j', async (swap) => {
  const rows = (await Promise.all([l1(a, p), l1(a, n), l1(p, n)].map((t) => t.toArray()))) as number[][];
  const expected = rows[0]!.map((near, i) =>
    Math.max(0, near - (swap ? Math.min(rows[1]![i]!, rows[2]![i]!) : rows[1]![i]!) + 1),
  );
  const options = { distanceFunction: l1, swap, reduction: 'none' as const };
  const found = (await tripletMarginWithDistanceLoss(a, p, n, options).toArray()) as unknown as number[];
  found.forEach((loss, i) => {
    expect(loss).toBeCloseTo(expected[i]!, 12);
  });
  expect(await new TripletMarginWithDistanceLoss(options).forward(a, p, n).toArray()).toEqual(found);
  expect(await gradcheck((x, y, z) => tripletMarginWithDistanceLoss(x, y, z, options), [a, p, n])).toBe(true);
});

it('what the distance gave is still the caller’s', async () => {
  const seen: Tensor[] = [];
  const distanceFunction = (x: Tensor, y: Tensor): Tensor => {
    seen.push(l1(x, y));
    return seen.at(-1)!;
  };
  tripletMarginWithDistanceLoss(a, p, n, { distanceFunction, swap: true });
  expect(await Promise.all(seen.map((t) => t.data()))).toHaveLength(3);
});

it('a module as distance is trained, under PyTorch’s key', () => {
  class Learnt extends Module {
    readonly form = new Bilinear(3, 3, 1, { dtype: 'float64' });
    override forward(x: Tensor, y: Tensor): Tensor {
      return this.form.forward(x, y).pow(2).squeeze(-1) as Tensor;
    }
  }
  const loss = new TripletMarginWithDistanceLoss({ distanceFunction: new Learnt(), margin: 10 });
  expect(Object.keys(loss.stateDict())).toEqual(['distance_function.form.weight', 'distance_function.form.bias']);
  loss.forward(a, p, n).backward();
  expect(loss.parameters().every((t) => t.grad !== null)).toBe(true);
  expect(String(new TripletMarginWithDistanceLoss())).toBe(
    'TripletMarginWithDistanceLoss(\n  (distance_function): PairwiseDistance()\n)',
  );
});

it('refuses what is no distance', () => {
  const distanceFunction = 'l1' as never;
  expect(() => tripletMarginWithDistanceLoss(a, p, n, { distanceFunction })).toThrow(ValueError);
  expect(() => new TripletMarginWithDistanceLoss({ distanceFunction })).toThrow('distanceFunction is l1');
});
