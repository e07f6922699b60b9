/** One process a run: a file that names the process which writes to a folder. A process that was killed leaves it behind; then it counts no more. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explained, Failure } from '../failure.ts';

const lockFile = '.lock';

/** Takes a folder for this process. Returns what gives it free. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockFile);
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw explained(`can't write to ${folder}`, error);
    const holder = Number(await readFile(path, 'utf8'));
    if (holder !== process.pid && isAlive(holder)) {
      throw new Failure(
        `${folder} is being written by process ${holder}; wait until it ends (or delete ${path} if that is another program)`,
      );
    }
    await writeFile(path, String(process.pid)).catch((failed: unknown) => {
      throw explained(`can't write to ${folder}`, failed);
    });
  }
  return () => rm(path, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
