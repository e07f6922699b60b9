/** The side that asks: starts a player's process, sends questions, reads answers. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Answer, Greeting, Question } from './protocol.ts';

/** A process that is not there any more: what it said last. */
export class PlayerGone extends Error {
  override readonly name = 'PlayerGone';
}

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Bytes of the process's complaints that are kept for the case that it dies. */
const keptComplaints = 2000;

export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  readonly #end: Promise<void>;
  #complaints = '';
  #gone: PlayerGone | null = null;

  constructor({ command, args, env }: Start) {
    this.#process = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#lines.on('line', (line) => {
      // Libraries print greetings of their own; an answer is an object.
      if (line.startsWith('{')) this.#waiting.shift()?.resolve(line);
    });
    this.#process.stderr.on('data', (text: Buffer) => {
      this.#complaints = (this.#complaints + text.toString()).slice(-keptComplaints);
    });
    // Writing to a process that has ended is told by its end.
    this.#process.stdin.on('error', () => {});
    this.#end = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#gone ??= new PlayerGone(reason);
        for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
        resolve();
      };
      this.#process.on('error', (error) => end(error.message));
      this.#process.on('close', (code, signal) => {
        const said = this.#complaints.trim().split('\n').at(-1) ?? '';
        end(`the process ended (${signal ?? `exit code ${code}`})${said === '' ? '' : `: ${said}`}`);
      });
    });
  }

  /** The first line. */
  async greeting(): Promise<Greeting> {
    return JSON.parse(await this.#next()) as Greeting;
  }

  async ask(question: Question): Promise<Answer> {
    const answer = this.#next();
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await answer) as Answer;
  }

  /** Ends the process, at once if it is computing; once it has ended, nothing. */
  async close(): Promise<void> {
    const { stdin } = this.#process;
    if (this.#waiting.length > 0) this.#process.kill('SIGKILL');
    else stdin.end();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 2000);
    await this.#end;
    clearTimeout(late);
    this.#lines.close();
  }

  #next(): Promise<string> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
