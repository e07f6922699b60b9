/** Gradients that pass through unchanged are one tensor in flight, and become tensors of their own where they are handed out. */
import { linear, memory, ones, scope, type Tensor, tensor } from '@nn/tensor';
import { expect, it } from 'vitest';
import { backward, grad, gradgradcheck } from '../src/index.ts';

const leaf = (values: readonly number[]): Tensor => tensor(values, { requiresGrad: true }) as Tensor;
const plus = (a: Tensor, b: Tensor): Tensor => a.add(b as never) as Tensor;
const values = (t: Tensor | null): number[] => [...t!.dataSync()].map(Number);

for (const [place, run] of [
  ['outside of scopes', (body: () => void): void => body()],
  ['in a scope', (body: () => void): void => scope(body)],
] as const) {
  it(`leaves of a sum have gradients of their own, ${place}`, () => {
    const [a, b, c] = [leaf([1, 2]), leaf([3, 4]), leaf([5, 6])];
    run(() =>
      backward(
        plus(plus(a, b), c)
          .mul(tensor([2, 3]) as never)
          .sum() as Tensor,
      ),
    );
    const memories = [a, b, c].map((t) => {
      expect(values(t.grad)).toEqual([2, 3]);
      return `${t.grad!.storage.origin} ${t.grad!.start}`;
    });
    expect(new Set(memories).size).toBe(3);
    (a.grad as Tensor).mul_(10);
    expect(values(b.grad)).toEqual([2, 3]);
  });

  it(`what is used twice adds up without changing what others got, ${place}`, () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    run(() => {
      const s = plus(a, b);
      backward(plus(plus(s, a), plus(s, s)).sum() as Tensor);
    });
    expect(values(a.grad)).toEqual([4, 4]);
    expect(values(b.grad)).toEqual([3, 3]);
  });

  it(`a hook may keep and change what it sees, ${place}`, () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    let seen: Tensor | null = null;
    run(() => {
      const s = plus(a, b);
      s.registerHook((g) => {
        seen = g;
        return g.mul(5);
      });
      backward(s.sum() as Tensor);
    });
    expect(values(a.grad)).toEqual([5, 5]);
    expect(values(b.grad)).toEqual([5, 5]);
    if (place === 'outside of scopes') expect(values(seen)).toEqual([1, 1]);
  });
}

it('captured gradients are whole after the walk', () => {
  const [a, b] = [leaf([1, 2]), leaf([3, 4])];
  const s = plus(a, b);
  const [gs, ga, gb] = grad(s.sum() as Tensor, [s, a, b]) as Tensor[];
  expect([gs!, ga!, gb!].map(values)).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
});

it('chains of sums give all memory of gradients back by name', () => {
  const w = leaf([1, 2, 3, 4]);
  const y = ones([4]) as Tensor;
  const taken = (): number => memory().live - memory().free;
  const run = (): void =>
    scope(() => {
      let z = w;
      for (let i = 0; i < 10; i++) z = plus(z, y);
      backward(z.sum() as Tensor);
      w.zeroGrad();
    });
  run();
  const before = taken();
  for (let i = 0; i < 5; i++) run();
  expect(taken()).toBe(before);
});

it('a transposed weight has derivatives of both orders, under batches too', async () => {
  const draw = (shape: readonly number[], from: number): Tensor => {
    const size = shape.reduce((p, n) => p * n, 1);
    const data = Float64Array.from({ length: size }, (_, i) => Math.sin(from + i));
    return tensor(data, { dtype: 'float64', requiresGrad: true }).reshape(shape).detach().requiresGrad_() as Tensor;
  };
  for (const batch of [[3], [2, 3]])
    expect(
      await gradgradcheck(
        (x, w, b) => linear(x as never, w as never, b as never) as never,
        [draw([...batch, 4], 1), draw([5, 4], 2), draw([5], 3)],
      ),
    ).toBe(true);
});
