/** The cases that pass on the reference, on the wasm backend with one thread and with two. One test a family: which case failed is in the difference. */

import { wasm } from '@nn/backend-wasm';
import { setBackend } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Folder, readFamilies } from '../src/format/families.ts';
import { runCase } from '../src/run/run-case.ts';
import { completeFamilies, partialFamilies } from './complete-families.ts';

const promised = [...completeFamilies.map((family) => ({ family, without: [] })), ...partialFamilies];

/** Registers the tests over a folder, wherever its files come from. */
export async function testOnWasm(folder: Folder): Promise<void> {
  const families = new Map((await readFamilies(folder)).map(({ family, cases }) => [family, cases]));
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
}
