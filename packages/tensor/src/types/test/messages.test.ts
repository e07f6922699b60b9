/**
 * Compiles the type tests with their expectations taken out: every wrong call must be reported, on the line after its comment,
 * in the words of the comment, and nothing else may be. Also counts the compiler's instantiations, which unlike times don't
 * vary from run to run.
 */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, test } from 'vitest';

/** What checking the type tests may cost. A change of more than ten per cent fails: lower it with pride, raise it with a reason. */
const instantiationBudget = 650_000;

const folder = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test-d.ts'))
  .map((name) => join(folder, name));
const directive = '// @ts-expect-error ';

/** The program of the type tests, their directives replaced by comments of the same length. */
function compile(): ts.Program {
  const config = ts.findConfigFile(folder, ts.sys.fileExists, 'tsconfig.json')!;
  const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(json, { ...ts.sys, readDirectory: () => [] }, dirname(config));
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  host.readFile = (name) => {
    const text = readFile(name);
    return name.endsWith('.test-d.ts') ? text?.replaceAll(directive, '//'.padEnd(directive.length)) : text;
  };
  return ts.createProgram(files, options, host);
}

interface Message {
  readonly line: number;
  readonly text: string;
}

function messagesOf(program: ts.Program, name: string): Message[] {
  const source = program.getSourceFile(name)!;
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    .map(({ start, messageText }) => ({
      line: source.getLineAndCharacterOfPosition(start!).line + 1,
      text: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }))
    .sort((a, b) => a.line - b.line);
}

/** The lines that must fail, and the words to expect there. */
const expectationsOf = (name: string): Message[] =>
  ts.sys
    .readFile(name)!
    .split('\n')
    .flatMap((line, i) =>
      line.trim().startsWith(directive) ? [{ line: i + 2, text: line.trim().slice(directive.length) }] : [],
    );

describe('the type tests', () => {
  let reported: Map<string, Message[]>;
  let instantiations: number;

  beforeAll(() => {
    const program = compile();
    reported = new Map(files.map((name) => [name, messagesOf(program, name)]));
    instantiations = program.getInstantiationCount();
  }, 120_000);

  test.each(files.map((path) => ({ name: path.slice(folder.length + 1), path })))('$name', ({ path }) => {
    const expected = expectationsOf(path);
    const found = reported.get(path)!;
    expect(found.map(({ line, text }) => ({ line, text: expected.some((e) => e.line === line) ? '' : text }))).toEqual(
      expected.map(({ line }) => ({ line, text: '' })),
    );
    for (const [i, { line, text }] of expected.entries())
      expect({ line, text: found[i]!.text }).toEqual({ line, text: expect.stringContaining(text) });
  });

  test('stay within ten per cent of their budget of instantiations', () => {
    expect(instantiations / instantiationBudget).toBeGreaterThan(0.9);
    expect(instantiations / instantiationBudget).toBeLessThan(1.1);
  });
});
