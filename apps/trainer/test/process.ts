/** Runs the command line as a process of its own, in a temporary folder. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from './build.ts';

/** How a process ended. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export class Workplace {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'nn-trainer-'));

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Starts the program; `line` is its arguments, with spaces between them. `shell` runs before it in a shell. */
  start(line: string, shell?: string): ChildProcessWithoutNullStreams {
    // Nothing of this process decides about colours, CI included.
    const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env;
    // Compiled code is kept from one process to the next.
    const env = { ...inherited, NODE_COMPILE_CACHE: this.path('compiled') };
    const command = [process.execPath, program, ...line.split(' ').filter((word) => word !== '')];
    const [first, ...rest] =
      shell === undefined ? command : ['bash', '-c', `${shell} && exec "$@"`, 'bash', ...command];
    return spawn(first!, rest, { cwd: this.folder, env });
  }

  run(line: string, shell?: string): Promise<Outcome> {
    return outcomeOf(this.start(line, shell));
  }

  /** The lines of a run's metrics, without the time that it took. */
  metrics(run: string): object[] {
    return jsonLines(readFileSync(this.path(run, 'metrics.jsonl'), 'utf8')).map((line) => ({ ...line, seconds: 0 }));
  }

  checkpoints(run: string): string[] {
    return readdirSync(this.path(run)).filter((name) => name.startsWith('checkpoint-'));
  }

  /** The bytes of a run's weights and of its optimiser's memory. */
  weights(run: string): Buffer[] {
    const [checkpoint] = this.checkpoints(run);
    return ['model.safetensors', 'optimizer.safetensors'].map((file) =>
      readFileSync(this.path(run, checkpoint!, file)),
    );
  }

  list(run: string): string[] {
    return readdirSync(this.path(run)).sort();
  }
}

/** What a process prints, until it ends. */
export function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out, err })));
}

export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
