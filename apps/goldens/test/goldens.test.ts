/** Runs the repository's own reference cases, one test a case, where they must pass. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GoldenCase } from '../src/format/document.ts';
import { readFamilies } from '../src/format/families.ts';
import { diskFolder } from '../src/format/folder.ts';
import { runCase } from '../src/run/run-case.ts';
import { completeFamilies, partialFamilies } from './complete-families.ts';

/** Milliseconds for one case: the large ones take seconds on a busy machine. */
const PATIENCE = 120_000;
const folder = diskFolder(join(import.meta.dirname, '../data'));
const families = new Map((await readFamilies(folder)).map(({ family, cases }) => [family, cases]));

function casesOf(family: string): readonly GoldenCase[] {
  const cases = families.get(family);
  if (!cases) throw new Error(`there is no family ${family}`);
  return cases;
}

/** The cases of a family but those whose id continues with one of the beginnings, each of which must name some. */
function casesWithout(family: string, beginnings: readonly string[]): readonly GoldenCase[] {
  const cases = casesOf(family);
  const prefixes = beginnings.map((beginning) => `${family}/${beginning}`);
  const unknown = prefixes.find((prefix) => !cases.some(({ id }) => id.startsWith(prefix)));
  if (unknown !== undefined) throw new Error(`no case begins with ${unknown}`);
  return cases.filter(({ id }) => !prefixes.some((prefix) => id.startsWith(prefix)));
}

function testCases(cases: readonly GoldenCase[]): void {
  it.each(cases.map((golden) => [golden.id, golden] as const))(
    '%s',
    async (_, golden) => {
      const { status, message } = await runCase(golden, { folder });
      expect(message ?? status).toBe('passed');
    },
    PATIENCE,
  );
}

describe.each(completeFamilies)('%s', (family) => {
  testCases(casesOf(family));
});

describe.each(partialFamilies)('$family, in part: $reason', ({ family, without }) => {
  testCases(casesWithout(family, without));
});
