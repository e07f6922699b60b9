import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Manifest, read, root, sourcesOf, workspaces } from './workspace.ts';

const source = '@nn/source';
const engines = JSON.parse(read('package.json')).engines;

describe.each(workspaces('packages'))('$manifest.name', ({ folder, manifest }) => {
  it('has no dependencies but its siblings', () => {
    expect(Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith('@nn/'))).toEqual([]);
  });

  it('publishes the exports that the workspace uses, without the source condition', () => {
    const published = Object.entries(manifest.exports ?? {}).map(([subpath, entry]) => {
      if (typeof entry === 'string') return [subpath, entry];
      expect(Object.keys(entry).filter((condition) => condition !== 'node')).toEqual([source, 'types', 'default']);
      for (const [file] of sourcesOf(entry)) expect(existsSync(join(root, folder, file))).toBe(true);
      const { [source]: _, ...rest } = entry;
      return [subpath, rest];
    });
    expect(manifest.publishConfig?.exports).toEqual(Object.fromEntries(published));
  });

  it('promises the Node versions that the repository promises', () => {
    expect(manifest.engines).toEqual(engines);
  });

  it('says which of its files must survive tree shaking', () => {
    expect(manifest.sideEffects).toBeDefined();
    const listed = effectsOf(manifest);
    expect(listed.filter((file) => file.startsWith('./src/') && !existsSync(join(root, folder, file)))).toEqual([]);
    for (const entry of Object.values(manifest.exports ?? {})) {
      // What is true of an entry's source is true of the file that is built from it.
      if (typeof entry === 'string') continue;
      for (const [file, built] of sourcesOf(entry)) expect(listed.includes(file)).toBe(listed.includes(built));
    }
  });

  it('has a README', () => {
    expect(read(`${folder}/README.md`)).toContain(`# ${manifest.name}`);
  });
});

describe.each(workspaces('packages').filter(({ manifest }) => effectsOf(manifest).length > 0))(
  'imports of $manifest.name alone',
  ({ folder, manifest }) => {
    it('keep its effects in a bundle', async () => {
      const entries = Object.entries(manifest.exports ?? {}).flatMap(([subpath, entry]) =>
        typeof entry === 'string' ? [] : [`${manifest.name}${subpath.slice(1)}`],
      );
      const { metafile } = await build({
        stdin: { contents: entries.map((entry) => `import '${entry}';`).join('\n'), resolveDir: join(root, 'test') },
        absWorkingDir: root,
        conditions: [source],
        bundle: true,
        format: 'esm',
        platform: 'neutral',
        metafile: true,
        write: false,
      });
      const kept = Object.entries(Object.values(metafile.outputs)[0]!.inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([file]) => file);
      // What only Node gets isn't in this bundle.
      const entryFiles = ['./src/index.ts', './src/node.ts'];
      const effects = effectsOf(manifest).filter((file) => file.startsWith('./src/') && !entryFiles.includes(file));
      expect(kept).toEqual(expect.arrayContaining(effects.map((file) => join(folder, file))));
    });
  },
);

function effectsOf({ sideEffects }: Manifest): readonly string[] {
  return typeof sideEffects === 'object' ? sideEffects : [];
}
