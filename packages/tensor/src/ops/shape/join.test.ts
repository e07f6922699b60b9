/** Parts that are put together, however they lie in memory, against their elements. */
import '../../methods.ts';
import type { DType } from '@nn/backend';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cat, memory, stack, type Tensor, tensor, zeros } from '../../index.ts';

const grid = (rows: number, columns: number, first: number, dtype: DType = 'float32'): Tensor =>
  tensor(
    Array.from({ length: rows * columns }, (_, i) => first + i),
    { shape: [rows, columns], dtype },
  ) as Tensor;

/** The same elements, laid out by columns. */
const byColumns = (x: Tensor): Tensor => (x.transpose(0, 1) as Tensor).clone().transpose(0, 1) as Tensor;

const arrays = (x: Tensor): number[][] => x.toArraySync() as number[][];

describe('parts that are put together', () => {
  it('lie one after the other, however each lies in memory', () => {
    const part = fc.record({ length: fc.nat({ max: 3 }), turned: fc.boolean(), whole: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.constantFrom(0, 1), (parts, dim) => {
        const tensors = parts.map(({ length, turned, whole }, i) => {
          const x = grid(
            ...((dim === 0 ? [length, 3] : [3, length]) as [number, number]),
            10 * i,
            whole ? 'int32' : 'float32',
          );
          return turned ? byColumns(x) : x;
        });
        const joined = cat(tensors, { dim }) as Tensor;
        const wanted =
          dim === 0 ? tensors.flatMap(arrays) : [0, 1, 2].map((row) => tensors.flatMap((x) => arrays(x)[row] ?? []));
        expect(arrays(joined)).toEqual(wanted);
        expect(joined.dtype).toBe(parts.every(({ whole }) => whole) ? 'int32' : 'float32');
      }),
    );
  });

  it.each([0, 1, 2, -1])('are stacked along dimension %i', (dim) => {
    const [x, y] = [grid(2, 3, 0), grid(2, 3, 10)];
    const at = dim < 0 ? dim + 3 : dim;
    for (const parts of [
      [x, y],
      [x, byColumns(y), grid(2, 3, 20, 'bool')],
    ]) {
      const out = stack(parts, { dim }) as Tensor;
      expect(out.shape).toEqual(
        [
          [parts.length, 2, 3],
          [2, parts.length, 3],
          [2, 3, parts.length],
        ][at],
      );
      for (const [i, part] of parts.entries())
        expect((out.select(at, i) as Tensor).toArraySync()).toEqual(part.to('float32').toArraySync());
    }
  });

  it('are copied, and what is made of them can be changed', () => {
    const x = tensor([1, 2]) as Tensor;
    const out = cat([x, x]) as Tensor;
    x.mul_(10);
    const view = out.narrow(0, 0, 1) as Tensor;
    out.add_(1);
    expect([out, view].map((t) => t.toArraySync())).toEqual([[2, 3, 2, 3], [2]]);
    expect([out.isLeaf, out.requiresGrad]).toEqual([true, false]);
  });

  it('leave nothing behind', () => {
    const parts = Array.from({ length: 40 }, (_, i) => grid(2, 2, i));
    parts.push(zeros([0]) as Tensor);
    const taken = (): number => memory().live - memory().free;
    const run = (): void => {
      cat(parts).dispose();
      stack(parts.slice(0, -1)).dispose();
    };
    run();
    const before = taken();
    run();
    expect(taken()).toBe(before);
  });
});
