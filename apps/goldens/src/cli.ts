#!/usr/bin/env node
/**
 * Runs a folder of reference cases on a backend and prints what agreed: `goldens --dir DIR [--backend NAME] [--threads N]
 * [--family F] [--json FILE] [--only ID-substring]`. Exit code 1 when a case failed, 2 when the command line made no sense.
 */

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { DocumentError, type GoldenCase } from './format/document.ts';
import { readFamilies } from './format/families.ts';
import { diskFolder } from './format/folder.ts';
import { type CaseResult, countFamilies, hasPassed } from './report/result.ts';
import { formatReport } from './report/text.ts';
import { UsageError } from './usage-error.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Options {
  readonly dir: string;
  readonly backend: string;
  readonly threads?: number;
  readonly family?: string;
  readonly only?: string;
  readonly json?: string;
}

function readOptions(argv: readonly string[]): Options {
  const command = new Command('goldens')
    .description('Runs reference cases made with PyTorch and reports which agree.')
    .requiredOption('--dir <folder>', 'folder of family files (.json)')
    .option('--backend <name>', 'backend to run on', 'reference')
    .option('--threads <n>', 'threads of the backend, where it has any', Number)
    .option('--family <name>', 'run one family only')
    .option('--only <text>', 'run only cases whose id contains this text')
    .option('--json <file>', 'also write the report as JSON')
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  return command.parse(argv as string[], { from: 'user' }).opts<Options>();
}

async function selectCases({ dir, family, only }: Options): Promise<GoldenCase[]> {
  const families = await readFamilies(diskFolder(resolve(dir)));
  const wanted = family === undefined ? families : families.filter((candidate) => candidate.family === family);
  if (wanted.length === 0) {
    throw new UsageError(`no family ${family} in ${dir}; there are ${families.map((each) => each.family).join(', ')}`);
  }
  const cases = wanted.flatMap((each) => each.cases).filter(({ id }) => only === undefined || id.includes(only));
  if (cases.length === 0) throw new UsageError(`no case whose id contains "${only}"`);
  return cases;
}

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  const cases = await selectCases(options);
  // The library is loaded only when there is something to run.
  const { useBackend } = await import('./run/backends.ts');
  const { runCase } = await import('./run/run-case.ts');
  await useBackend(options.backend, options.threads);
  const results: CaseResult[] = [];
  const folder = diskFolder(resolve(options.dir));
  for (const golden of cases) results.push(await runCase(golden, { folder }));
  if (options.json !== undefined) {
    await writeFile(
      options.json,
      `${JSON.stringify({ backend: options.backend, families: countFamilies(results), results }, null, 2)}\n`,
    );
  }
  console.log(formatReport(results));
  return results.every(hasPassed) ? 0 : EXIT_FAILED;
}

/** Mistakes of the user get one line; anything else is a defect of this program and keeps its stack. */
function reportError(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const isUsage = error instanceof CommanderError || error instanceof UsageError;
  const isInput = error instanceof DocumentError || isFileError(error);
  console.error(isUsage || isInput ? `goldens: ${(error as Error).message.replace(/^error: /, '')}` : error);
  return isUsage || isInput ? EXIT_USAGE : EXIT_FAILED;
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

process.exitCode = await main(process.argv.slice(2)).catch(reportError);
