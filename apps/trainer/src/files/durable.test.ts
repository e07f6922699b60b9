import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Failure } from '../failure.ts';
import { removeFolderWhole, removeLeftovers, writeFileWhole, writeFolderWhole } from './durable.ts';

/** When set, what happens instead of writing a file's content. */
let failing: (() => never) | null = null;
vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof import('node:fs/promises')>();
  const open: typeof real.open = async (path, flags) => {
    const file = await real.open(path, flags);
    if (failing !== null) {
      const fail = failing;
      file.writeFile = async (content) => {
        await file.write((content as string).slice(0, 2));
        fail();
      };
    }
    return file;
  };
  return { ...real, open };
});

const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nn-trainer-'));
});
afterEach(async () => {
  failing = null;
  await rm(folder, { recursive: true });
});

const text = (...path: string[]): Promise<string> => readFile(join(folder, ...path), 'utf8');

test('a file, new and over an old one', async () => {
  await writeFileWhole(join(folder, 'a'), 'one');
  await writeFileWhole(join(folder, 'a'), 'two');
  expect(await readdir(folder)).toEqual(['a']);
  expect(await text('a')).toBe('two');
});

test('a full disk leaves the old file and nothing else', async () => {
  await writeFileWhole(join(folder, 'a'), 'one');
  failing = full;
  const attempt = writeFileWhole(join(folder, 'a'), 'two');
  await expect(attempt).rejects.toThrow(Failure);
  await expect(attempt).rejects.toThrow(/^can't write .*a: no space left on the disk \(ENOSPC\)$/);
  expect(await readdir(folder)).toEqual(['a']);
  expect(await text('a')).toBe('one');
});

test('a folder of files', async () => {
  await writeFolderWhole(
    join(folder, 'f'),
    new Map([
      ['a', Buffer.from('one')],
      ['b', Buffer.from('two')],
    ]),
  );
  expect([await readdir(folder), await text('f', 'a'), await text('f', 'b')]).toEqual([['f'], 'one', 'two']);
});

test('a full disk leaves no part of a folder', async () => {
  failing = full;
  await expect(writeFolderWhole(join(folder, 'f'), new Map([['a', Buffer.from('one')]]))).rejects.toThrow(/ENOSPC/);
  expect(await readdir(folder)).toEqual([]);
});

test('removing a folder', async () => {
  await writeFolderWhole(join(folder, 'f'), new Map([['a', Buffer.from('one')]]));
  await removeFolderWhole(join(folder, 'f'));
  expect(await readdir(folder)).toEqual([]);
});

test('what a killed process has left is swept away, and nothing else', async () => {
  await mkdir(join(folder, '.f.123.tmp'));
  await writeFile(join(folder, '.f.123.tmp', 'a'), 'half');
  for (const name of ['.a.9.tmp', '.other', 'a.tmp']) await writeFile(join(folder, name), '');
  await removeLeftovers(folder);
  expect((await readdir(folder)).sort()).toEqual(['.other', 'a.tmp']);
});
