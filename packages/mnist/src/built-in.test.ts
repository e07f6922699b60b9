import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loadBuiltIn } from './built-in.ts';

const sha256 = (...parts: Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const perClass = (labels: Uint8Array): number[] =>
  Array.from({ length: 10 }, (_, label) => labels.filter((one) => one === label).length);

describe('the built-in digits', async () => {
  const { train, valid } = await loadBuiltIn();

  // Of the arrays that scripts/pack-digits.mjs made from the npm package, before packing.
  test('are the bytes that were packed', () => {
    expect(sha256(train.images, valid.images)).toBe('e72856448a15718c8b5988988603b28e119fa408b5dcaf8e591e39b3de4950ac');
    expect(sha256(train.labels, valid.labels)).toBe('4b103b0395d8bb2b00d091470f51b6416dcf00f4700fd92bbc8ef021c771ae16');
  });

  test('have 9,000 and 1,000 images, the latter a hundred of each class', () => {
    expect(train.shape).toEqual([9000, 28, 28]);
    expect(valid.shape).toEqual([1000, 28, 28]);
    expect(train.images.length).toBe(9000 * 784);
    expect(valid.images.length).toBe(1000 * 784);
    expect(perClass(train.labels)).toEqual([901, 1027, 891, 932, 880, 763, 914, 970, 844, 878]);
    expect(perClass(valid.labels)).toEqual(Array(10).fill(100));
  });

  test('have no image twice', () => {
    const digests = new Set<string>();
    for (const { images } of [train, valid]) {
      for (let at = 0; at < images.length; at += 784) digests.add(sha256(images.subarray(at, at + 784)));
    }
    expect(digests.size).toBe(10_000);
  });

  test('are mixed: every hundred in a row have most classes', () => {
    for (const { labels } of [train, valid]) {
      for (let at = 0; at < labels.length; at += 100) {
        expect(new Set(labels.subarray(at, at + 100)).size).toBeGreaterThan(7);
      }
    }
  });
});
