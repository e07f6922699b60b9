/** float16 by conversions, as Firefox and Deno have it: all that is promised of it, on a device that takes the bits too. */
import { testBackend } from '@nn/conformance';
import { describe, expect, it } from 'vitest';
import { WebGPUBackend } from '../backend.ts';
import { openDevice } from '../runtime/adapter.ts';
import { convertedHalves } from './library/halves.ts';
import { library, libraryFor } from './library.ts';

const converted = { ...library, ...convertedHalves };
const { device } = await openDevice({});
const hasHalves = device.features.has('shader-f16');

if (hasHalves)
  await testBackend({
    name: 'float16 by conversions',
    create: async () => new WebGPUBackend({ ...(await openDevice({})), library: converted }),
    only: ['half: ', /^(memory|map|scan): .*float16/],
    describe,
    it,
  });

describe('functions of shaders', () => {
  it('are the usual ones on Dawn', async () => {
    expect(await libraryFor(device)).toBe(library);
    device.destroy();
  });

  it('convert where the compiler refuses bits, and are asked of it only where there is float16', async () => {
    const refusing = (features: readonly string[]): GPUDevice =>
      ({
        features: new Set(features),
        pushErrorScope: () => undefined,
        createShaderModule: () => ({}),
        popErrorScope: async () => new Error('cannot cast'),
      }) as unknown as GPUDevice;
    expect(await libraryFor(refusing(['shader-f16']))).toEqual(converted);
    expect(await libraryFor(refusing([]))).toBe(library);
  });
});
