/*
 * Tests of the wasm backend where V8 joins vectors in pairs: its own, its conformance among them, and PyTorch's reference cases. Node is started with the flag for that, so that backends have kernels for
 * pairs without being asked, and compiles everything with its optimising compiler, which is the one that joins. Where this Node can't, there are none.
 */
import { defineConfig, mergeConfig } from 'vitest/config';
import { vectorsFlag } from '../../packages/backend-wasm/src/pairs.ts';
import base from '../../vitest.base.ts';
import { root } from '../workspace.ts';

const flag = vectorsFlag();
if (flag === null) console.error('Left out: this Node joins no vectors.');
const { include: _, ...shared } = base.test!;

const project = mergeConfig(
  { ...base, test: shared },
  {
    root,
    test: {
      name: 'vectors',
      pool: 'forks',
      execArgv: [flag ?? '', '--no-liftoff'],
      include: [
        'packages/backend-wasm/src/**/*.test.ts',
        'apps/goldens/test/wasm.test.ts',
        'test/wasm-vectors.test.ts',
        'test/random-devices.test.ts',
      ],
    },
  },
);

export default defineConfig({
  test: { passWithNoTests: true, ...(flag === null ? { include: ['none'] } : { projects: [project] }) },
});
