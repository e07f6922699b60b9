/**
 * `metrics.jsonl`: one JSON object a line, added as training goes on. A run that is resumed takes back the lines that its checkpoint doesn't know of, so that each
 * measurement is there once.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { explained } from '../failure.ts';
import { writeFileWhole } from '../files/durable.ts';
import type { Metrics } from '../training/metrics.ts';

export class MetricsFile {
  readonly #path: string;
  readonly #descriptor: number;
  /** All lines of the run. */
  readonly lines: Metrics[];

  private constructor(path: string, descriptor: number, lines: Metrics[]) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.lines = lines;
  }

  /** Opens the file, or makes it, with the lines that were measured up to a step, and the epochs up to one. */
  static async open(path: string, upTo: { readonly step: number; readonly epoch: number }): Promise<MetricsFile> {
    const text = readIfThere(path);
    const lines = text
      .split('\n')
      .flatMap(parseLine)
      .filter((line) => (line.type === 'epoch' ? line.epoch <= upTo.epoch : line.step <= upTo.step));
    const kept = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (kept !== text) await writeFileWhole(path, kept);
    try {
      return new MetricsFile(path, openSync(path, 'a'), lines);
    } catch (error) {
      throw explained(`can't write ${path}`, error);
    }
  }

  append(line: Metrics): void {
    this.#guard(() => {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    });
    this.lines.push(line);
  }

  /** Waits until all lines are on the disk. */
  flush(): void {
    this.#guard(() => fdatasyncSync(this.#descriptor));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw explained(`can't write ${this.#path}`, error);
    }
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw explained(`can't read ${path}`, error);
  }
}

/** A line, or nothing for one that was cut off when the process was killed. */
function parseLine(text: string): Metrics[] {
  try {
    const line = JSON.parse(text) as Metrics | null;
    return line?.type === 'step' || line?.type === 'epoch' ? [line] : [];
  } catch {
    return [];
  }
}
