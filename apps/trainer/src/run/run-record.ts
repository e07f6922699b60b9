/** `run.json`: what a run was asked for, and the fingerprint of its data, so that it can be resumed as it was. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explained, Failure } from '../failure.ts';
import { restoreOptions, type TrainingOptions } from '../options/training-options.ts';
import type { Fingerprint } from '../training/task.ts';

const recordFile = 'run.json';

export interface RunRecord {
  readonly options: TrainingOptions;
  readonly data: Fingerprint;
}

export const recordPath = (run: string): string => join(run, recordFile);

export const encodeRecord = ({ options, data }: RunRecord, version: string): string =>
  `${JSON.stringify({ program: 'nn-train', version, options, data }, null, 2)}\n`;

/** Reads a run's record; its options are checked like those of the command line. */
export async function readRecord(run: string): Promise<RunRecord> {
  const path = recordPath(run);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    throw missing
      ? new Failure(`there is no run in ${run} (no ${recordFile}); give the folder that a run was written to`)
      : explained(`can't read ${path}`, error);
  });
  try {
    const record = JSON.parse(text) as { options?: unknown; data?: unknown } | null;
    return { options: restoreOptions(record?.options), data: restoreFingerprint(record?.data) };
  } catch (error) {
    throw new Failure(`${path} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

function restoreFingerprint(value: unknown): Fingerprint {
  const facts = Object.values((value ?? {}) as object);
  if (facts.length === 0 || !facts.every((fact) => typeof fact === 'number' || typeof fact === 'string')) {
    throw new Failure("it doesn't say what the data were");
  }
  return value as Fingerprint;
}

/** Refuses data that aren't those that a run was started with. */
export function checkSameData(run: string, was: Fingerprint, is: Fingerprint): void {
  const differs = Object.keys(is).find((key) => was[key] !== is[key]);
  if (differs !== undefined) {
    throw new Failure(
      `the run in ${run} was started with other data (${differs} was ${was[differs]}, is ${is[differs]}); put the old files back, or start another run`,
    );
  }
}
