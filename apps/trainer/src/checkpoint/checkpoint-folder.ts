/**
 * Where checkpoints lie: in a run's folder, one folder each, named by the step (`checkpoint-00000360`). A new one appears by one rename, and only then the one
 * before it goes, so that at any moment there is a whole one. Knows nothing of what is in a checkpoint's files.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explained } from '../failure.ts';
import { removeFolderWhole, writeFolderWhole } from '../files/durable.ts';

const pattern = /^checkpoint-(\d{8,})$/;

/** A checkpoint that is there. */
export interface CheckpointPlace {
  readonly step: number;
  readonly path: string;
}

/** The checkpoints of a run, the newest first. */
export async function listCheckpoints(run: string): Promise<CheckpointPlace[]> {
  const names = await readdir(run).catch((error: unknown) => {
    throw explained(`can't read ${run}`, error);
  });
  return names
    .flatMap((name) => {
      const step = pattern.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), path: join(run, name) }];
    })
    .sort((a, b) => b.step - a.step);
}

/** Writes the checkpoint of a step and removes those before it. Returns its folder. */
export async function saveCheckpoint(
  run: string,
  step: number,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  const path = join(run, `checkpoint-${String(step).padStart(8, '0')}`);
  const before = await listCheckpoints(run);
  // What is there for this very step came from the same computation.
  if (!before.some((each) => each.path === path)) await writeFolderWhole(path, files);
  for (const each of before) if (each.path !== path) await removeFolderWhole(each.path);
  return path;
}

/** A file of a checkpoint. */
export const readCheckpointFile = (checkpoint: string, name: string): Promise<Uint8Array> => {
  const path = join(checkpoint, name);
  return readFile(path).catch((error: unknown) => {
    throw explained(`can't read ${path}`, error);
  });
};
