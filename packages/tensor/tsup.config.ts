import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

// One build for both entries, so that they share their chunks: there must be only one class Tensor.
export default defineConfig({ ...base, entry: { index: 'src/index.ts', internal: 'src/internal.ts' } });
