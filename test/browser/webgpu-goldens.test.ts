/** The reference cases on the WebGPU backend, in a page. */
import { it } from 'vitest';
import { testOnWebGPU } from '../../apps/goldens/test/on-webgpu.ts';
import { adapter } from './adapter.ts';
import { folder } from './folder.ts';

if (adapter === null) it.skip('there is no WebGPU adapter in this browser', () => {});
else await testOnWebGPU(folder);
