/**
 * The cases that pass on the reference, on another backend; one test a family, so that a page isn't slowed by thousands of them: which case failed is in the difference.
 * Left out is what the backend can't have, by rules and counted, and the count is part of the promise: cases that need a dtype which it lacks, which are those in which the
 * dtype's name stands as a value, be it of an input, a result, an argument or in printed text; and elements with denormal arguments, where its arithmetic may flush them.
 * Knows no backend by name.
 */

import { type Backend, dtypes } from '@nn/backend';
import { setBackend } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GoldenCase, Json } from '../src/format/document.ts';
import { type Folder, readFamilies } from '../src/format/families.ts';
import { runCase } from '../src/run/run-case.ts';
import { completeFamilies } from './complete-families.ts';
import { withoutDenormals } from './denormals.ts';

export interface Candidate {
  /** Heading of the tests. */
  readonly title: string;
  create(): Promise<Backend>;
  /** Dtypes that it lacks on every machine. */
  readonly lacking: readonly string[];
  /** Whether its arithmetic may take denormal numbers for zero. */
  readonly flushes: boolean;
  /** What the rules leave out of the promised cases. */
  readonly leftOut: { readonly cases: number; readonly elements: number };
  /** Families that run elsewhere, so that they needn't here; and where. */
  readonly elsewhere?: { readonly families: readonly string[]; readonly where: string } | undefined;
}

interface Family {
  readonly family: string;
  readonly cases: readonly GoldenCase[];
}

/** Registers the tests over a folder, wherever its files come from. */
export async function testOnBackend(folder: Folder, candidate: Candidate): Promise<void> {
  const { title, create, lacking, leftOut, elsewhere } = candidate;
  const isElsewhere = (family: string): boolean => elsewhere?.families.includes(family) === true;
  const { families, counts } = select(await readPromised(folder), candidate);
  describe(title, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await create();
      setBackend(backend);
    });
    afterAll(() => backend.dispose());

    it('can’t have what is known, and no more', () => {
      console.log(
        `${title}: ${counts.run} cases; left out: ${counts.cases} that need ${lacking.join(' or ') || 'a dtype that it lacks'}, ${counts.elements} elements with denormal arguments`,
      );
      expect(lacking.filter((dtype) => (backend.dtypes as readonly string[]).includes(dtype))).toEqual([]);
      expect(lacking.filter((dtype) => !(dtype in dtypes))).toEqual([]);
      expect({ cases: counts.cases, elements: counts.elements }).toEqual(leftOut);
    });

    for (const { family } of families)
      if (isElsewhere(family)) it.skip(`${family} (runs ${elsewhere!.where})`, () => {});
    const here = families.filter(({ family }) => !isElsewhere(family));
    it.each(here.map(({ family, cases }) => [family, cases] as const))('%s', async (_, cases) => {
      const failed: string[] = [];
      for (const golden of cases) {
        const { status, message } = await runCase(golden, { folder });
        if (status !== 'passed') failed.push(`${golden.id}: ${message ?? status}`);
      }
      expect(failed).toEqual([]);
      expect(cases.length).toBeGreaterThan(0);
    });
  });
}

/** What the reference passes, by family. */
async function readPromised(folder: Folder): Promise<readonly Family[]> {
  const families = new Map((await readFamilies(folder)).map(({ family, cases }) => [family, cases]));
  return completeFamilies.map((family) => ({ family, cases: families.get(family)! }));
}

/** What of it the rules leave, and how much they don't. */
function select(
  promised: readonly Family[],
  { lacking, flushes }: Candidate,
): { readonly families: readonly Family[]; readonly counts: { run: number; cases: number; elements: number } } {
  const counts = { run: 0, cases: 0, elements: 0 };
  const families = promised.map(({ family, cases }) => {
    const possible = cases.filter(({ fields }) => !lacking.some((dtype) => names(fields, dtype)));
    counts.run += possible.length;
    counts.cases += cases.length - possible.length;
    if (!flushes) return { family, cases: possible };
    const shortened = possible.map(withoutDenormals);
    for (const { gone } of shortened) counts.elements += gone;
    return { family, cases: shortened.map(({ golden }) => golden) };
  });
  return { families, counts };
}

/** Whether a dtype is named by a string anywhere in a case; names of fields don't count. */
function names(value: Json | undefined, dtype: string): boolean {
  if (typeof value === 'string') return new RegExp(`\\b${dtype}\\b`).test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((part) => names(part, dtype));
}
