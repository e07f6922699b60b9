/** Tables of places: what they hold, and that those that are kept stay whole, few and nobody's to dispose of. */
import { nullBackend, reference } from '@nn/backend';
import { memory, randn, scope, type Tensor, tagged, zeros } from '@nn/tensor';
import { deviceOf } from '@nn/tensor/internal';
import { describe, expect, it } from 'vitest';
import { maxPool2d } from '../../index.ts';
import { type Plane, placesOf } from './place-table.ts';

/** The place of every element of a padded plane, one by one. */
function slow({ size, padding, after }: Plane): number[] {
  const wide = size.map((n, d) => padding[d]! + n + after[d]!);
  return Array.from({ length: wide.reduce((p, n) => p * n, 1) }, (_, i) => {
    let [rest, place, step] = [i, 0, 1];
    for (let d = size.length - 1; d >= 0; d--) {
      const at = (rest % wide[d]!) - padding[d]!;
      rest = Math.floor(rest / wide[d]!);
      if (at < 0 || at >= size[d]!) return 2147483647;
      place += at * step;
      step *= size[d]!;
    }
    return place;
  });
}

const bare = (...size: number[]): Plane => ({ size, padding: size.map(() => 0), after: size.map(() => 0) });

describe('a table of places', () => {
  const device = deviceOf(reference());

  it.each<[string, Plane]>([
    ['a line', bare(7)],
    ['a plane', bare(3, 5)],
    ['a plane in padding', { size: [3, 4], padding: [1, 0], after: [2, 3] }],
    ['a volume in padding', { size: [2, 3, 2], padding: [0, 1, 2], after: [1, 0, 1] }],
    ['a plane too large to be kept', bare(300, 220)],
    ['one of those in padding', { size: [256, 256], padding: [1, 2], after: [0, 1] }],
  ])('of %s', (_, plane) => {
    for (let i = 0; i < 2; i++) {
      const table = placesOf(device, plane);
      expect(Array.from(table.dataSync())).toEqual(slow(plane));
      table.dispose();
    }
  });
});

describe('tables that a device keeps', () => {
  it('outlive scopes and every handle, and are in nobody else’s account', () => {
    const backend = nullBackend();
    const device = deviceOf(backend);
    const live = (): number => memory(backend).live - memory(backend).free;
    const made = tagged('mine', () => scope(() => placesOf(device, bare(100, 100)).layout));
    const before = live();
    backend.reset();
    for (let i = 0; i < 10; i++) {
      const table = scope(() => placesOf(device, bare(100, 100)));
      expect([table.layout, table.storage.slab === null]).toEqual([made, false]);
      table.dispose();
      table.dispose();
    }
    expect([live(), backend.counts.written]).toEqual([before, 0]);
    expect(memory(backend).byTag.map(({ tag }) => tag)).toEqual(['maxPoolPlaces']);
  });

  it('are few', () => {
    const backend = nullBackend();
    const device = deviceOf(backend);
    const tables = Array.from({ length: 40 }, (_, i) => placesOf(device, bare(200, 200 + i)));
    expect(tables.every((t) => t.storage.slab !== null)).toBe(true);
    for (const t of tables) t.dispose();
    const { live, free } = memory(backend);
    expect(live - free).toBeLessThanOrEqual(8 * 4 * 200 * 256);
  });

  it('belong to one backend: a new one gets its own', () => {
    for (let i = 0; i < 2; i++) {
      const backend = nullBackend();
      maxPool2d(zeros([1, 4, 4], { backend, requiresGrad: true }), 2);
      expect(backend.counts.written).toBe(4 * 16);
      backend.dispose();
    }
  });
});

it('settings are compared by what they hold when they are given', async () => {
  const x = randn([1, 6, 6]) as Tensor;
  const [kernel, stride] = [
    [2, 2],
    [2, 2],
  ];
  maxPool2d(x, kernel, { stride });
  [kernel[0], stride[1]] = [3, 1];
  const changed: Tensor = maxPool2d(x, kernel, { stride });
  expect(await changed.toArray()).toEqual(await (maxPool2d(x, [3, 2], { stride: [2, 1] }) as Tensor).toArray());
  expect(changed.shape).toEqual([1, 2, 5]);
});
