import { expect, test } from 'vitest';
import { limitNames } from '../cases/case.ts';
import { instantiate } from './engine.ts';
import { openLimit } from './limits.ts';
import { code, moduleOf, signed, unsigned } from './module.ts';

test.each([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 1]],
  [624485, [0xe5, 0x8e, 0x26]],
  [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])('%i in unsigned LEB128', (value, bytes) => {
  expect(unsigned(value)).toEqual(bytes);
});

test.each([
  [0, [0]],
  [63, [0x3f]],
  [64, [0xc0, 0]],
  [-1, [0x7f]],
  [-123456, [0xc0, 0xbb, 0x78]],
])('%i in signed LEB128', (value, bytes) => {
  expect(signed(value)).toEqual(bytes);
});

test('a module computes', async () => {
  const bytes = moduleOf({
    vectors: 1,
    integers: 0,
    pages: 1,
    body: [...code.float(2.5), ...code.splat, ...code.tee(1), ...code.get(1), ...code.multiply, ...code.firstLane],
  });
  expect(instantiate(bytes).run(0)).toBe(6.25);
});

const each = limitNames.flatMap((name) => [[name, 128] as const, [name, 256] as const]);

test.each(each)('%s is a valid module that does its work, with vectors of %i bits', async (name, vectors) => {
  const limit = openLimit(name, vectors);
  // Engines without relaxed SIMD have no fused multiply-add.
  if (limit === null) return expect(name).toBe('fma');
  expect(limit.work).toBeGreaterThan(0);
  if (limit.unit === 'GFLOP/s') {
    // Chains grow from 1.0000001 by at most 1.0000001 in each of 32,000 steps.
    expect(limit.run()).toBeGreaterThan(1);
    expect(limit.run()).toBeLessThan(1.01);
  } else {
    // All memory holds ones: 2¹⁸ vectors in 8 sums, whose first lanes are added up.
    expect(limit.run()).toBe(name === 'read' ? 2 ** 18 : 0);
  }
  expect(await limit.sample(1)).toBeGreaterThan(0);
});
