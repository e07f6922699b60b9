/** The programs of `model-tools.ts` on WebGPU: the same numbers as on the reference backend, up to rounding, though nothing can be read without waiting. */
import { reference } from '@nn/backend';
import { type WebGPUBackend, webgpu } from '@nn/backend-webgpu';
import { setBackend } from '@nn/tensor';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { adversaries, averages, maml, on, texts } from '../model-tools.ts';

let backend: WebGPUBackend;
beforeAll(async () => {
  backend = await webgpu();
});
afterEach(() => setBackend(reference()));
afterAll(() => backend.dispose());

test.each<[string, () => Promise<number[]>]>([
  ['meta-learning', maml],
  ['averages', averages],
  ['adversaries', adversaries],
  ['texts', texts],
])('%s', async (_, program) => {
  const [found, wanted] = [await on(backend, program), await on(reference(), program)];
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of found.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-5);
});
