/**
 * A checkpoint: everything that training needs to go on as if it had never stopped, as a handful of files. Here the content becomes bytes and back; where the files
 * lie is `checkpoint-folder.ts`'s business.
 *
 * `model.safetensors` holds the weights under PyTorch's names and, as metadata, what the model is; `optimizer.safetensors` what the optimiser remembers;
 * `training.json` numbers, random generators and the place in the data; `manifest.json` sizes and SHA-256 of the others, so that a damaged file is known as such.
 */
import { createHash } from 'node:crypto';
import { FormatError } from '@nn/backend';
import { readSafetensors, type Safetensors, writeSafetensors } from './safetensors.ts';

/** What a checkpoint holds; `training` is anything that JSON can hold. */
export interface Checkpoint<Training> {
  readonly model: Safetensors;
  readonly optimizer: Safetensors;
  readonly training: Training;
}

export const modelFile = 'model.safetensors';
const optimizerFile = 'optimizer.safetensors';
const trainingFile = 'training.json';
const manifestFile = 'manifest.json';

/** The layout of the files; a number that this program doesn't know is refused. */
const version = 1;

interface Manifest {
  readonly version: number;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const textOf = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);

/** The files of a checkpoint, by name. */
export function encodeCheckpoint<Training>({
  model,
  optimizer,
  training,
}: Checkpoint<Training>): Map<string, Uint8Array> {
  const files = new Map([
    [modelFile, writeSafetensors(model)],
    [optimizerFile, writeSafetensors(optimizer)],
    [trainingFile, textOf(training)],
  ]);
  const digests = [...files].map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }] as const);
  const manifest: Manifest = { version, files: Object.fromEntries(digests) };
  return files.set(manifestFile, textOf(manifest));
}

/**
 * Reads a checkpoint back. `read` gives a file's bytes by its name.
 *
 * @param place - what to call the checkpoint in errors
 * @throws FormatError when a file isn't what was written
 */
export async function decodeCheckpoint<Training>(
  place: string,
  read: (name: string) => Promise<Uint8Array>,
): Promise<Checkpoint<Training>> {
  const manifest = parseManifest(place, await read(manifestFile));
  const intact = async (name: string): Promise<Uint8Array> => {
    const bytes = await read(name);
    const stated = manifest.files[name];
    if (stated === undefined || stated.bytes !== bytes.length || stated.sha256 !== sha256(bytes)) {
      throw new FormatError(
        'checkpoint',
        `${place}: ${name} isn't what ${manifestFile} says was written (${bytes.length} bytes); the file is damaged`,
      );
    }
    return bytes;
  };
  return {
    model: readSafetensors(await intact(modelFile), `${place}: ${modelFile}`),
    optimizer: readSafetensors(await intact(optimizerFile), `${place}: ${optimizerFile}`),
    training: JSON.parse(new TextDecoder().decode(await intact(trainingFile))) as Training,
  };
}

function parseManifest(place: string, bytes: Uint8Array): Manifest {
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Manifest> | null;
  } catch (cause) {
    throw new FormatError('checkpoint', `${place}: ${manifestFile} is no JSON; the file is damaged`, { cause });
  }
  if (manifest?.version !== version || typeof manifest.files !== 'object' || manifest.files === null) {
    throw new FormatError(
      'checkpoint',
      `${place}: ${manifestFile} states version ${JSON.stringify(manifest?.version)}, this program reads version ${version}`,
    );
  }
  return manifest as Manifest;
}
