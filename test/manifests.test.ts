import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Manifest, read, root, workspaces } from './workspace.ts';

const source = '@nn/source';
const engines = JSON.parse(read('package.json')).engines;

describe.each(workspaces('packages'))('$manifest.name', ({ folder, manifest }) => {
  it('has no dependencies but its siblings', () => {
    expect(Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith('@nn/'))).toEqual([]);
  });

  it('publishes the exports that the workspace uses, without the source condition', () => {
    const published = Object.entries(manifest.exports ?? {}).map(([subpath, entry]) => {
      if (typeof entry === 'string') return [subpath, entry];
      expect(Object.keys(entry)).toEqual([source, 'types', 'default']);
      expect(existsSync(join(root, folder, entry[source]!))).toBe(true);
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
      if (typeof entry !== 'string') expect(listed.includes(entry[source]!)).toBe(listed.includes(entry.default!));
    }
  });

  it('has a README', () => {
    expect(read(`${folder}/README.md`)).toContain(`# ${manifest.name}`);
  });
});

describe.each(workspaces('packages').filter(({ manifest }) => effectsOf(manifest).length > 0))(
  'import of $manifest.name alone',
  ({ folder, manifest }) => {
    it('keeps its effects in a bundle', async () => {
      const { metafile } = await build({
        stdin: { contents: `import '${manifest.name}';`, resolveDir: join(root, 'test') },
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
      const effects = effectsOf(manifest).filter((file) => file.startsWith('./src/') && file !== './src/index.ts');
      expect(kept).toEqual(expect.arrayContaining(effects.map((file) => join(folder, file))));
    });
  },
);

function effectsOf({ sideEffects }: Manifest): readonly string[] {
  return typeof sideEffects === 'object' ? sideEffects : [];
}
