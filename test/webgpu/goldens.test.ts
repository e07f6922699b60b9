/** The reference cases on the WebGPU backend, in Node. */
import { join } from 'node:path';
import { diskFolder } from '../../apps/goldens/src/format/folder.ts';
import { testOnWebGPU } from '../../apps/goldens/test/on-webgpu.ts';
import { root } from '../workspace.ts';

await testOnWebGPU(diskFolder(join(root, 'apps/goldens/data')));
