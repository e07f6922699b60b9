/*
 * Bundles a fixture as a user's build would: the packages' built entries, found through their exports without the repository's
 * source condition. Knows esbuild, and nothing of where the result runs.
 */
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { root } from '../workspace.ts';

export interface Bundle {
  /** The files that went in, relative to the root. */
  readonly inputs: readonly string[];
  /** Names of the modules that stayed outside. */
  readonly external: readonly string[];
  /** Bytes after gzip of what loads with the entry, and of what only a dynamic import brings. */
  readonly atOnce: number;
  readonly lazy: number;
}

/** Writes the minified bundle of `test/platforms/fixture/NAME.ts` and its chunks to a folder, as NAME.mjs. */
export async function bundle(name: string, folder: string, platform: 'browser' | 'neutral'): Promise<Bundle> {
  const { metafile, outputFiles, warnings } = await build({
    absWorkingDir: root,
    entryPoints: [`test/platforms/fixture/${name}.ts`],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    platform,
    format: 'esm',
    target: 'es2022',
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    logLevel: 'silent',
  }).then(async (result) => ({ ...result, outputFiles: await sizes(result.metafile) }));
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  return weigh(metafile, outputFiles);
}
