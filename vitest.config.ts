import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// A test file a core: of its own accord Vitest leaves one idle.
export default defineConfig({
  test: { projects: ['packages/*', 'apps/*', 'test'], maxWorkers: availableParallelism(), passWithNoTests: true },
});
