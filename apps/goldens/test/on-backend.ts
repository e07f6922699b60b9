/**
 * The cases that pass on the reference, on another backend; one test a family, so that a page isn't slowed by thousands of them: which case failed is in the difference.
 * Left out are the cases that need a dtype which the backend doesn't have: those in which one of its dtypes stands as a value, be it of an input, a result, an argument or
 * in printed text. How many those are is part of the promise. Knows no backend by name.
 */

import { type Backend, dtypes } from '@nn/backend';
import { setBackend } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GoldenCase, Json } from '../src/format/document.ts';
import { type Folder, readFamilies } from '../src/format/families.ts';
import { runCase } from '../src/run/run-case.ts';
import { completeFamilies, partialFamilies } from './complete-families.ts';

export interface Candidate {
  /** Heading of the tests. */
  readonly title: string;
  create(): Promise<Backend>;
  /** How many of the promised cases need a dtype that it doesn't have. */
  readonly leftOut: number;
}

interface Promised {
  readonly family: string;
  readonly cases: readonly GoldenCase[];
}

/** Registers the tests over a folder, wherever its files come from. */
export async function testOnBackend(folder: Folder, { title, create, leftOut }: Candidate): Promise<void> {
  const promised = await readPromised(folder);
  describe(title, () => {
    let backend: Backend;
    let can: (golden: GoldenCase) => boolean;
    beforeAll(async () => {
      backend = await create();
      setBackend(backend);
      const lacking = Object.keys(dtypes).filter((dtype) => !(backend.dtypes as readonly string[]).includes(dtype));
      can = ({ fields }) => !lacking.some((dtype) => names(fields, dtype));
    });
    afterAll(() => backend.dispose());

    it('lacks no more dtypes than is known', () => {
      const cases = promised.flatMap((family) => family.cases);
      const out = cases.filter((golden) => !can(golden));
      console.log(`${title}: ${cases.length - out.length} cases; ${out.length} need a dtype that it doesn't have`);
      expect(out.length).toBe(leftOut);
    });

    it.each(promised.map(({ family, cases }) => [family, cases] as const))(
      '%s',
      { timeout: 240_000 },
      async (_, cases) => {
        const failed: string[] = [];
        for (const golden of cases.filter(can)) {
          const { status, message } = await runCase(golden, { folder });
          if (status !== 'passed') failed.push(`${golden.id}: ${message ?? status}`);
        }
        expect(failed).toEqual([]);
      },
    );
  });
}

/** What the reference passes, by family. */
async function readPromised(folder: Folder): Promise<readonly Promised[]> {
  const families = new Map((await readFamilies(folder)).map(({ family, cases }) => [family, cases]));
  const parts = [...completeFamilies.map((family) => ({ family, without: [] })), ...partialFamilies];
  return parts.map(({ family, without }) => ({
    family,
    cases: families
      .get(family)!
      .filter(({ id }) => !without.some((beginning) => id.startsWith(`${family}/${beginning}`))),
  }));
}

/** Whether a dtype is named by a string anywhere in a case; names of fields don't count. */
function names(value: Json | undefined, dtype: string): boolean {
  if (typeof value === 'string') return new RegExp(`\\b${dtype}\\b`).test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((part) => names(part, dtype));
}
