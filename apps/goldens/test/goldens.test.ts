/** Runs the repository's own reference cases, one test a case, where they must pass. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFamilies } from '../src/format/families.ts';
import { diskFolder } from '../src/format/folder.ts';
import { runCase } from '../src/run/run-case.ts';
import { completeFamilies, otherFamilies } from './complete-families.ts';

const folder = diskFolder(join(import.meta.dirname, '../data'));
const families = new Map((await readFamilies(folder)).map(({ family, cases }) => [family, cases]));

it('promises every family that there is, or says why not', () => {
  expect([...completeFamilies, ...Object.keys(otherFamilies)].sort()).toEqual([...families.keys()].sort());
});

describe.each(completeFamilies)('%s', (family) => {
  it.each((families.get(family) ?? []).map((golden) => [golden.id, golden] as const))('%s', async (_, golden) => {
    const { status, message } = await runCase(golden, { folder });
    expect(message ?? status).toBe('passed');
  });
});
