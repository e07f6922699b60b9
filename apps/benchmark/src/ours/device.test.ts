import { reference } from '@nn/backend';
import type { WebGPUBackend } from '@nn/backend-webgpu';
import { expect, test } from 'vitest';
import { deviceOf } from './device.ts';

const adapter = { vendor: 'nvidia', architecture: 'hopper', device: '', description: 'H200', isFallback: false };

/** A backend whose counts are what the calls so far come to: the first two compile and make, all launch, and every fifth hands over. */
function double(isFallback: boolean) {
  let calls = 0;
  const backend = {
    name: 'webgpu',
    info: () => ({ adapter: { ...adapter, isFallback } }),
    counts: () => ({
      ...{ launches: 7 * calls, submits: 0.2 * calls },
      ...{ pipelines: Math.min(calls, 2), buffers: Math.min(calls, 2) },
    }),
  } as unknown as WebGPUBackend;
  const prepared = {
    values: [],
    repeat: (n: number): void => {
      calls += n;
    },
    settle: () => {},
    release: () => {},
  };
  return { backend, prepared };
}

test('the processor is no device', () => {
  expect(deviceOf(reference())).toBeNull();
});

test('a device is called as its driver calls it, and a processor that plays one is known', () => {
  expect(deviceOf(double(false).backend)).toMatchObject({ kind: 'gpu', about: 'nvidia hopper H200' });
  expect(deviceOf(double(true).backend)).toMatchObject({
    kind: 'software',
    about: 'nvidia hopper H200, played by the processor',
  });
});

test('counts are those of a call once everything is compiled', async () => {
  const { backend, prepared } = double(false);
  expect(await deviceOf(backend)!.count(prepared)).toEqual({
    launches: 7,
    submits: expect.closeTo(0.2),
    pipelines: 0,
    buffers: 0,
  });
});
