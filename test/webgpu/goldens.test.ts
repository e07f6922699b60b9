/** The reference cases on the WebGPU backend, in Node. */
import { join } from 'node:path';
import { diskFolder } from '../../apps/goldens/src/format/folder.ts';
import { testOnWebGPU } from '../../apps/goldens/test/on-webgpu.ts';
import { findBrowser } from '../platforms/browser.ts';
import { root } from '../workspace.ts';

// What takes SwiftShader minutes runs once on it, in Chromium where there is one.
const isSwiftShader = process.env['NN_WEBGPU_ADAPTER']?.includes('swiftshader') === true;
const elsewhere = { families: ['e2e_cnn', 'init', 'large'], where: 'on the same driver in Chromium' };

await testOnWebGPU(
  diskFolder(join(root, 'apps/goldens/data')),
  isSwiftShader && findBrowser() !== undefined ? elsewhere : undefined,
);
