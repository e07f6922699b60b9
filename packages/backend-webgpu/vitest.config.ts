// The backend's tests need an adapter, so they run in a process whose environment names a driver: the first that this machine has. The others follow in test/webgpu.
import { mergeConfig } from 'vitest/config';
import { preferredDriver } from '../../test/webgpu/drivers.ts';
import base from '../../vitest.base.ts';

const driver = await preferredDriver();
if (driver === undefined) console.error('No WebGPU adapter: the tests of @nn/backend-webgpu are left out.');

export default mergeConfig(base, {
  test: {
    pool: 'forks',
    env: driver?.environment ?? {},
    exclude: driver === undefined ? ['**'] : [],
  },
});
