/** The programs of `model-tools.ts` on the WebAssembly backend: the same numbers as on the reference backend, up to rounding. */
import { reference } from '@nn/backend';
import { type WasmBackend, wasm } from '@nn/backend-wasm';
import { setBackend } from '@nn/tensor';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { averages, besideReference, maml, on, programs } from './model-tools.ts';

let backend: WasmBackend;
beforeAll(async () => {
  backend = await wasm({ threads: 2 });
});
afterEach(() => setBackend(reference()));
afterAll(() => backend.dispose());

test.each(programs)('%s', async (_, program) => {
  expect(await besideReference(backend, program)).toBeLessThan(1e-5);
});

test('averages that were loaded go on as those that were saved', async () => {
  expect((await on(backend, averages)).slice(-3)).toEqual([0, 6, 20]);
});

test('a model that was told how to learn learns from five points', async () => {
  const losses = await on(backend, maml);
  const mean = (part: number[]): number => part.reduce((total, loss) => total + loss, 0) / part.length;
  expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)));
});
