import { mergeConfig } from 'vitest/config';
import base from '../vitest.base.ts';
import { preferredDriver } from './webgpu/drivers.ts';

// The tests of the repository itself. temp/ holds the code blocks that examples.test.ts takes from the documentation; browser/ runs in
// a browser, webgpu/ on the drivers of WebGPU and platforms/ after the build, each with a configuration of its own.
// Examples use WebGPU, whose driver must stand in the environment of the process that loads it; threads can't set theirs.
const driver = await preferredDriver();

export default mergeConfig(base, {
  test: {
    pool: 'forks',
    env: driver === undefined ? {} : { ...driver.environment, NN_WEBGPU_ADAPTER: driver.adapter },
    include: ['**/*.test.ts'],
    exclude: ['temp/**', 'browser/**', 'platforms/**', 'vectors/**', 'webgpu/**', 'node_modules/**'],
  },
});
