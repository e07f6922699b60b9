// The build of one package: plain ESM for Node >= 20.19 and browsers, file by file, so that a bundler takes only the files that a program needs. Types come from tsc (package.json, `build`).
import { defineConfig } from 'tsup';
import { published } from './tsup.published.ts';

export default defineConfig({
  entry: ['src/**/*.ts', '!src/**/*.test.ts', '!src/**/*.test-d.ts'],
  bundle: false,
  format: ['esm'],
  target: 'es2022',
  platform: 'neutral',
  dts: false,
  sourcemap: true,
  clean: true,
  removeNodeProtocol: false,
  tsconfig: 'tsconfig.build.json',
  esbuildPlugins: [published],
});
