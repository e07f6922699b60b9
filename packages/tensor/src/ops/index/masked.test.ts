/** What a mask selects where it and the tensor broadcast, against the elements of both over their common shape. */
import '../../methods.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expand, maskedSelect, memory, rand, type Tensor, tensor } from '../../index.ts';

const flat = (x: Tensor, shape: readonly number[]): number[] =>
  Array.from((expand(x, shape as never) as Tensor).dataSync());

/** A shape that broadcasts with another: without some of the first dimensions, some of the others 1. */
const part = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc
    .tuple(fc.nat({ max: shape.length }), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
    .map(([from, ones]) => shape.map((n, d) => (ones[d] === true ? 1 : n)).slice(from));

const shapes = fc
  .array(fc.nat({ max: 3 }), { maxLength: 4 })
  .chain((shape) => fc.tuple(part(shape), part(shape), fc.infiniteStream(fc.boolean())));

const common = (p: readonly number[], q: readonly number[]): number[] => {
  const rank = Math.max(p.length, q.length);
  const size = (s: readonly number[], d: number): number => s[d - rank + s.length] ?? 1;
  return Array.from({ length: rank }, (_, d) => (size(p, d) === 1 ? size(q, d) : size(p, d)));
};

describe('maskedSelect', () => {
  it('takes what the mask covers, whichever dimensions it repeats along', () => {
    fc.assert(
      fc.property(shapes, ([own, masked, truth]) => {
        const count = masked.reduce((p, n) => p * n, 1);
        const mask = tensor(Array.from(truth.take(count)), { shape: masked, dtype: 'bool' }) as Tensor;
        const x = rand(own) as Tensor;
        const shape = common(own, masked);
        const holds = flat(mask, shape);
        const out = maskedSelect(x, mask) as Tensor;
        expect(Array.from(out.dataSync())).toEqual(flat(x, shape).filter((_, i) => holds[i] === 1));
      }),
    );
  });

  it('is no view, and leaves nothing behind', () => {
    const x = tensor([[1, 2], [3, 4]]) as Tensor; // biome-ignore format: a table
    const masks = [tensor([true, false]), tensor([[true], [false]]), tensor(true)] as Tensor[];
    const taken = (): number => memory().live - memory().free;
    const run = (): void => {
      for (const mask of masks) {
        const out = maskedSelect(x, mask) as Tensor;
        out.add_(1);
        out.dispose();
      }
    };
    run();
    const before = taken();
    run();
    expect(taken()).toBe(before);
    expect(x.toArraySync()).toEqual([[1, 2], [3, 4]]); // biome-ignore format: a table
  });
});
