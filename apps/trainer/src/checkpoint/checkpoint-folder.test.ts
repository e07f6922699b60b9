import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listCheckpoints, readCheckpointFile, saveCheckpoint } from './checkpoint-folder.ts';

let run: string;
beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'nn-trainer-'));
});
afterEach(() => rm(run, { recursive: true }));

const files = (content: string): Map<string, Uint8Array> => new Map([['a', Buffer.from(content)]]);

test('the new one takes the place of those before it', async () => {
  await saveCheckpoint(run, 5, files('five'));
  const path = await saveCheckpoint(run, 10, files('ten'));
  expect(await listCheckpoints(run)).toEqual([{ step: 10, path }]);
  expect(await readdir(run)).toEqual(['checkpoint-00000010']);
  expect(Buffer.from(await readCheckpointFile(path, 'a')).toString()).toBe('ten');
});

test('the newest comes first, whatever else lies there', async () => {
  for (const name of [
    'checkpoint-00000009',
    'checkpoint-00000100',
    'checkpoint-123456789',
    'checkpoint-x',
    '.checkpoint-00000200.1.tmp',
  ]) {
    await mkdir(join(run, name));
  }
  expect((await listCheckpoints(run)).map(({ step }) => step)).toEqual([123456789, 100, 9]);
});

test('a step that is there is left as it is', async () => {
  await saveCheckpoint(run, 5, files('five'));
  const path = await saveCheckpoint(run, 5, files('other'));
  expect(Buffer.from(await readCheckpointFile(path, 'a')).toString()).toBe('five');
});

test('when writing fails the one before stays', async () => {
  const path = await saveCheckpoint(run, 5, files('five'));
  // A name in a folder that isn't there can't be written.
  await expect(saveCheckpoint(run, 6, new Map([['no/a', Buffer.from('six')]]))).rejects.toThrow(
    /can't write .*checkpoint-00000006: no such file/,
  );
  expect(await readdir(run)).toEqual(['checkpoint-00000005']);
  expect(Buffer.from(await readCheckpointFile(path, 'a')).toString()).toBe('five');
});

test('a run that is gone is named', async () => {
  const gone = join(run, 'gone');
  for (const attempt of [listCheckpoints(gone), saveCheckpoint(gone, 5, files('five'))]) {
    await expect(attempt).rejects.toThrow(/^can't read .*gone: no such file or folder \(ENOENT\)$/);
  }
});

test('a file that is missing is named', async () => {
  await writeFile(join(run, 'x'), '');
  await expect(readCheckpointFile(run, 'model')).rejects.toThrow(
    /can't read .*model: no such file or folder \(ENOENT\)/,
  );
});
