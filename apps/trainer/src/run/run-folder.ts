/**
 * The folder of a run: `run.json`, `metrics.jsonl`, one `checkpoint-…` folder, and `report.html` at the end. Made for a new run, where it never takes the place of
 * something that is there, or found again for one that is resumed. Knows nothing of training.
 */
import { mkdir, readdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { listCheckpoints } from '../checkpoint/checkpoint-folder.ts';
import { explained, Failure } from '../failure.ts';
import { removeLeftovers, writeFileWhole } from '../files/durable.ts';
import { lockFolder } from './lock.ts';
import { encodeRecord, type RunRecord, recordPath } from './run-record.ts';

/** Where runs go that were given no folder, below the current one. */
export const runsFolder = 'nn-runs';

export const metricsPath = (run: string): string => join(run, 'metrics.jsonl');
export const reportPath = (run: string): string => join(run, 'report.html');

/** A folder that belongs to this process until `release`. */
export interface HeldRun {
  readonly path: string;
  readonly release: () => Promise<void>;
}

/** Where a new run goes: a folder, or a numbered one of a name among the others. */
export interface RunPlace {
  readonly out?: string | undefined;
  readonly name: string;
  /** Where the numbered ones are; `nn-runs`. */
  readonly runs?: string;
}

/** Makes the folder of a new run: the given one, which must be empty or not be there, or the next free `nn-runs/NAME-1`, `-2` … */
export async function createRun(
  { out, name, runs = runsFolder }: RunPlace,
  record: RunRecord,
  version: string,
): Promise<HeldRun> {
  const path = out ?? (await claimNumbered(runs, name));
  if (out !== undefined) await makeFolder(out);
  const release = await lockFolder(path);
  try {
    await refuseOccupied(path);
    await removeLeftovers(path);
    await recordRun(path, record, version);
  } catch (error) {
    await release();
    // A folder that was made for this run alone goes with it.
    if (out === undefined) await rmdir(path).catch(() => {});
    throw error;
  }
  return { path, release };
}

/** Takes the folder of a run to go on in. */
export async function holdRun(path: string): Promise<HeldRun> {
  const release = await lockFolder(path);
  try {
    await removeLeftovers(path);
  } catch (error) {
    await release();
    throw error;
  }
  return { path, release };
}

/** Records what a run in a folder that is held is asked for from now on. */
export const recordRun = (path: string, record: RunRecord, version: string): Promise<void> =>
  writeFileWhole(recordPath(path), encodeRecord(record, version));

/** The run that was written to last, of those that were given no folder. */
export async function latestRun(runs: string = runsFolder): Promise<string> {
  const names = await readdir(runs).catch(() => []);
  let latest = { path: '', at: Number.NEGATIVE_INFINITY };
  for (const name of names) {
    const path = join(runs, name);
    const at = await writtenAt(path);
    if (at > latest.at) latest = { path, at };
  }
  if (latest.path === '') throw new Failure(`there is no run to resume in ${runs}; give its folder: --resume DIR`);
  return latest.path;
}

async function writtenAt(run: string): Promise<number> {
  for (const path of [metricsPath(run), recordPath(run)]) {
    const found = await stat(path).catch(() => null);
    if (found !== null) return found.mtimeMs;
  }
  return Number.NEGATIVE_INFINITY;
}

async function makeFolder(path: string): Promise<void> {
  await makeFolders(path).catch((error: unknown) => {
    throw explained(`can't make the folder ${path}`, error);
  });
}

/** As `mkdir -p`. Node's own never ends where nothing can be made below a folder that is there, as in /proc. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      if ((await stat(path)).isDirectory()) return;
      throw new Failure(`${path} is a file; give a folder as --out`);
    }
    if (code !== 'ENOENT') throw error;
    await makeFolders(dirname(resolve(path)));
    await mkdir(path);
  }
}

/** Making a folder fails when it is there, so that two runs that start at once never share one. */
async function claimNumbered(parent: string, name: string): Promise<string> {
  await makeFolder(parent);
  for (let number = 1; ; number++) {
    const path = join(parent, `${name}-${number}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw explained(`can't make the folder ${path}`, error);
    }
  }
}

/** A folder may hold nothing but what a start that failed has left in it. */
async function refuseOccupied(path: string): Promise<void> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('.'));
  if (names.length === 0) return;
  const isRun = names.includes('run.json') || (await listCheckpoints(path)).length > 0;
  throw new Failure(
    isRun
      ? `${path} holds a run already; go on with it by --resume ${path}, or give another --out`
      : `${path} isn't empty (${names[0]}${names.length > 1 ? ' …' : ''}); give an empty or a new folder as --out`,
  );
}
