/*
 * Tests on WebGPU in Node, a project a driver: PyTorch's reference cases on each, and the backend's own tests (its conformance among them) on those but the first, on which
 * they run with the other packages. In forks, since the environment of a thread isn't what a driver's loader reads; one device a file, since Dawn keeps no pipelines.
 * What is left out is said, and why; NN_REQUIRE_WEBGPU makes it a failure (requirement.ts).
 */
import { availableParallelism } from 'node:os';
import { defineConfig, mergeConfig } from 'vitest/config';
import base from '../../vitest.base.ts';
import { findBrowser } from '../platforms/browsers.ts';
import { root } from '../workspace.ts';
import { findDrivers } from './drivers.ts';
import { complaints } from './requirement.ts';

const drivers = await findDrivers();
for (const line of complaints(process.env['NN_REQUIRE_WEBGPU'] ?? '', drivers)) console.error(line);

// What takes SwiftShader minutes runs on it in Chromium.
const inBrowser = ['packages/backend-webgpu/src/conformance.test.ts', 'test/webgpu/goldens.test.ts'];
const hasBrowser = findBrowser() !== undefined && process.env['NN_TEST_ALL'] !== '1';
const elsewhere = (driver: string): readonly string[] => (hasBrowser && driver === 'swiftshader' ? inBrowser : []);
for (const { name } of drivers.found)
  if (elsewhere(name).length > 0)
    console.error(
      `Left out on ${name}, since they run on it in Chromium, and here with NN_TEST_ALL=1: ${inBrowser.join(', ')}.`,
    );

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
        exclude: [...elsewhere(name)],
      },
    },
  ),
}));

export default defineConfig({
  test: {
    passWithNoTests: true,
    maxWorkers: availableParallelism(),
    ...(projects.length === 0 ? { include: ['none'] } : { projects }),
  },
});
