/** A backend without an optional kind must pass the same suites: fallbacks of the shared code do the work. */
import type { KernelKind } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { declining, optionalKinds } from '../test/wrapped.ts';
import { judge } from './judge.ts';

const failuresOf = async (
  suites: readonly string[],
  kinds?: readonly KernelKind[],
  maxOperands?: number,
): Promise<string[]> => {
  const verdicts = await judge({
    create: () => declining(kinds, maxOperands),
    only: suites.map((suite) => `${suite}: `),
  });
  expect(verdicts.length).toBeGreaterThan(40);
  return verdicts.filter(({ outcome }) => outcome === 'failed').map(({ name, detail }) => `${name}: ${detail}`);
};

describe('without an optional kind', () => {
  for (const kind of optionalKinds)
    it(`${kind} is said in required kinds`, async () => {
      expect(await failuresOf([kind], [kind])).toEqual([]);
    }, 60_000);

  it('all of them are, with eight operands a launch', async () => {
    expect(await failuresOf(['map', 'scan', 'sort', 'rows', 'half'], optionalKinds, 8)).toEqual([]);
  }, 60_000);

  it('a map is split where a launch takes four operands', async () => {
    expect(await failuresOf(['map'], [], 4)).toEqual([]);
  }, 60_000);
});
