// What every project of the tests shares: workspace packages are read from src, by the condition that their exports name.
import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { patience } from './vitest.patience.ts';

const source = '@nn/source';

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  test: {
    ...patience,
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    passWithNoTests: true,
  },
});
