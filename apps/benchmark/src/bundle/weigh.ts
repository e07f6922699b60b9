/** Bytes that a page loads to train the small network: bundled, minified, compressed. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import type { PeerName } from '../cases/case.ts';
import { packageFolder } from '../place.ts';
import type { BundleRecord } from '../results.ts';
import { leanest, ourPrograms, peerPrograms } from './programs.ts';

/** Compressed bytes that our leanest program may weigh. */
const goal = 50_000;

const compressed = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).byteLength;

interface Weight {
  readonly bytes: number;
  readonly gzip: number;
}

/** What loads at once; what is imported dynamically is not counted. */
async function weigh(source: string, conditions: readonly string[]): Promise<Weight> {
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: packageFolder, sourcefile: 'program.js' },
    absWorkingDir: packageFolder,
    outdir: 'temp/bundle',
    external: [
      'node:*',
      'fs',
      'path',
      'worker_threads',
      'perf_hooks',
      'os',
      'util',
      'crypto',
      'string_decoder',
      'node-fetch',
    ],
    conditions: [...conditions],
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    write: false,
    logLevel: 'silent',
  });
  const names = atOnce(metafile);
  const loaded = outputFiles.filter(({ path }) => names.some((name) => path.endsWith(name.split('/').at(-1)!)));
  return {
    bytes: loaded.reduce((sum, { contents }) => sum + contents.byteLength, 0),
    gzip: loaded.reduce((sum, { contents }) => sum + compressed(contents), 0),
  };
}

/** The entry and what it imports statically. */
function atOnce({ outputs }: Metafile): string[] {
  const entry = Object.keys(outputs).find((name) => outputs[name]!.entryPoint !== undefined)!;
  const names = new Set([entry]);
  for (const name of names) {
    for (const { path, kind } of outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && path in outputs) names.add(path);
    }
  }
  return [...names];
}

async function weighOurs(name: string, source: string): Promise<BundleRecord> {
  const wanted = name === leanest ? { goal } : {};
  const require = createRequire(join(packageFolder, 'package.json'));
  // What is published is what was built; sources stand in for it where nothing was.
  const isBuilt = ['@nn/backend-wasm', '@nn/nn', '@nn/optim', '@nn/tensor'].every((entry) => {
    const manifest = require.resolve(`${entry}/package.json`);
    return existsSync(join(manifest, '..', 'dist', 'index.js'));
  });
  try {
    const weight = await weigh(source, isBuilt ? [] : ['@nn/source']);
    return { name, ...weight, note: isBuilt ? 'no other file' : 'from sources, as nothing is built', ...wanted };
  } catch (error) {
    return {
      name,
      bytes: null,
      gzip: null,
      note: `can't be bundled: ${(error as Error).message.split('\n')[0]}`,
      ...wanted,
    };
  }
}

async function weighPeer(name: PeerName): Promise<BundleRecord | null> {
  const program = peerPrograms[name];
  if (program === undefined) return null;
  const { source, files, note } = program;
  try {
    const require = createRequire(join(packageFolder, 'package.json'));
    const { bytes, gzip } = await weigh(source, []);
    const extra = files.map((file) => readFileSync(require.resolve(file)));
    return {
      name,
      bytes: extra.reduce((sum, file) => sum + file.byteLength, bytes),
      gzip: extra.reduce((sum, file) => sum + compressed(file), gzip),
      note,
    };
  } catch {
    return { name, bytes: null, gzip: null, note: 'not installed, or it cannot be bundled' };
  }
}

/** Ours first, then the peers that were asked for. */
export async function weighBundles(peers: readonly PeerName[]): Promise<readonly BundleRecord[]> {
  const records: BundleRecord[] = [];
  for (const [name, source] of Object.entries(ourPrograms)) records.push(await weighOurs(name, source));
  for (const peer of peers) {
    const record = await weighPeer(peer);
    if (record !== null) records.push(record);
  }
  return records;
}
