/** Gradients that pass through unchanged are one tensor in flight, and become tensors of their own where they are handed out. */
import { nullBackend } from '@nn/backend';
import { linear, memory, narrow, ones, relu, scope, split, type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
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

describe('memory of gradients is used again', () => {
  const size = 2048;
  const spread = (scale: number): Tensor =>
    tensor(Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i))) as Tensor;
  const tracked = (scale: number): Tensor => spread(scale).requiresGrad_() as Tensor;

  it('where nobody reads it any more, and saved values stay', () => {
    const make = (): { leaves: Tensor[]; out: Tensor; kept: Tensor } => {
      const [a, b] = [tracked(1), tracked(2)];
      const kept = relu(a);
      const s = plus(kept.exp() as Tensor, relu(b));
      return { leaves: [a, b], out: s.mul(plus(s, kept) as never).mul(b as never) as Tensor, kept };
    };
    const [plain, whole] = [make(), make()];
    const before = values(plain.kept);
    const g = spread(3);
    backward(plain.out, g);
    // With a graph of its own nothing is overwritten.
    const expected = grad(whole.out, whole.leaves, { gradOutputs: [spread(3)], createGraph: true });
    plain.leaves.forEach((leaf, i) => {
      expect(values(leaf.grad)).toEqual(values(expected[i]!));
    });
    expect(values(plain.kept)).toEqual(before);
    expect(values(g)).toEqual(values(spread(3)));
  });

  it('by the parts of a tensor: one tensor of zeros, then sums', () => {
    const backend = nullBackend();
    const launches = (parts: number): number => {
      const x = ones([8, 64], { backend, requiresGrad: true }) as Tensor;
      const loss = split(x, 8 / parts)
        .map((part) => part.mul(part as never).sum() as Tensor)
        .reduce(plus);
      const start = backend.counts.total;
      backward(loss);
      return backend.counts.total - start;
    };
    // A part takes its own gradient (two products, and their sum) and goes to its place by one launch.
    expect(launches(8) - launches(4)).toBe(4 * ((launches(4) - launches(2)) / 2));
    expect((launches(8) - launches(4)) / 4).toBe(4);
  });

  it('by parts that overlap, in any order', () => {
    const x = tracked(1);
    const pieces = [narrow(x, 0, 0, 1000), narrow(x, 0, 500, 1000), narrow(x, 0, -600, 600), narrow(x, 0, 7, 0)];
    backward(pieces.map((piece, i) => piece.mul(i + 1).sum() as Tensor).reduce(plus));
    const expected = Array.from({ length: size }, (_, i) => {
      const [first, second, third] = [i < 1000, i >= 500 && i < 1500, i >= size - 600].map(Number);
      return first! + 2 * second! + 3 * third!;
    });
    expect(values(x.grad)).toEqual(expected);
  });
});
