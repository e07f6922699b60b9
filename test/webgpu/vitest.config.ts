/*
 * Tests on WebGPU in Node, a project a driver: PyTorch's reference cases on each, and the backend's own tests (its conformance among them) on those but the first, on which
 * they run with the other packages. In forks, since the environment of a thread isn't what a driver's loader reads; one device a file, since Dawn keeps no pipelines.
 * What is left out is said, and why; NN_REQUIRE_WEBGPU makes it a failure (requirement.ts).
 */
import { defineConfig, mergeConfig } from 'vitest/config';
import base from '../../vitest.base.ts';
import { root } from '../workspace.ts';
import { findDrivers } from './drivers.ts';
import { complaints } from './requirement.ts';

const drivers = await findDrivers();
for (const line of complaints(process.env['NN_REQUIRE_WEBGPU'] ?? '', drivers)) console.error(line);

const { include: _, ...shared } = base.test!;
const projects = drivers.found.map(({ name, environment, adapter }, i) => ({
  ...mergeConfig(
    { ...base, test: shared },
    {
      root,
      test: {
        name,
        pool: 'forks',
        env: { ...environment, NN_WEBGPU_ADAPTER: adapter },
        include: ['test/webgpu/*.test.ts', ...(i === 0 ? [] : ['packages/backend-webgpu/src/**/*.test.ts'])],
        testTimeout: 60_000,
        hookTimeout: 60_000,
      },
    },
  ),
}));

export default defineConfig({
  test: { passWithNoTests: true, ...(projects.length === 0 ? { include: ['none'] } : { projects }) },
});
