/** The reference cases on the WebGPU backend, in a page. */
import { it } from 'vitest';
import { testOnWebGPU } from '../../apps/goldens/test/on-webgpu.ts';
import { adapter } from './adapter.ts';
import { folder } from './folder.ts';

// The longest of them would take this driver minutes.
const heavy = {
  families: ['e2e_chartransformer', 'e2e_cnn', 'init', 'large'],
  where: 'on lavapipe in Node, and here with NN_TEST_ALL=1',
};

if (adapter === null) it.skip('there is no WebGPU adapter in this browser', () => {});
else await testOnWebGPU(folder, import.meta.env['NN_TEST_ALL'] === '1' ? undefined : heavy);
