/** Every promise of the contract, against the reference, on the adapter of this process. */
import { testBackend } from '@nn/conformance';
import { describe, it } from 'vitest';
import { webgpu } from './index.ts';

await testBackend({ create: () => webgpu(), describe, it });
