/** The reference cases on the WebGPU backend: WGSL has no float64, and lets its implementations flush denormal numbers. */

import { webgpu } from '@nn/backend-webgpu';
import type { Folder } from '../src/format/families.ts';
import { type Candidate, testOnBackend } from './on-backend.ts';

export const testOnWebGPU = (folder: Folder, elsewhere?: Candidate['elsewhere']): Promise<void> =>
  testOnBackend(folder, {
    title: 'WebGPU',
    create: () => webgpu(),
    lacking: ['float64'],
    flushes: true,
    leftOut: { cases: 57, elements: 557 },
    elsewhere,
  });
