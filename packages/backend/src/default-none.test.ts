import { expect, it } from 'vitest';
import { defaultBackend } from './default-none.ts';
import { defaultBackend as inNode } from './default-reference.ts';
import { BackendError } from './errors.ts';

it('names the ways to a backend where there is none', () => {
  expect(defaultBackend).toThrow(BackendError);
  expect(defaultBackend).toThrow('[setBackend] no backend was chosen; call setBackend(await wasm())');
});

it('is the reference backend in Node', () => {
  expect(inNode().name).toBe('reference');
});
