import { defineConfig } from 'vitest/config';

// What needs the built packages, and so runs after the build; see tools/verify.mjs.
export default defineConfig({ test: { include: ['*.test.ts'], pool: 'threads' } });
