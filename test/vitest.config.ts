import { mergeConfig } from 'vitest/config';
import base from '../vitest.base.ts';

// The tests of the repository itself. temp/ holds the code blocks that examples.test.ts takes from the documentation; browser/ runs in
// a browser and platforms/ after the build, each with a configuration of its own.
export default mergeConfig(base, {
  test: { include: ['**/*.test.ts'], exclude: ['temp/**', 'browser/**', 'platforms/**', 'node_modules/**'] },
});
