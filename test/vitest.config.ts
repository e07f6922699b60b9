import { mergeConfig } from 'vitest/config';
import base from '../vitest.base.ts';

// The tests of the repository itself. temp/ holds the code blocks that examples.test.ts takes from the documentation.
export default mergeConfig(base, { test: { include: ['**/*.test.ts'], exclude: ['temp/**', 'node_modules/**'] } });
