import { describe, expect, it } from 'vitest';
import { arrowsOf, complaint } from './arrows.ts';
import { importsOf } from './imports.ts';
import { filesBelow, read, workspaces } from './workspace.ts';

describe('arrows', () => {
  for (const { folder } of [...workspaces('packages'), ...workspaces('apps')]) {
    it(`${folder} imports only what it may`, () => {
      arrowsOf(folder);
      const wrong = filesBelow(`${folder}/src`)
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) =>
          importsOf(file, read(file)).map((found) => ({
            place: `${file}:${found.line} ${found.specifier}`,
            found,
            file,
          })),
        )
        .map(({ place, found, file }) => ({ place, reason: complaint(folder, file, found) }))
        .filter(({ reason }) => reason !== undefined);
      expect(wrong).toEqual([]);
    });
  }

  const cases: readonly (readonly [folder: string, file: string, code: string, reason: RegExp | undefined])[] = [
    ['packages/tensor', 'x.ts', "import { a } from '@nn/backend';", undefined],
    ['packages/tensor', 'x.ts', "import type { A } from '@nn/autograd';", /may import only @nn\/backend/],
    ['packages/backend', 'x.ts', "export * from '@nn/tensor';", /no other package/],
    ['packages/backend-wasm', 'x.ts', "const a = await import('@nn/tensor');", /may import only @nn\/backend/],
    ['packages/backend-wasm', 'x.test.ts', "import { testBackend } from '@nn/conformance';", undefined],
    ['packages/mnist', 'x.ts', "type A = import('@nn/nn').A;", /may import only/],
    ['packages/tensor', 'x.ts', "import { a } from '@nn/tensor/internal';", /relative paths/],
    ['packages/tensor', 'ops/x.ts', "import { a } from '../y.ts';", undefined],
    ['packages/tensor', 'x.ts', "import { a } from '../../backend/src/y.ts';", /never leave/],
    ['packages/tensor', 'x.ts', "import { a } from './y';", /end in \.ts/],
    ['packages/tensor', 'x.ts', "import { a } from 'node:fs';", /dynamic import/],
    ['packages/tensor', 'x.ts', "const a = await import('node:fs');", undefined],
    ['packages/tensor', 'x.test.ts', "import { a } from 'node:fs';", undefined],
    ['apps/trainer', 'x.ts', "import { a } from '@nn/tensor/internal';", /public entry/],
    ['apps/goldens', 'x.ts', "import { a } from '@nn/tensor/internal';", undefined],
  ];
  it.each(cases)('judges %s/src/%s: %s', (folder, name, code, reason) => {
    const file = `${folder}/src/${name}`;
    const found = importsOf(file, code);
    expect(found).toHaveLength(1);
    const sentence = complaint(folder, file, found[0]!);
    if (reason === undefined) expect(sentence).toBeUndefined();
    else expect(sentence).toMatch(reason);
  });
});
