/** The programs of `model-tools.ts` on WebGPU: the same numbers as on the reference backend, up to rounding, though nothing can be read without waiting. */
import { reference } from '@nn/backend';
import { type WebGPUBackend, webgpu } from '@nn/backend-webgpu';
import { setBackend } from '@nn/tensor';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { besideReference, programs } from '../model-tools.ts';

let backend: WebGPUBackend;
beforeAll(async () => {
  backend = await webgpu();
});
afterEach(() => setBackend(reference()));
afterAll(() => backend.dispose());

test.each(programs)('%s', async (_, program) => {
  expect(await besideReference(backend, program)).toBeLessThan(1e-5);
});
