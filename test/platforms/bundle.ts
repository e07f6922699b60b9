/*
 * Bundles a fixture as a user's build would: the packages' built entries, found through their exports without the repository's
 * source condition. Knows esbuild, and nothing of where the result runs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { root } from '../workspace.ts';

export interface Bundle {
  /** The files that went in, relative to the root. */
  readonly inputs: readonly string[];
  /** What stayed outside, and what esbuild warned of. */
  readonly complaints: readonly string[];
  /** Bytes after gzip of what loads with the entry, and of what only a dynamic import brings. */
  readonly atOnce: number;
  readonly lazy: number;
}

/** Writes `fixture/NAME.ts`, bundled and minified, to a folder as NAME.mjs and its chunks. */
export async function bundle(
  name: string,
  folder: string,
  platform: 'browser' | 'neutral',
  { minify = true } = {},
): Promise<Bundle> {
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
    minify,
    keepNames: !minify,
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const bytes = new Map<string, number>();
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
    bytes.set(relative(root, path), gzipSync(contents, { level: 9 }).byteLength);
  }
  const first = loadedAtOnce(metafile);
  const sum = (outputs: readonly string[]): number => outputs.reduce((total, path) => total + bytes.get(path)!, 0);
  const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));
  return {
    inputs: Object.keys(metafile.inputs),
    complaints: [...outside.map(({ path }) => `${path} is not in the bundle`), ...warnings.map(({ text }) => text)],
    atOnce: sum([...first]),
    lazy: sum([...bytes.keys()].filter((path) => !first.has(path))),
  };
}

/** The outputs that a browser loads before the entry runs. */
function loadedAtOnce({ outputs }: Metafile): ReadonlySet<string> {
  const found = new Set(Object.keys(outputs).filter((path) => outputs[path]!.entryPoint?.includes('/fixture/')));
  for (const path of found) {
    for (const { path: next, kind, external } of outputs[path]!.imports) {
      if (kind === 'import-statement' && !external) found.add(next);
    }
  }
  return found;
}
