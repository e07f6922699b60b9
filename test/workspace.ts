/*
 * What the repository consists of, for the checks beside this file: its packages and apps with their manifests, their source
 * files, and everything that is or could be committed. Reads the disk; judges nothing.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `exports` of a package holds: a file, or a file for each condition; the sources may be one file in Node and another elsewhere. */
export type Entry = string | Conditions;

export interface Conditions {
  readonly '@nn/source': string | { readonly node: string; readonly default: string };
  readonly types: string;
  readonly node?: string;
  readonly default: string;
}

/** The source of an entry outside of Node. */
export const sourceOf = ({ '@nn/source': source }: Conditions): string =>
  typeof source === 'string' ? source : source.default;

/** All sources of an entry, each with the built file that stands for it. */
export const sourcesOf = (entry: Conditions): readonly (readonly [source: string, built: string])[] => {
  const source = entry['@nn/source'];
  return typeof source === 'string'
    ? [[source, entry.default]]
    : [
        [source.default, entry.default],
        [source.node, entry.node!],
      ];
};

/** The part of package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly sideEffects?: boolean | readonly string[];
  readonly engines?: { readonly node: string };
  readonly exports?: Readonly<Record<string, Entry>>;
  readonly publishConfig?: { readonly exports: Readonly<Record<string, Entry>> };
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** One workspace package; `folder` is relative to the root, such as `packages/tensor`. */
export interface Workspace {
  readonly folder: string;
  readonly manifest: Manifest;
}

export const root: string = fileURLToPath(new URL('..', import.meta.url));

const unversioned = new Set(['node_modules', 'dist', 'temp', '.turbo', '.git']);

/** The packages of a group, sorted by folder. */
export function workspaces(group: 'packages' | 'apps'): readonly Workspace[] {
  return readdirSync(join(root, group))
    .sort()
    .map((name) => `${group}/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(read(`${folder}/package.json`)) as Manifest }));
}

/** The text of a file, named relative to the root. */
export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** All files below a folder, relative to the root, without what tools made. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !unversioned.has(name))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** Tracked files and those that could be added; in a copy without git, all files but those that tools made. */
export function versionedFiles(): readonly string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, stdio: 'pipe' });
    return listed
      .toString()
      .split('\0')
      .filter((file) => file !== '' && existsSync(join(root, file)));
  } catch {
    return filesBelow('.');
  }
}

/** Whether a file holds tests (of values or of types) and not what is shipped. */
export function isTest(file: string): boolean {
  return /\.(test|test-d)\.ts$/.test(file);
}
