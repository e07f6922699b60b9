/*
 * Who may import whom: the arrows of the architecture as one table, and the rule that judges a single import by it.
 * Arrows point down only; a package sees of another only what its exports name.
 */
import { dirname, join, normalize } from 'node:path/posix';
import type { Import } from './imports.ts';
import { isTest } from './workspace.ts';

/** The packages that the sources of each package may import. `*` stands for the rest of a name. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  'packages/backend': [],
  'packages/backend-*': ['backend'],
  'packages/conformance': ['backend'],
  'packages/tensor': ['backend'],
  'packages/autograd': ['backend', 'tensor'],
  'packages/nn': ['backend', 'tensor', 'autograd'],
  'packages/optim': ['backend', 'tensor', 'autograd'],
  'packages/data': ['backend', 'tensor'],
  'packages/mnist': ['backend', 'tensor', 'data'],
  'apps/*': ['*'],
};

/** What tests may import beyond that. */
const forTests = ['conformance'];

/** Apps that judge the library and may therefore use `@nn/…/internal`, as the packages do. */
const judges = ['apps/goldens', 'apps/benchmark'];

/** What is wrong with an import in a file of `folder`, as a sentence; undefined when nothing is. */
export function complaint(folder: string, file: string, { specifier, kind }: Import): string | undefined {
  if (specifier.startsWith('.')) return complaintOfRelative(folder, file, specifier);
  if (specifier.startsWith('node:')) {
    const browserCode = folder.startsWith('packages/') && folder !== 'packages/conformance' && !isTest(file);
    return browserCode && kind === 'static'
      ? 'packages run in browsers too: load Node modules by a dynamic import, behind a check'
      : undefined;
  }
  const [, name, subpath] = /^@nn\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (name === undefined) return undefined; // third parties: the manifests decide
  if (`packages/${name}` === folder) return 'a package imports its own files by relative paths';
  const allowed = [...arrowsOf(folder), ...(isTest(file) ? forTests : [])];
  if (!allowed.some((pattern) => matches(pattern, name))) {
    return `${folder} may import only ${allowed.map((other) => `@nn/${other}`).join(', ') || 'no other package'}`;
  }
  if (subpath === '/internal' && folder.startsWith('apps/') && !judges.includes(folder)) {
    return 'apps use the public entry, as everyone does';
  }
  return undefined;
}

/** The row of the table for a folder; a folder without a row is an error. */
export function arrowsOf(folder: string): readonly string[] {
  const row = arrows[folder] ?? Object.entries(arrows).find(([pattern]) => matches(pattern, folder))?.[1];
  if (row === undefined) throw new Error(`${folder} has no row in the table of arrows`);
  return row;
}

function complaintOfRelative(folder: string, file: string, specifier: string): string | undefined {
  if (!normalize(join(dirname(file), specifier)).startsWith(`${folder}/`)) {
    return 'relative imports never leave their package';
  }
  return /\.(ts|json)$/.test(specifier) ? undefined : 'relative imports end in .ts';
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
