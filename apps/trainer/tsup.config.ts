import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

export default defineConfig({
  ...base,
  entry: { cli: 'src/cli.ts' },
  bundle: true,
  splitting: true,
  platform: 'node',
  tsconfig: '../../tsconfig.base.json',
});
