/** Every promise of the contract, against the reference: on one thread, on two, and without relaxed instructions. */
import { judge, testBackend } from '@nn/conformance';
import { describe, expect, it } from 'vitest';
import { wasm } from './index.ts';

await testBackend({ create: () => wasm({ threads: 1 }), describe, it });

describe('the same cases', () => {
  it.each([
    ['on two threads', { threads: 2 }],
    ['on three threads', { threads: 3 }],
    ['without relaxed instructions', { threads: 1, relaxed: false }],
  ] as const)('%s', async (_, options) => {
    const verdicts = await judge({ create: () => wasm(options) });
    expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(1900);
  });
});
