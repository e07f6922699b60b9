import { relative } from 'node:path';
import { join } from 'node:path/posix';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { entryBytes, longestFile, longFiles } from './budgets.ts';
import { filesBelow, isTest, read, root, workspaces } from './workspace.ts';

const source = '@nn/source';

describe('bytes of the package entries', () => {
  const entries = workspaces('packages').flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([subpath, entry]) =>
      typeof entry === 'string'
        ? []
        : [{ name: `${manifest.name}${subpath.slice(1)}`, file: join(folder, entry[source]!) }],
    ),
  );

  it('has a limit for every entry, and none for what is gone', () => {
    expect(Object.keys(entryBytes).sort()).toEqual(entries.map(({ name }) => name).sort());
  });

  it('keeps every entry within its limit', { timeout: 60_000 }, async () => {
    const sizes = await Promise.all(
      entries.map(async ({ name, file }) => ({
        name,
        own: await weigh(file, ['@nn/*']),
        whole: await weigh(file, []),
      })),
    );
    const rows = sizes.map(
      ({ name, own, whole }) =>
        `${name.padEnd(22)}${kilobytes(own.entry)} of${kilobytes(entryBytes[name])}${kilobytes(own.lazy)}${kilobytes(whole.entry)}`,
    );
    console.log(`gzip: its own${' '.repeat(15)}limit       lazy with others\n${rows.join('\n')}`);
    expect(sizes.filter(({ name, own }) => own.entry > (entryBytes[name] ?? 0))).toEqual([]);
  });
});

describe('lines of the source files', () => {
  const files = ['packages', 'apps', 'test', 'tools']
    .flatMap(filesBelow)
    .filter((file) => /\.(ts|mts|mjs|vue)$/.test(file) && !isTest(file))
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }));

  it(`keeps files within ${longestFile} lines`, () => {
    expect(files.filter(({ file, lines }) => lines > longestFile && !(file in longFiles))).toEqual([]);
  });

  it('excuses only files that exist and are long', () => {
    const excused = Object.keys(longFiles).filter(
      (name) => !files.some(({ file, lines }) => file === name && lines > longestFile),
    );
    expect(excused).toEqual([]);
  });
});

/** The bytes that a browser loads for a bundle of this file: at once, and when a dynamic import is reached. */
async function weigh(file: string, external: readonly string[]): Promise<{ entry: number; lazy: number }> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    outdir: 'temp/bundle',
    external: [...external, 'node:*'],
    conditions: [source],
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    write: false,
    logLevel: 'silent',
  });
  const bytes = new Map(
    outputFiles.map(({ path, contents }) => [relative(root, path), gzipSync(contents, { level: 9 }).byteLength]),
  );
  const entry = Object.keys(metafile.outputs).find((output) => metafile.outputs[output]!.entryPoint === file)!;
  const atOnce = new Set([entry]);
  for (const output of atOnce) {
    for (const { path, kind } of metafile.outputs[output]!.imports) {
      if (kind === 'import-statement' && bytes.has(path)) atOnce.add(path);
    }
  }
  let [now, all] = [0, 0];
  for (const [output, size] of bytes) {
    all += size;
    if (atOnce.has(output)) now += size;
  }
  return { entry: now, lazy: all - now };
}

function kilobytes(bytes = 0): string {
  return `${(bytes / 1000).toFixed(1).padStart(9)} kB`;
}
