/// <reference types="vite/client" />
/** The reference cases in a page, on the wasm backend with one thread and with two. */
import { wasm } from '@nn/backend-wasm';
import { setBackend } from '@nn/tensor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Folder, readFamilies } from '../../apps/goldens/src/format/families.ts';
import { runCase } from '../../apps/goldens/src/run/run-case.ts';
import { completeFamilies, partialFamilies } from '../../apps/goldens/test/complete-families.ts';

const addresses = import.meta.glob<string>('../../apps/goldens/data/*', {
  query: '?url',
  import: 'default',
  eager: true,
});
const files = new Map(Object.entries(addresses).map(([path, address]) => [path.replace(/.*\//, ''), address]));
const folder: Folder = {
  name: 'data',
  list: async () => [...files.keys()],
  read: async (name) => new Uint8Array(await (await fetch(files.get(name)!)).arrayBuffer()),
};
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
