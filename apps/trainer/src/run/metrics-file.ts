/**
 * `metrics.jsonl`: one JSON object a line, added as training goes on. A run that is resumed, or goes back to a snapshot, takes back the lines that were measured after that
 * point, so that each measurement is there once.
 */
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { explained } from '../failure.ts';
import { writeFileWhole } from '../files/durable.ts';
import type { Metrics } from '../training/metrics.ts';

/** A point in a run: whole epochs, and batches over all epochs. */
export interface Point {
  readonly epoch: number;
  readonly step: number;
}

export class MetricsFile {
  readonly #path: string;
  #descriptor: number;
  #lines: Metrics[];

  private constructor(path: string, descriptor: number, lines: Metrics[]) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#lines = lines;
  }

  /** Opens the file, or makes it, with the lines that were measured up to a point. */
  static async open(path: string, upTo: Point): Promise<MetricsFile> {
    const text = readIfThere(path);
    const lines = linesUpTo(upTo, text.split('\n').flatMap(parseLine));
    const kept = textOf(lines);
    if (kept !== text) await writeFileWhole(path, kept);
    return new MetricsFile(path, openToAppend(path), lines);
  }

  /** All lines of the run. */
  get lines(): readonly Metrics[] {
    return this.#lines;
  }

  append(line: Metrics): void {
    this.#guard(() => {
      const bytes = Buffer.from(textOf([line]));
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    });
    this.#lines.push(line);
  }

  /** Takes back what was measured after a point. */
  async rewind(upTo: Point): Promise<void> {
    const kept = linesUpTo(upTo, this.#lines);
    if (kept.length === this.#lines.length) return;
    await writeFileWhole(this.#path, textOf(kept));
    // The name stands for another file now.
    const descriptor = openToAppend(this.#path);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#lines = kept;
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

const textOf = (lines: readonly Metrics[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const linesUpTo = ({ epoch, step }: Point, lines: readonly Metrics[]): Metrics[] =>
  lines.filter((line) => (line.type === 'epoch' ? line.epoch <= epoch : line.step <= step));

function openToAppend(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw explained(`can't write ${path}`, error);
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

const fields: { readonly [Type in Metrics['type']]: readonly string[] } = {
  step: ['epoch', 'step', 'loss', 'accuracy', 'seconds'],
  epoch: ['epoch', 'step', 'trainLoss', 'trainAccuracy', 'validLoss', 'validAccuracy', 'seconds'],
};

/** A line, or nothing for one that was cut off when the process was killed, or isn't one of ours. */
function parseLine(text: string): Metrics[] {
  let line: Record<string, unknown> | null;
  try {
    line = JSON.parse(text);
  } catch {
    return [];
  }
  const type = line?.['type'];
  if (line === null || (type !== 'step' && type !== 'epoch')) return [];
  // JSON has no other word for what is no number, as a loss that has diverged.
  const values = fields[type].map((name) => [name, line[name] === null ? Number.NaN : line[name]] as const);
  return values.every(([, value]) => typeof value === 'number')
    ? [{ ...line, ...Object.fromEntries(values) } as unknown as Metrics]
    : [];
}
