/** The reference cases on the WebGPU backend, in Node. */
import { join } from 'node:path';
import { diskFolder } from '../../apps/goldens/src/format/folder.ts';
import { testOnWebGPU } from '../../apps/goldens/test/on-webgpu.ts';
import { findBrowser } from '../platforms/browser.ts';
import { root } from '../workspace.ts';

// They take minutes on SwiftShader, and run on it in Chromium where there is one.
const isSwiftShader = process.env['NN_WEBGPU_ADAPTER']?.includes('swiftshader') === true;
const runsInChromium = isSwiftShader && findBrowser() !== undefined && process.env['NN_TEST_ALL'] !== '1';

await testOnWebGPU(
  diskFolder(join(root, 'apps/goldens/data')),
  runsInChromium ? { where: 'on the same driver in Chromium, and here with NN_TEST_ALL=1' } : undefined,
);
