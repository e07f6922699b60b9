// The build of one package: plain ESM for Node >= 20.19 and browsers. Types come from tsc (package.json, `build`).
import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts' },
  format: ['esm'],
  target: 'es2022',
  platform: 'neutral',
  dts: false,
  sourcemap: true,
  clean: true,
  splitting: true,
  removeNodeProtocol: false,
  tsconfig: 'tsconfig.build.json',
});
