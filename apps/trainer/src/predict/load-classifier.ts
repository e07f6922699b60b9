/** A trained model from a run, a checkpoint, or a file of weights. */
import { readFile, stat } from 'node:fs/promises';
import type { Sequential } from '@nn/nn';
import { decodeCheckpoint, modelFile } from '../checkpoint/checkpoint.ts';
import { listCheckpoints, readCheckpointFile } from '../checkpoint/checkpoint-folder.ts';
import { readSafetensors, type Safetensors } from '../checkpoint/safetensors.ts';
import { explained, Failure } from '../failure.ts';
import { buildModel, weightShapes } from '../training/model.ts';
import { type Classifier, classifierOf } from '../training/model-metadata.ts';
import { checkWeights, loadWeights } from '../training/stored-tensors.ts';

export interface LoadedClassifier extends Omit<Classifier, 'model'> {
  readonly model: Sequential;
  /** Numbers that the model takes for an image. */
  readonly inputs: number;
}

/** Reads and checks everything before the model is built. */
export async function loadClassifier(path: string): Promise<LoadedClassifier> {
  const { place, weights } = await findWeights(path);
  const classifier = classifierOf(place, weights.metadata);
  checkWeights(place, weights.tensors, weightShapes(classifier.model));
  const model = buildModel(classifier.model);
  loadWeights(model, weights.tensors);
  model.eval();
  return { ...classifier, model, inputs: classifier.model.inputs };
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
