import { mergeConfig } from 'vitest/config';
import base from '../vitest.base.ts';

// The tests of the repository itself. temp/ holds the code blocks that examples.test.ts takes from the documentation; platforms/
// needs the built packages and runs after the build, with a configuration of its own.
export default mergeConfig(base, {
  test: { include: ['**/*.test.ts'], exclude: ['temp/**', 'platforms/**', 'node_modules/**'] },
});
