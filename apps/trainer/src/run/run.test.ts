import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completeOptions } from '../options/training-options.ts';
import { CheckpointClock } from './checkpoint-clock.ts';
import { lockFolder, nameOf } from './lock.ts';
import { createRun, holdRun, latestRun } from './run-folder.ts';
import { checkSameData, type RunRecord, readRecord } from './run-record.ts';

const record: RunRecord = {
  options: completeOptions({ hidden: [3], checkpointEvery: { every: 5, unit: 'seconds' } }),
  data: { train: 9, valid: 3, mean: 0.1, std: 0.3, labels: 'abc' },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nn-trainer-'));
});
afterEach(() => rm(folder, { recursive: true }));

const create = (out: string): ReturnType<typeof createRun> => createRun({ out, name: 'name' }, record, '1.2.3');

describe('the folder of a run', () => {
  test('is made with all above it, and holds the record', async () => {
    const out = join(folder, 'a', 'b');
    const { release } = await create(out);
    expect((await readdir(out)).sort()).toEqual(['.lock', 'run.json']);
    expect(await readRecord(out)).toEqual(record);
    await release();
    expect(await readdir(out)).toEqual(['run.json']);
  });

  test('never takes the place of a run, nor of anything else', async () => {
    const { release } = await create(join(folder, 'a'));
    await release();
    await expect(create(join(folder, 'a'))).rejects.toThrow(/a holds a run already; go on with it by --resume/);
    await writeFile(join(folder, 'x'), '');
    await expect(create(folder)).rejects.toThrow(/isn't empty \(a …\); give an empty or a new folder as --out/);
    await expect(create(join(folder, 'x'))).rejects.toThrow(/x is a file; give a folder/);
    await expect(create(join(folder, 'x', 'y'))).rejects.toThrow(
      /can't make the folder .*y: a part of the path is no folder/,
    );
    expect((await readdir(folder)).sort()).toEqual(['a', 'x']);
  });

  test('may hold what a start that was killed has left', async () => {
    await writeFile(join(folder, '.run.json.77.tmp'), 'half');
    const { release } = await create(folder);
    await release();
    expect(await readdir(folder)).toEqual(['run.json']);
  });

  test.runIf(process.platform === 'linux')('that cannot be made is an error, not an endless search', async () => {
    await expect(create('/proc/x/y')).rejects.toThrow(/can't make the folder \/proc\/x\/y: no such file or folder/);
  });

  test('is held by one process', async () => {
    const path = join(folder, 'a');
    const { release } = await create(path);
    await expect(lockFolder(path)).resolves.toBeInstanceOf(Function); // by this very process
    await writeFile(join(path, '.lock'), (await nameOf(process.ppid))!);
    await expect(holdRun(path)).rejects.toThrow(
      new RegExp(`a is being written by process ${process.ppid}; wait until it ends`),
    );
    await release();
  });

  test.each([
    ['a process that is no more', '4194999'],
    ['another process that had the number before', `${process.ppid} 1`],
    ['a process that was killed while it wrote', ''],
    ['nothing that makes sense', 'x'],
  ])('is not held by %s', async (_, holder) => {
    const { path, release } = await create(join(folder, 'a'));
    await writeFile(join(path, '.lock'), holder);
    await (await holdRun(path)).release();
    await release();
    expect(await readdir(path)).toEqual(['run.json']);
  });

  test.runIf(process.platform === 'linux')(
    'is not held by a process that has ended and that nobody asks about',
    async () => {
      // The shell becomes another program, which never asks for the exit code of the one that it started before.
      const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
      const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
      await expect.poll(() => nameOf(pid)).toBe(null);
      expect(() => process.kill(pid, 0)).not.toThrow();
      parent.kill();
    },
  );
});

describe('runs without a folder of their own', () => {
  test('are numbered, and the last one written to is found again', async () => {
    const runs = join(folder, 'runs');
    const paths: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { path, release } = await createRun({ name: 'name', runs }, record, '1');
      paths.push(path);
      await release();
    }
    expect(paths).toEqual(['name-1', 'name-2', 'name-3'].map((name) => join(runs, name)));
    await mkdir(join(runs, 'empty'));
    for (const [i, path] of paths.entries()) await utimes(join(path, 'run.json'), 100 - i, 100 - i);
    expect(await latestRun(runs)).toBe(paths[0]);
    await writeFile(join(paths[1]!, 'metrics.jsonl'), '');
    expect(await latestRun(runs)).toBe(paths[1]);
  });

  test('none is there', async () => {
    await expect(latestRun(join(folder, 'runs'))).rejects.toThrow(
      /there is no run to resume in .*runs; give its folder: --resume DIR/,
    );
  });
});

describe('a record', () => {
  test('of no run', async () => {
    await expect(readRecord(join(folder, 'none'))).rejects.toThrow(/there is no run in .*none \(no run.json\)/);
  });

  test.each([
    ['{', /run.json is damaged: /],
    ['null', /run.json is damaged: there are no options in it/],
    ['[]', /run.json is damaged: there are no options in it/],
    ['{}', /damaged: there are no options in it/],
    [
      JSON.stringify({ options: { ...record.options, lr: -1 }, data: record.data }),
      /damaged: --lr: "-1" is not a number above 0/,
    ],
    [JSON.stringify({ ...record, data: {} }), /damaged: it doesn't say what the data were/],
  ])('%s is refused', async (text, message) => {
    await writeFile(join(folder, 'run.json'), text);
    await expect(readRecord(folder)).rejects.toThrow(message);
  });

  test('tells other data', () => {
    expect(() => checkSameData('r', record.data, { ...record.data })).not.toThrow();
    for (const key of Object.keys(record.data)) {
      expect(() => checkSameData('r', record.data, { ...record.data, [key]: 'other' })).toThrow(
        new RegExp(`the run in r was started with other data \\(${key} was .*, is other\\)`),
      );
    }
  });
});

describe('checkpoints are due', () => {
  test('by epochs', () => {
    const clock = new CheckpointClock({ every: 2, unit: 'epochs' });
    expect([clock.dueAtBatch(2), clock.dueAtEpoch(1, 2), clock.dueAtEpoch(2, 3)]).toEqual([false, false, true]);
  });

  test('by steps', () => {
    const clock = new CheckpointClock({ every: 3, unit: 'steps' });
    expect([clock.dueAtBatch(3), clock.dueAtBatch(4), clock.dueAtEpoch(1, 5), clock.dueAtEpoch(1, 6)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test('by seconds since the last', () => {
    const clock = new CheckpointClock({ every: 1e-9, unit: 'seconds' });
    expect([clock.dueAtBatch(1), clock.dueAtEpoch(1, 1)]).toEqual([true, true]);
    const slow = new CheckpointClock({ every: 1000, unit: 'seconds' });
    slow.saved();
    expect(slow.dueAtBatch(1)).toBe(false);
  });
});
