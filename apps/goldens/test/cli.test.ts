/** The command line as a user meets it: what is printed last, and with which code it exits. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../src/cli.ts');
let folder: string;

const adding = (id: string, result: number): string =>
  JSON.stringify({
    id,
    op: 'torch.add',
    inputs: ['input', 'other'].map((name) => ({ name, dtype: 'float32', shape: [1], data: [1] })),
    attrs: {},
    outputs: [{ dtype: 'float32', shape: [1], data: [result] }],
    tolerance: { rtol: 0, atol: 0 },
  });

const family = (name: string, ...cases: readonly string[]): void =>
  writeFileSync(join(folder, `${name}.json`), `{"family": "${name}", "cases": [${cases.join(', ')}]}`);

function run(...args: readonly string[]): { code: number | null; output: string; errors: string } {
  const result = spawnSync(process.execPath, ['--conditions=@nn/source', program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: result.status, output: result.stdout.trimEnd(), errors: result.stderr.trimEnd() };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'goldens-'));
  family('right', adding('right/add/01', 2));
  family(
    'wrong',
    adding('wrong/add/01', 2),
    adding('wrong/add/02', 3),
    '{"id": "wrong/x/01", "op": "torch.unheard_of"}',
  );
  family('told', '{"id": "told/program/01", "op": "program", "attrs": {"code": "x = 1"}, "expected": {"x": 1}}');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('goldens', () => {
  it('ends with the count, and with code 0 when all cases pass', () => {
    const { code, output } = run('--dir', folder, '--family', 'right');
    expect(output.split('\n').at(-1)).toBe('1 passed, 0 failed');
    expect(code).toBe(0);
  });

  it('counts unmapped ops and untranslated programs as failures, and lists them with their reasons', () => {
    const { code, output } = run('--dir', folder);
    expect(output.split('\n').at(-1)).toBe('2 passed, 3 failed');
    expect(output).toContain('wrong/add/02 torch.add (largest error 1.00)\n    output: at [0]: 2, expected 3');
    expect(output).toContain('wrong/x/01 torch.unheard_of\n    MissingError: no mapping for torch.unheard_of');
    expect(output).toMatch(/Programs without a translation:\n {2}told\/program\/01/);
    expect(code).toBe(1);
  });

  it('runs only the cases whose id contains a text, and writes the report as JSON', () => {
    const file = join(folder, 'report.txt');
    const { output } = run('--dir', folder, '--only', 'add/01', '--json', file);
    expect(output.split('\n').at(-1)).toBe('2 passed, 0 failed');
    const report = JSON.parse(readFileSync(file, 'utf8'));
    expect(report.families).toEqual([
      { family: 'right', passed: 1, failed: 0, untranslated: 0 },
      { family: 'wrong', passed: 1, failed: 0, untranslated: 0 },
    ]);
    expect(report.results[0]).toMatchObject({ id: 'right/add/01', status: 'passed', largestError: 0 });
  });

  it.each([
    ['no folder', [], "required option '--dir <folder>' not specified"],
    ['a folder that does not exist', ['--dir', 'nowhere'], 'no such file or directory'],
    ['a folder without families', ['--dir', import.meta.dirname], 'no .json files'],
    ['a family that does not exist', ['--family', 'f'], 'no family f in'],
    ['an unknown option', ['--dir', '.', '--verbose'], "unknown option '--verbose'"],
    ['an unknown backend', ['--backend', 'abacus'], 'there is no package @nn/backend-abacus'],
    ['a text that no id contains', ['--only', 'nothing'], 'no case whose id contains "nothing"'],
  ])('refuses %s in one line, with code 2', (_, args, message) => {
    const given = args.includes('--dir') || args.length === 0 ? args : ['--dir', folder, ...args];
    const { code, errors } = run(...given);
    expect(errors).toContain(message);
    expect(errors.split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});
