/*
 * The packages as a user's project has them: in its node_modules, with the files and the exports that are published, out of the sight of the repository. Knows npm's layout,
 * and nothing of the programs that use it.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { root } from '../workspace.ts';

/** A project in `folder` whose program `train.mjs` is `fixture/NAME.ts`; with the npm package `webgpu` beside ours if asked for. */
export async function install(name: string, folder: string, { webgpu }: { readonly webgpu: boolean }): Promise<string> {
  for (const directory of readdirSync(join(root, 'packages'))) {
    const source = join(root, 'packages', directory);
    const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    const target = join(folder, 'node_modules', manifest.name);
    cpSync(join(source, 'dist'), join(target, 'dist'), { recursive: true });
    writeFileSync(join(target, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }));
  }
  if (webgpu) linkWebGPU(folder);
  const { code } = await transform(readFileSync(join(root, 'test/platforms/fixture', `${name}.ts`), 'utf8'), {
    loader: 'ts',
    target: 'es2022',
  });
  const program = join(folder, 'train.mjs');
  writeFileSync(program, code);
  return program;
}

/** Puts the npm package `webgpu` into the node_modules of a folder. */
export function linkWebGPU(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  const own = realpathSync(join(root, 'packages/backend-webgpu/node_modules/webgpu'));
  symlinkSync(own, join(folder, 'node_modules/webgpu'), 'junction');
}
