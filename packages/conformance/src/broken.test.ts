/** A conformance suite is worth what it finds: each of these mistakes must fail where it is meant to be seen. */
import { describe, expect, it } from 'vitest';
import { brokenBackends } from '../test/broken.ts';
import { judge } from './judge.ts';

describe('a mistake is found', () => {
  for (const { name, seenBy, create } of brokenBackends)
    for (const pattern of seenBy)
      it(`${name}, by ${pattern}`, async () => {
        const verdicts = await judge({ create, only: [pattern] });
        const failed = verdicts.filter(({ outcome }) => outcome === 'failed');
        // Not because the broken backend threw, but because its results were wrong.
        expect(failed.some(({ detail }) => detail.startsWith('ConformanceError'))).toBe(true);
      }, 60_000);
});
