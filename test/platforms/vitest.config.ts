import { defineConfig } from 'vitest/config';
import { patience } from '../../vitest.patience.ts';

// What needs the built packages, and so runs after the build; see tools/verify.mjs.
export default defineConfig({ test: { ...patience, include: ['*.test.ts'], pool: 'threads' } });
