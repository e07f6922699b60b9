/** A trained model from a run, a checkpoint, or a file of weights. */
import { readFile, stat } from 'node:fs/promises';
import type { Module } from '@nn/nn';
import { decodeCheckpoint, modelFile } from '../checkpoint/checkpoint.ts';
import { listCheckpoints, readCheckpointFile } from '../checkpoint/checkpoint-folder.ts';
import { readSafetensors, type Safetensors } from '../checkpoint/safetensors.ts';
import { explained, Failure } from '../failure.ts';
import { buildModel, weightShapes } from '../models/models.ts';
import { type StoredModel, storedModel } from './model-metadata.ts';
import { checkWeights, loadWeights } from './stored-tensors.ts';

/**
 * Reads weights and builds their model, ready to be used. `read` checks what the task has added to the description, before anything is built.
 */
export async function loadModel<T extends StoredModel>(
  path: string,
  read: (place: string, stored: StoredModel) => T,
): Promise<{ readonly stored: T; readonly model: Module }> {
  const { place, weights } = await findWeights(path);
  const stored = read(place, storedModel(place, weights.metadata));
  checkWeights(place, weights.tensors, weightShapes(stored.model));
  const model = buildModel(stored.model);
  loadWeights(model, weights.tensors);
  return { stored, model: model.eval() };
}

async function findWeights(path: string): Promise<{ place: string; weights: Safetensors }> {
  const guard = (error: unknown): never => {
    throw explained(`can't read ${path}`, error);
  };
  if ((await stat(path).catch(guard)).isFile()) {
    return { place: path, weights: readSafetensors(await readFile(path).catch(guard), path) };
  }
  const [newest] = await listCheckpoints(path).catch(guard);
  const place = newest?.path ?? path;
  const isThere = await stat(`${place}/${modelFile}`).then(
    () => true,
    () => false,
  );
  if (!isThere)
    throw new Failure(
      `there is no checkpoint in ${path}; give the folder of a run or of a checkpoint, or a file of weights (.safetensors)`,
    );
  const { model } = await decodeCheckpoint(place, (name) => readCheckpointFile(place, name));
  return { place, weights: model };
}
