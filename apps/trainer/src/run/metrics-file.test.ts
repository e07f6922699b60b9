import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Metrics } from '../training/metrics.ts';
import { MetricsFile } from './metrics-file.ts';

/** Whether writing takes a few bytes and then fails. */
let isFull = false;
vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>();
  const writeSync = (descriptor: number, bytes: Buffer, at: number): number => {
    if (!isFull) return real.writeSync(descriptor, bytes, at);
    if (at === 0) return real.writeSync(descriptor, bytes, at, 5);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  };
  return { ...real, writeSync };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nn-trainer-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('metrics.jsonl', () => {
  const step = (n: number): Metrics => ({
    type: 'step',
    epoch: Math.ceil(n / 10),
    step: n,
    loss: 1 / n,
    accuracy: 0.5,
    seconds: n,
  });
  const epoch = (n: number): Metrics => ({
    type: 'epoch',
    epoch: n,
    step: 10 * n,
    trainLoss: 1,
    trainAccuracy: 0,
    validLoss: 1,
    validAccuracy: 0,
    seconds: n,
  });
  const path = (): string => join(folder, 'metrics.jsonl');
  const written = async (): Promise<unknown[]> =>
    (await readFile(path(), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('grows line by line', async () => {
    const file = await MetricsFile.open(path(), { step: 0, epoch: 0 });
    for (const line of [step(5), step(10), epoch(1)]) file.append(line);
    file.flush();
    file.close();
    expect(await written()).toEqual([step(5), step(10), epoch(1)]);
    expect(file.lines).toEqual([step(5), step(10), epoch(1)]);
  });

  test('takes back what a checkpoint does not know of, and lines that were cut off', async () => {
    const text = [step(5), step(10), epoch(1), step(15), step(20)].map((line) => JSON.stringify(line)).join('\n');
    await writeFile(path(), `${text}\nnull\n{"type":"st`);
    const file = await MetricsFile.open(path(), { step: 15, epoch: 1 });
    expect(file.lines).toEqual([step(5), step(10), epoch(1), step(15)]);
    file.append(step(20));
    file.close();
    expect(await written()).toEqual([step(5), step(10), epoch(1), step(15), step(20)]);
    // At the last step of an epoch that hasn't been judged yet.
    const again = await MetricsFile.open(path(), { step: 10, epoch: 0 });
    again.close();
    expect(again.lines).toEqual([step(5), step(10)]);
  });

  test('leaves out lines that are not its own, and knows losses that JSON has no number for', async () => {
    const { accuracy: _, ...lacking } = step(5) as object as Record<string, unknown>;
    const lines = [
      lacking,
      { ...step(6), loss: 'low' },
      { ...epoch(1), type: 'day' },
      [],
      { ...epoch(1), validLoss: NaN },
    ];
    await writeFile(path(), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const file = await MetricsFile.open(path(), { step: 10, epoch: 1 });
    file.close();
    expect(file.lines).toEqual([{ ...epoch(1), validLoss: Number.NaN }]);
    expect(await written()).toEqual([{ ...epoch(1), validLoss: null }]);
  });

  test('goes back to a point, and on from there', async () => {
    const file = await MetricsFile.open(path(), { step: 0, epoch: 0 });
    for (const line of [step(5), step(10), epoch(1), step(15)]) file.append(line);
    await file.rewind({ step: 15, epoch: 1 });
    expect(file.lines).toEqual([step(5), step(10), epoch(1), step(15)]);
    await file.rewind({ step: 10, epoch: 0 });
    expect(await written()).toEqual([step(5), step(10)]);
    file.append(epoch(1));
    file.flush();
    file.close();
    expect(await written()).toEqual([step(5), step(10), epoch(1)]);
    expect(file.lines).toEqual([step(5), step(10), epoch(1)]);
  });

  test('that cannot be written is an error', async () => {
    await expect(MetricsFile.open(join(folder, 'none', 'm'), { step: 0, epoch: 0 })).rejects.toThrow(
      /can't write .*m: no such file or folder/,
    );
    await expect(MetricsFile.open(folder, { step: 0, epoch: 0 })).rejects.toThrow(/can't read .*: it is a folder/);
  });

  test('on a full disk says so', async () => {
    const file = await MetricsFile.open(path(), { step: 0, epoch: 0 });
    file.append(step(1));
    isFull = true;
    expect(() => file.append(step(2))).toThrow(/can't write .*metrics.jsonl: no space left on the disk \(ENOSPC\)/);
    isFull = false;
    file.close();
    // Half a line is there now; the next run takes it back.
    const again = await MetricsFile.open(path(), { step: 1, epoch: 0 });
    again.close();
    expect(await written()).toEqual([step(1)]);
  });
});
