import { relative } from 'node:path';
import { join } from 'node:path/posix';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { published } from '../tsup.published.ts';
import { entryBytes, longestFile, longFiles, programs } from './budgets.ts';
import { filesBelow, isTest, read, root, sourceOf, workspaces } from './workspace.ts';

const source = '@nn/source';

describe('bytes of the package entries', () => {
  const entries = workspaces('packages').flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports ?? {}).flatMap(([subpath, entry]) =>
      typeof entry === 'string'
        ? []
        : [{ name: `${manifest.name}${subpath.slice(1)}`, file: join(folder, sourceOf(entry)) }],
    ),
  );

  it('has a limit for every entry, and none for what is gone', () => {
    expect(Object.keys(entryBytes).sort()).toEqual(entries.map(({ name }) => name).sort());
  });

  it('keeps every entry within its limit', async () => {
    const sizes = await Promise.all(
      entries.map(async ({ name, file }) => ({
        name,
        own: await weigh({ entryPoints: [file], external: ['@nn/*'] }),
        whole: await weigh({ entryPoints: [file] }),
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

describe.each(Object.entries(programs))('bytes of %s', (name, { limit, code }) => {
  const source = { stdin: { contents: code, resolveDir: join(root, 'test') } };

  it('are within the limit', async () => {
    const { entry, lazy } = await weigh(source);
    console.log(`gzip: ${name} ${kilobytes(entry)} of ${kilobytes(limit)}`);
    expect(entry).toBeLessThanOrEqual(limit);
    expect(lazy).toBe(0);
  });

  it('do their work', async () => {
    const exported = `${code}\nexport { reference } from '@nn/backend';`;
    const { outputFiles } = await bundle({ stdin: { ...source.stdin, contents: exported } });
    const text = outputFiles.find(({ path }) => path.endsWith('.js'))!.text;
    const { reference, run } = (await import(
      /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
    )) as { reference: () => unknown; run: (backend: unknown) => Promise<boolean> };
    expect(await run(reference())).toBe(true);
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

/** A bundle for a browser, of the sources as they are published: their constants marked, and without a default backend. */
const bundle = ({ external = [], ...options }: BuildOptions) =>
  build({
    ...options,
    absWorkingDir: root,
    outdir: 'temp/bundle',
    external: [...external, 'node:*'],
    conditions: [source],
    alias: { '@nn/backend/default': join(root, 'packages/backend/src/default-none.ts') },
    plugins: [published],
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

/** The bytes that a browser loads for a bundle: at once, and when a dynamic import is reached. */
async function weigh(options: BuildOptions): Promise<{ entry: number; lazy: number }> {
  const { metafile, outputFiles } = await bundle(options);
  const bytes = new Map(
    outputFiles.map(({ path, contents }) => [relative(root, path), gzipSync(contents, { level: 9 }).byteLength]),
  );
  const entry = Object.keys(metafile.outputs).find((output) => metafile.outputs[output]!.entryPoint !== undefined)!;
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
