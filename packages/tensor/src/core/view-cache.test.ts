import '../methods.ts';
import { reference } from '@nn/backend';
import { expect, it } from 'vitest';
import { arange } from '../index.ts';
import { expand, reshape, transpose } from '../ops/shape/views.ts';
import type { Tensor } from '../tensor.ts';
import { deviceOf, layoutOf } from './layout.ts';
import { knownView } from './view-cache.ts';

const values = (t: Tensor): number[] => [...t.dataSync()].map(Number);

it('gives the same view again, over another tensor of the layout too', () => {
  const x = arange(24).reshape([4, 6]) as Tensor;
  const y = arange(24, 48).reshape([4, 6]) as Tensor;
  for (let round = 0; round < 2; round++)
    for (const [t, first] of [
      [x, 0],
      [y, 24],
    ] as const) {
      expect(values(transpose(t, 0, 1)).slice(0, 3)).toEqual([first, first + 6, first + 12]);
      expect(reshape(t, [-1, 8]).layout.shape).toEqual([3, 8]);
      expect(values(reshape(t, [2, -1])).at(-1)).toBe(first + 23);
      expect(expand(t, [2, -1, 6]).layout.strides).toEqual([0, 6, 1]);
    }
  expect(transpose(x, 0, 1).layout).toBe(transpose(y, 1, 0).layout);
});

it('keeps the place of a view of a part', () => {
  const part = arange(24).reshape([4, 6]).at('2:') as Tensor;
  for (let round = 0; round < 2; round++) {
    expect(values(reshape(part, [3, 4]))).toEqual(Array.from({ length: 12 }, (_, i) => 12 + i));
    expect(values(transpose(part, 0, 1)).slice(0, 2)).toEqual([12, 18]);
  }
});

it('remembers a few views of a layout, and starts anew', () => {
  const x = arange(720) as Tensor;
  const layout = layoutOf(deviceOf(x.backend), x.dtype, [720]);
  for (let n = 1; n <= 30; n++) if (720 % n === 0) expect(reshape(x, [n, -1]).layout.shape).toEqual([n, 720 / n]);
  expect(layout.views!.count).toBeLessThanOrEqual(12);
  const { family, asked, plan } = layout.views!;
  expect(knownView(layout, family, asked)).toBe(plan);
  expect(knownView(layout, 'another', asked)).toBe(null);
  expect(knownView(layoutOf(deviceOf(reference()), x.dtype, [720]), family, asked)).toBe(null);
});
