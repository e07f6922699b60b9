#!/usr/bin/env node
/** `nn-bench`: reads the command line, runs, shows and writes what was found, and turns what went wrong into one line and an exit code. */
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { readCommandLine } from './command-line.ts';
import { explained, Failure, isSystemError, oneLine } from './failure.ts';

/** A reader that has gone away (`nn-bench | head`, a terminal that was closed) is no reason to lose a run: what matters is in its files. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw explained(`can't write ${file}`, error);
  }
}

/** What can't be written is better known before minutes of measuring. What is in the file stays until there is something new. */
function checkWritable(file: string): void {
  const isNew = !existsSync(file);
  try {
    closeSync(openSync(file, 'a'));
    if (isNew) rmSync(file);
  } catch (error) {
    throw explained(`can't write ${file}`, error);
  }
}

async function main(): Promise<number> {
  const options = readCommandLine(process.argv.slice(2));
  if (options === null) return 0;
  const { asksForBundles, select } = await import('./cases/index.ts');
  const chosen = select(options.filter, options);
  const weighs = asksForBundles(options.filter);
  if (chosen.length === 0 && !weighs) {
    throw new Failure(`no case has ${options.filter.join(' or ')} in its name; --list names them all`);
  }
  if (options.list) {
    const bundles = { group: 'bytes', id: 'bundle', title: 'of the program that trains 784-50-10' };
    const rows = [...chosen, ...(weighs ? [bundles] : [])].map(
      ({ group, id, title }) => `${group.padEnd(12)} ${id.padEnd(36)} ${title}`,
    );
    process.stdout.write(`${rows.join('\n')}\n`);
    return 0;
  }
  const { readResults } = await import('./compare/read.ts');
  for (const file of [options.json, options.html]) if (file !== null) checkWritable(file);
  // Read first, for the same reason, and because it may be the one that is written.
  const before = options.compare === null ? null : readResults(options.compare);
  if (before !== null && !before.cases.some(({ id }) => chosen.some((one) => one.id === id))) {
    throw new Failure(`${options.compare} has none of the cases that are asked for; compare runs of the same cases`);
  }
  const bits = before?.machine?.vectors ?? 128;
  if (before !== null && bits !== options.vectors) {
    throw new Failure(
      `${options.compare} was measured with vectors of ${bits} bits, not ${options.vectors}; add --vectors ${bits}, or measure again`,
    );
  }
  const { run } = await import('./run/run.ts');
  const { Interrupt } = await import('./interrupt.ts');
  const { Progress } = await import('./progress.ts');
  const interrupt = new Interrupt();
  const progress = new Progress(process.stderr);
  const results = await run(options, { abort: interrupt.abort, progress: progress.show });
  progress.end();
  const ours = results.players.filter(({ role }) => role === 'ours');
  if (ours.length > 0 && ours.every(({ isAbsent }) => isAbsent)) {
    throw new Failure(ours.map(({ name, about }) => `${name}: ${about}`).join('; '));
  }
  const { renderComparison, renderResults } = await import('./report/terminal.ts');
  const { compareResults, regressions } = await import('./compare/compare.ts');
  const { wrongOnes } = await import('./report/rows.ts');
  process.stdout.write(renderResults(results));
  const comparison = before === null ? null : compareResults(before, results);
  if (comparison !== null) process.stdout.write(`\n${renderComparison(comparison, options.compare!)}\n`);
  if (options.json !== null) write(options.json, `${JSON.stringify(results, null, 1)}\n`);
  if (options.html !== null) {
    const { renderReport } = await import('./report/html.ts');
    write(options.html, renderReport(results, comparison));
  }
  if (interrupt.isRequested) return interrupt.exitCode;
  if (comparison !== null && comparison.changes.length === 0) {
    throw new Failure(
      `nothing of ours was measured both in ${options.compare} and now; compare runs of the same cases`,
    );
  }
  const isWorse = comparison !== null && regressions(comparison).length > 0;
  return wrongOnes(results).length > 0 || isWorse ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isKnown = error instanceof Failure || isSystemError(error);
  const text = isKnown
    ? oneLine(error as Error)
    : `a mistake in this program, please report it: ${(error as Error).stack ?? String(error)}`;
  process.stderr.write(`nn-bench: ${text}\n`);
  process.exitCode = isKnown ? 2 : 1;
}
