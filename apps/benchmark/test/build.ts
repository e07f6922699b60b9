/** Builds the command line and its players once for the tests that start them as processes. */
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import settings from '../tsup.config.ts';

const app = new URL('../', import.meta.url);

/** Where the bundle lies: as deep as the real one, so that it finds the manifest and the players. */
export const program: string = fileURLToPath(new URL('temp/cli.js', app));

/** Run by vitest before the tests. The bundle holds the workspace's packages, read from their sources. */
export async function setup(): Promise<void> {
  await build({
    ...settings,
    config: false,
    entry: {
      cli: fileURLToPath(new URL('src/cli.ts', app)),
      player: fileURLToPath(new URL('src/player.ts', app)),
    },
    outDir: fileURLToPath(new URL('temp', app)),
    tsconfig: fileURLToPath(new URL('../../tsconfig.base.json', app)),
    noExternal: [/^@nn\//],
    external: [/^(?!@nn\/)[\w@]/],
    clean: false,
    sourcemap: false,
    silent: true,
    esbuildOptions: (options) => {
      options.conditions = ['@nn/source'];
    },
  });
}
