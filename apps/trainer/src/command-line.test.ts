import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { Failure } from './failure.ts';
import { flagOf, optionNames } from './options/training-options.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function helpOf(...argv: string[]): string {
  let help = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    help += text;
    return true;
  });
  expect(readCommandLine(argv)).toEqual({ command: 'none' });
  return help;
}

const widthOf = (help: string): number => Math.max(...help.split('\n').map((line) => line.length));

test.each([
  [[], {}],
  [['train'], {}],
  [['--epochs', '3', '--no-shuffle', '--download'], { epochs: 3, shuffle: false, download: true }],
  [
    ['train', '--hidden=300,100', '--checkpoint-every', '30s'],
    { hidden: [300, 100], checkpointEvery: { every: 30, unit: 'seconds' } },
  ],
])('%j gives just what was given', (argv, given) => {
  expect(readCommandLine(argv)).toEqual({ command: 'train', args: { given, quiet: false, json: false } });
});

test.each([
  [['--resume'], { resume: true }],
  [['--resume', 'x', '--quiet'], { resume: 'x', quiet: true }],
  [['--out', 'x', '--json'], { out: 'x', json: true }],
])('%j', (argv, args) => {
  expect(readCommandLine(argv)).toMatchObject({ args });
});

test('predict', () => {
  expect(readCommandLine(['predict', '--checkpoint', 'c', 'f', '--labels', 'l'])).toEqual({
    command: 'predict',
    args: { file: 'f', checkpoint: 'c', labels: 'l', backend: 'wasm', json: false },
  });
});

test.each([
  [['r'], { path: 'r', prompt: '', length: 200, temperature: 0.8, seed: 1, backend: 'wasm', json: false }],
  [
    ['r', '--prompt', 'To be', '--length=9', '--temperature', '0', '--seed', '7', '--backend', 'webgpu', '--json'],
    { path: 'r', prompt: 'To be', length: 9, temperature: 0, seed: 7, backend: 'webgpu', json: true },
  ],
])('sample %j', (argv, args) => {
  expect(readCommandLine(['sample', ...argv])).toEqual({ command: 'sample', args });
});

test.each([
  [['--epochz', '3'], /^unknown option '--epochz' \(Did you mean --epochs\?\)$/],
  [['--epochs'], /^option '--epochs <n>' argument missing$/],
  [['--epochs', '-1'], /^--epochs: "-1" is not a whole number/],
  [['fit'], /^there is no command fit; there are train \(the default\), predict and sample$/],
  [['train', 'my-run'], /^train takes no argument such as my-run; data go with --dataset, the folder of a run with/],
  [['train', 'a', 'b'], /too many arguments/],
  [['--out', ''], /^--out: "" is not a name or a path$/],
  [['--resume', ''], /^--resume: "" is not a name or a path$/],
  [['sample'], /missing required argument 'run'/],
  [['sample', 'x', '--backend', 'cuda'], /^--backend: "cuda" is not one of wasm, webgpu, reference$/],
  [['--snapshot-every', '0'], /^--snapshot-every: "0" is not a whole number of at least 1$/],
  [['sample', 'x', '--temperature', '-1'], /^--temperature: "-1" is not a number of at least 0$/],
  [['sample', 'x', '--length', '1.5'], /^--length: "1.5" is not a whole number/],
  [['predict', 'x'], /required option '--checkpoint <path>' not specified/],
  [['predict', '--checkpoint', 'c'], /missing required argument 'file'/],
])('%j is refused in one line', (argv, message) => {
  const oneLine = /^[^\n]+$/;
  for (const expected of [Failure, message, oneLine]) expect(() => readCommandLine(argv)).toThrow(expected);
});

test('the help names every flag, and fits', () => {
  for (const argv of [['--help'], ['-h'], ['help'], ['train', '--help']]) {
    const help = helpOf(...argv);
    for (const name of optionNames) expect(help).toContain(flagOf(name));
    for (const flag of ['--out', '--resume', '--quiet', '--json', '--version', 'nn-train predict'])
      expect(help).toContain(flag);
    expect(widthOf(help)).toBeLessThanOrEqual(100);
  }
  for (const argv of [
    ['predict', '--help'],
    ['help', 'predict'],
  ]) {
    expect(helpOf(...argv)).toContain('--checkpoint');
    expect(widthOf(helpOf(...argv))).toBeLessThanOrEqual(100);
  }
  for (const argv of [
    ['sample', '--help'],
    ['help', 'sample'],
  ]) {
    expect(helpOf(...argv)).toContain('--temperature');
    expect(widthOf(helpOf(...argv))).toBeLessThanOrEqual(100);
  }
});

test('the version is that of the manifest', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(helpOf('--version').trim()).toBe(JSON.parse(manifest).version);
});

test('the library is loaded only after the command line was read', () => {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    for (const [, specifier] of source.matchAll(/^import (?!type )[^;]*?from '([^']+)';/gms)) {
      if (specifier!.startsWith('.')) visit(new URL(specifier!, new URL(file, import.meta.url)).href);
      else expect(specifier).toMatch(/^(node:|commander$)/);
    }
  };
  visit(new URL('./cli.ts', import.meta.url).href);
  expect(seen.size).toBeGreaterThan(4);
});
