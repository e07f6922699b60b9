/** The reference cases on the WebGPU backend. WGSL has no float64, so the cases in which that dtype is named are left out. */

import { webgpu } from '@nn/backend-webgpu';
import type { Folder } from '../src/format/families.ts';
import { testOnBackend } from './on-backend.ts';

export const testOnWebGPU = (folder: Folder): Promise<void> =>
  testOnBackend(folder, { title: 'WebGPU', create: () => webgpu(), leftOut: 57 });
