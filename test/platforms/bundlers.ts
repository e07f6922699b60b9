/*
 * The ways in which a page gets the packages: three bundlers with their own defaults, and none at all. Each writes `fixture/NAME.ts` as `train.mjs` to a folder that
 * page.html can be opened from, and fails if it has anything to complain of.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { build as buildWithVite, createLogger } from 'vite';
import webpack from 'webpack';
import { root } from '../workspace.ts';
import { bundle } from './bundle.ts';

const fixtures = join(root, 'test/platforms/fixture');
const fixture = (name: string): string => join(fixtures, `${name}.ts`);

/** Puts page.html and its worker beside a program; `head` goes into the page's. */
export function addPage(folder: string, { program = 'train.mjs', head = '' } = {}): void {
  for (const file of ['page.html', 'worker.mjs']) {
    const text = readFileSync(join(fixtures, file), 'utf8').replace('./train.mjs', `./${program}`);
    writeFileSync(join(folder, file), text.replace('</title>', `</title>${head}`));
  }
}

async function withEsbuild(name: string, folder: string): Promise<void> {
  const { complaints } = await bundle(name, folder, 'browser');
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  addPage(folder, { program: `${name}.mjs` });
}

async function withVite(name: string, folder: string): Promise<void> {
  const complaints: string[] = [];
  const complain = (message: string): void => {
    complaints.push(message);
  };
  await buildWithVite({
    root: join(root, 'test/platforms'),
    configFile: false,
    logLevel: 'warn',
    customLogger: { ...createLogger('silent'), warn: complain, warnOnce: complain, error: complain },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'es2022',
      lib: { entry: fixture(name), formats: ['es'], fileName: () => 'train.mjs' },
    },
  });
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  addPage(folder);
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
  addPage(folder);
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
  addPage(folder, { head: `\n    <script type="importmap">${JSON.stringify({ imports })}</script>` });
}

export const bundlers: Readonly<Record<string, (name: string, folder: string) => Promise<void>>> = {
  esbuild: withEsbuild,
  vite: withVite,
  webpack: withWebpack,
  'no bundler': withoutBundler,
};
