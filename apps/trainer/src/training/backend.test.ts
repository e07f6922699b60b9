import { BackendError, reference } from '@nn/backend';
import { expect, test, vi } from 'vitest';
import { Failure } from '../failure.ts';
import { backendNames } from '../options/training-options.ts';
import { canBeLost, openBackend } from './backend.ts';

const webgpu = vi.hoisted(() => vi.fn());
vi.mock('@nn/backend-webgpu', () => ({ webgpu }));

test('a missing adapter is said with a way out', async () => {
  webgpu.mockRejectedValue(new BackendError('webgpu', 'no adapter: install a driver, or use wasm()'));
  const attempt = openBackend({ backend: 'webgpu', threads: null, vectors: '256' });
  await expect(attempt).rejects.toThrow(Failure);
  await expect(attempt).rejects.toThrow(
    "--backend webgpu: [webgpu] no adapter: install a driver, or use wasm(), which is nn-train's --backend wasm",
  );
});

test('a mistake stays one', async () => {
  webgpu.mockRejectedValue(new TypeError('x is not a function'));
  await expect(openBackend({ backend: 'webgpu', threads: null, vectors: '256' })).rejects.toThrow(TypeError);
});

test('a backend is opened anew each time it is asked for', async () => {
  webgpu.mockImplementation(async () => reference());
  const open = (): ReturnType<typeof openBackend> => openBackend({ backend: 'webgpu', threads: null, vectors: '256' });
  expect(await open()).not.toBe(await open());
});

test('only the GPU can be lost', () => {
  expect(backendNames.filter(canBeLost)).toEqual(['webgpu']);
});
