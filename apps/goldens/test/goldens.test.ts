/** Runs the repository's own reference cases, one test a case, where they must pass. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GoldenCase } from '../src/format/document.ts';
import { readFolder } from '../src/format/folder.ts';
import { runCase } from '../src/run/run-case.ts';
import { completeFamilies, partialFamilies } from './complete-families.ts';

const directory = join(import.meta.dirname, '../data');
const families = new Map((await readFolder(directory)).map(({ family, cases }) => [family, cases]));

function casesOf(family: string): readonly GoldenCase[] {
  const cases = families.get(family);
  if (!cases) throw new Error(`there is no family ${family}`);
  return cases;
}

function selectCases(family: string, beginnings: readonly string[]): readonly GoldenCase[] {
  const cases = casesOf(family);
  return beginnings.flatMap((beginning) => {
    const found = cases.filter(({ id }) => id.startsWith(`${family}/${beginning}`));
    if (found.length === 0) throw new Error(`no case of ${family} begins with ${beginning}`);
    return found;
  });
}

function testCases(cases: readonly GoldenCase[]): void {
  it.each(cases.map((golden) => [golden.id, golden] as const))('%s', async (_, golden) => {
    const { status, message } = await runCase(golden, { directory });
    expect(message ?? status).toBe('passed');
  });
}

describe.each(completeFamilies)('%s', (family) => {
  testCases(casesOf(family));
});

describe.each(partialFamilies)('$family, in part: $reason', ({ family, cases }) => {
  testCases(selectCases(family, cases));
});
