/*
 * The ways in which a page gets the packages: three bundlers with their own defaults, and none at all. Each writes `fixture/NAME.ts` as `train.mjs` to a folder that
 * page.html can be opened from.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { build as buildWithVite } from 'vite';
import webpack from 'webpack';
import { root } from '../workspace.ts';
import { bundle } from './bundle.ts';

const fixture = (name: string): string => join(root, 'test/platforms/fixture', `${name}.ts`);
const page = (): string => readFileSync(join(root, 'test/platforms/fixture/page.html'), 'utf8');

async function withEsbuild(name: string, folder: string): Promise<void> {
  const { complaints } = await bundle(name, folder, 'browser');
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  writeFileSync(join(folder, 'page.html'), page().replace('./train.mjs', `./${name}.mjs`));
}

async function withVite(name: string, folder: string): Promise<void> {
  await buildWithVite({
    root: join(root, 'test/platforms'),
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      lib: { entry: fixture(name), formats: ['es'], fileName: () => 'train.mjs' },
    },
  });
  writeFileSync(join(folder, 'page.html'), page());
}

async function withWebpack(name: string, folder: string): Promise<void> {
  const { code } = await transform(readFileSync(fixture(name), 'utf8'), { loader: 'ts', target: 'es2022' });
  // Where the packages are found from, and where git doesn't look.
  const entry = join(root, 'test/temp', `${name}.webpack.mjs`);
  mkdirSync(dirname(entry), { recursive: true });
  writeFileSync(entry, code);
  try {
    await new Promise<void>((resolve, reject) => {
      webpack(
        {
          mode: 'production',
          target: 'web',
          context: root,
          entry,
          output: { path: folder, filename: 'train.mjs', module: true, publicPath: '/' },
          experiments: { outputModule: true },
          performance: { hints: false },
        },
        (error, stats) => {
          if (error) reject(error);
          else if (stats?.hasErrors() || stats?.hasWarnings())
            reject(new Error(stats.toString({ all: false, errors: true, warnings: true })));
          else resolve();
        },
      );
    });
  } finally {
    rmSync(entry);
  }
  writeFileSync(join(folder, 'page.html'), page());
}

/** No bundler: the packages' files as they are published, found through an import map. */
async function withoutBundler(name: string, folder: string): Promise<void> {
  const imports: Record<string, string> = {};
  for (const directory of readdirSync(join(root, 'packages'))) {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', directory, 'package.json'), 'utf8'));
    cpSync(join(root, 'packages', directory, 'dist'), join(folder, directory), { recursive: true });
    for (const [entry, target] of Object.entries(manifest.exports as Record<string, unknown>)) {
      const file = (target as { default?: string }).default;
      if (file !== undefined) imports[join(manifest.name, entry)] = `./${directory}/${file.replace('./dist/', '')}`;
    }
  }
  const { code } = await transform(readFileSync(fixture(name), 'utf8'), { loader: 'ts', target: 'es2022' });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'train.mjs'), code);
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  writeFileSync(join(folder, 'page.html'), page().replace('</title>', `</title>\n    ${map}`));
}

export const bundlers: Readonly<Record<string, (name: string, folder: string) => Promise<void>>> = {
  esbuild: withEsbuild,
  vite: withVite,
  webpack: withWebpack,
  'no bundler': withoutBundler,
};
