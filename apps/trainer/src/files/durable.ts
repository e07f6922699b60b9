/**
 * Files and folders that are there whole or not at all, whatever happens in between: written under a temporary name beside their place, flushed to the disk, and
 * moved there by one rename. Knows nothing of what is in them.
 */
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explained } from '../failure.ts';

const suffix = '.tmp';

/** What a name is written under until it is whole. */
const temporaryName = (path: string): string => join(dirname(path), `.${basename(path)}.${process.pid}${suffix}`);

/** Writes a file, or leaves the one that is there as it was. */
export async function writeFileWhole(path: string, content: Uint8Array | string): Promise<void> {
  await replace(path, (temporary) => writeFlushed(temporary, content));
}

/** Writes a new folder of files, by name. There must be none of that name. */
export async function writeFolderWhole(path: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await replace(path, async (temporary) => {
    await mkdir(temporary);
    for (const [name, content] of files) await writeFlushed(join(temporary, name), content);
    await flushFolder(temporary);
  });
}

/** Removes a folder so that its name never stands for a part of it. */
export async function removeFolderWhole(path: string): Promise<void> {
  const away = temporaryName(path);
  try {
    await rename(path, away);
    await rm(away, { recursive: true, force: true });
  } catch (error) {
    throw explained(`can't remove ${path}`, error);
  }
}

/** Removes what interrupted writes have left behind in a folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('.') && name.endsWith(suffix)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function replace(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await write(temporary);
    await rename(temporary, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {
      // The error that matters is the one that brought us here.
    });
    throw explained(`can't write ${path}`, error);
  }
}

async function writeFlushed(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is on the disk when its folder is. Windows can't flush folders. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
