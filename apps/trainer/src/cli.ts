#!/usr/bin/env node
/**
 * `nn-train`: reads the command line, runs a command, and turns what went wrong into one line and an exit code: 0 done, 2 something that the user can put right,
 * 128 + n stopped by signal n, 1 a mistake in this program.
 */
import { readCommandLine } from './command-line.ts';
import { Failure, isSystemError, oneLine } from './failure.ts';

/** A reader that has gone away (`nn-train | head`, a terminal that was closed) is no reason to lose a run: what matters is in its folder. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

async function main(): Promise<number> {
  const request = readCommandLine(process.argv.slice(2));
  switch (request.command) {
    case 'train':
      return (await import('./commands/train.ts')).runTrain(request.args);
    case 'predict':
      return (await import('./commands/predict.ts')).runPredict(request.args);
    case 'sample':
      return (await import('./commands/sample.ts')).runSample(request.args);
    case 'none':
      return 0;
  }
}

/** Whether an error is one that a user can do something about. */
async function isExplained(error: unknown): Promise<boolean> {
  if (error instanceof Failure || isSystemError(error)) return true;
  const { NnError } = await import('@nn/backend');
  return error instanceof NnError;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (await isExplained(error)) {
    process.stderr.write(`nn-train: ${oneLine(error as Error)}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(
      `nn-train: a mistake in this program, please report it: ${(error as Error).stack ?? String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
