/** The reference cases on the wasm backend, with one thread and with two. */

import { wasm } from '@nn/backend-wasm';
import { expect } from 'vitest';
import type { Folder } from '../src/format/families.ts';
import { testOnBackend } from './on-backend.ts';

export async function testOnWasm(folder: Folder): Promise<void> {
  for (const threads of [1, 2]) {
    await testOnBackend(folder, {
      title: `wasm on ${threads} threads`,
      create: async () => {
        const backend = await wasm({ threads });
        expect(backend.info().threads).toBe(threads);
        return backend;
      },
      lacking: [],
      flushes: false,
      leftOut: { cases: 0, elements: 0 },
    });
  }
}
