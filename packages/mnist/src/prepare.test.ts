import { ValueError } from '@nn/backend';
import { expect, test } from 'vitest';
import type { LabelledImages } from './labelled-images.ts';
import { normalize, pixelStatistics } from './normalize.ts';
import { prepare } from './prepare.ts';

const set = (count: number, ink: number): LabelledImages => ({
  images: Uint8Array.from({ length: count * 784 }, (_, at) => (at % 3 === 0 ? ink : 0)),
  labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  shape: [count, 28, 28],
});
const sets = { train: set(3, 200), valid: set(2, 100), classes: [] };

test('by default both parts are normalized by the training part, flat, float32, with int32 labels', () => {
  const { train, valid, mean, std } = prepare('mnist', sets, {});
  expect({ mean, std }).toEqual(pixelStatistics(sets.train.images));
  expect(train).toEqual({
    x: normalize(sets.train.images, { mean, std }),
    xShape: [3, 784],
    y: Int32Array.of(0, 1, 2),
  });
  expect(valid).toEqual({ x: normalize(sets.valid.images, { mean, std }), xShape: [2, 784], y: Int32Array.of(0, 1) });
});

test('with given statistics', () => {
  const { valid, mean, std } = prepare('mnist', sets, { normalize: { mean: 0.1307, std: 0.3081 } });
  expect([mean, std]).toEqual([0.1307, 0.3081]);
  expect(valid.x).toEqual(normalize(sets.valid.images, { mean, std }));
});

test('not normalized: grey values in 0…1, and the statistics that leave them so', () => {
  const { train, mean, std } = prepare('mnist', sets, { normalize: false, flatten: false, dtype: 'float64' });
  expect(train.xShape).toEqual([3, 1, 28, 28]);
  expect(train.x).toEqual(normalize(sets.train.images, { dtype: 'float64' }));
  expect([mean, std]).toEqual([0, 1]);
});

test('uint8 keeps the bytes', () => {
  expect(prepare('mnist', sets, { dtype: 'uint8' }).valid.x).toEqual(sets.valid.images);
  for (const normalize of [true, { mean: 0, std: 1 }]) {
    expect(() => prepare('mnist', sets, { dtype: 'uint8', normalize })).toThrow(ValueError);
  }
});
