/** The cases that pass on the reference pass on the wasm backend too, on one thread and on two. One test a family: which case failed is in the difference. */

import { join } from 'node:path';
import { wasm } from '@nn/backend-wasm';
import { setBackend } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFamilies } from '../src/format/families.ts';
import { diskFolder } from '../src/format/folder.ts';
import { runCase } from '../src/run/run-case.ts';
import { completeFamilies, partialFamilies } from './complete-families.ts';

const folder = diskFolder(join(import.meta.dirname, '../data'));
const families = new Map((await readFamilies(folder)).map(({ family, cases }) => [family, cases]));
const promised = [...completeFamilies.map((family) => ({ family, without: [] })), ...partialFamilies];

describe.each([1, 2])('wasm on %i threads', (threads) => {
  let backend: Awaited<ReturnType<typeof wasm>>;
  beforeAll(async () => {
    backend = await wasm({ threads });
    expect(backend.info().threads).toBe(threads);
    setBackend(backend);
  });
  afterAll(() => backend.dispose());

  it.each(promised.map(({ family, without }) => [family, without] as const))(
    '%s',
    { timeout: 240_000 },
    async (family, without) => {
      const failed: string[] = [];
      for (const golden of families.get(family)!) {
        if (without.some((beginning) => golden.id.startsWith(`${family}/${beginning}`))) continue;
        const { status, message } = await runCase(golden, { folder });
        if (status !== 'passed') failed.push(`${golden.id}: ${message ?? status}`);
      }
      expect(failed).toEqual([]);
    },
  );
});
