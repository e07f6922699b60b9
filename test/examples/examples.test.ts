/*
 * Runs the documentation: every `ts` block of the READMEs, CONTRIBUTING, docs/ and of the packages' doc comments becomes a module in
 * temp/, is checked by the compiler and executed, each with packages loaded anew. Nothing here knows what the blocks are about.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { filesBelow, isTest, read, root, workspaces } from '../workspace.ts';
import { expectationsOf, matchesLine } from './expectations.ts';
import { type Example, emptyExamples, examplesOfMarkdown, examplesOfSource } from './extract.ts';

const folder = join(root, 'test', 'temp', 'examples');
const compiler = join(root, 'node_modules', 'typescript-native', 'bin', 'tsc');
const configuration = join(root, 'test', 'examples', 'tsconfig.json');

const sources = workspaces('packages')
  .flatMap((workspace) => filesBelow(`${workspace.folder}/src`))
  .filter((file) => file.endsWith('.ts') && !isTest(file));
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...workspaces('packages').map((workspace) => `${workspace.folder}/README.md`),
  ...(existsSync(join(root, 'docs')) ? filesBelow('docs') : []),
].filter((file) => file.endsWith('.md') && existsSync(join(root, file)));

const examples = [
  ...documents.flatMap((file) => examplesOfMarkdown(file, read(file))),
  ...sources.flatMap((file) => examplesOfSource(file, read(file))),
];
writeModules();

const needsDevice = ({ code }: Example): boolean => code.includes("from '@nn/backend-webgpu'");
const hasDevice = process.env['NN_WEBGPU_ADAPTER'] !== undefined;
if (!hasDevice) console.error('No WebGPU adapter: the examples on that backend are only compiled.');

describe('examples', () => {
  it('are there wherever @example announces them', () => {
    expect(sources.flatMap((file) => emptyExamples(read(file)).map((line) => `${file}:${line}`))).toEqual([]);
  });

  it.runIf(examples.length > 0)('compile', () => {
    expect(compile()).toBe('');
  });
});

describe('examples run', () => {
  afterEach(() => vi.restoreAllMocks());

  for (const example of examples.filter(({ runs }) => runs)) {
    it.skipIf(!hasDevice && needsDevice(example))(`${example.file}:${example.line}`, async () => {
      const { printed, thrown } = expectationsOf(example.code);
      const lines: string[] = [];
      vi.spyOn(console, 'log').mockImplementation((...values) => {
        lines.push(...format(...values).split('\n'));
      });
      vi.resetModules();
      const running = import(/* @vite-ignore */ pathToFileURL(moduleOf(example)).href);
      if (thrown === undefined) await running;
      else await expect(running).rejects.toThrow(thrown);
      if (printed === undefined) return;
      const actual = lines.map((line) => line.trimEnd());
      // What was expected stands in for what matches it, so that a difference shows line by line.
      expect(actual.map((line, i) => (matchesLine(printed[i] ?? '', line) ? printed[i] : line))).toEqual(printed);
    });
  }
});

/** Writes each block into a file of its own, and only where it changed; forgets the blocks that are gone. */
function writeModules(): void {
  mkdirSync(folder, { recursive: true });
  const wanted = new Map(examples.map((example) => [moduleOf(example), `${example.code}\nexport {};\n`]));
  for (const file of filesBelow('test/temp/examples')) {
    if (!wanted.has(join(root, file))) rmSync(join(root, file));
  }
  for (const [file, text] of wanted) {
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  }
}

function moduleOf({ file, line }: Example): string {
  return join(folder, `${file.replace(/[^\w.-]+/g, '_')}_${line}.ts`);
}

/** What the compiler says about the blocks; nothing when all is well. */
function compile(): string {
  try {
    return execFileSync(process.execPath, [compiler, '-p', configuration, '--pretty', 'false'], {
      cwd: root,
    }).toString();
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout || error);
  }
}
