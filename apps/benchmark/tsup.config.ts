import { defineConfig } from 'tsup';
import base from '../../tsup.base.ts';

export default defineConfig({
  ...base,
  entry: { cli: 'src/cli.ts', player: 'src/player.ts' },
  bundle: true,
  splitting: true,
  platform: 'node',
  tsconfig: '../../tsconfig.base.json',
  // Peers may be absent; who has them loads them from where they lie.
  external: [/^@tensorflow\//, /^@jax-js\//],
});
