/**
 * One process a run: a file that names the process which writes to a folder. A process that was killed leaves it behind; then it counts no more. Numbers of
 * processes come again, so where the system tells when a process was started, that is compared too.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explained, Failure } from '../failure.ts';

const lockFile = '.lock';

/** Takes a folder for this process. Returns what gives it free. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockFile);
  const own = await nameOf(process.pid);
  try {
    await writeFile(path, own!, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw explained(`can't write to ${folder}`, error);
    const holder = await readFile(path, 'utf8');
    const pid = Number.parseInt(holder, 10);
    if (holder !== own && (await nameOf(pid)) === holder) {
      throw new Failure(`${folder} is being written by process ${pid}; wait until it ends`);
    }
    await writeFile(path, own!).catch((failed: unknown) => {
      throw explained(`can't write to ${folder}`, failed);
    });
  }
  return () => rm(path, { force: true });
}

/** What tells a living process from all others, as far as the system says: `number time-of-start`. Null for one that is no more. */
export async function nameOf(pid: number): Promise<string | null> {
  if (!Number.isInteger(pid) || pid <= 0 || !isThere(pid)) return null;
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (status === null) return String(pid);
  // The second field, in parentheses, may hold anything; after it come the state and, 19 fields on, the time of the start (man 5 proc).
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  // A process that has ended stays in the table until its parent asks for its exit code, which some never do.
  const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
  return hasEnded ? null : `${pid} ${fields[19]}`;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
