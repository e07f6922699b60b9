/** Tensors of the library to tensors in files, and back. */
import { FormatError } from '@nn/backend';
import type { Module } from '@nn/nn';
import { type Tensor, tensor } from '@nn/tensor';
import { loadValues, storeValues } from '../checkpoint/elements.ts';
import type { StoredTensor } from '../checkpoint/safetensors.ts';

const toStored = async (t: Tensor): Promise<StoredTensor> =>
  storeValues({ dtype: t.dtype, shape: t.shape, data: await t.data() });

/** A tensor on the default backend. */
export function toTensor(name: string, stored: StoredTensor): Tensor {
  const { dtype, shape, data } = loadValues(name, stored);
  return tensor(data, { dtype, shape }) as Tensor;
}

/** Tensors by their names, all read at once: none may be written until then. */
export async function storeAll(
  tensors: Iterable<readonly [name: string, t: Tensor]>,
): Promise<Map<string, StoredTensor>> {
  return new Map(await Promise.all([...tensors].map(async ([name, t]) => [name, await toStored(t)] as const)));
}

/** A model's weights by their names. */
export const storeWeights = (model: Module): Promise<Map<string, StoredTensor>> =>
  storeAll(Object.entries(model.stateDict()));

/** Gives a model weights from a file. */
export function loadWeights(model: Module, weights: ReadonlyMap<string, StoredTensor>): void {
  model.loadStateDict(Object.fromEntries([...weights].map(([name, stored]) => [name, toTensor(name, stored)])));
}

/** Refuses weights that aren't float32 of exactly these names and shapes. */
export function checkWeights(
  place: string,
  weights: ReadonlyMap<string, StoredTensor>,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const show = (shape: readonly number[] | undefined): string =>
    shape === undefined ? 'nothing' : `(${shape.join(', ')})`;
  for (const name of new Set([...shapes.keys(), ...weights.keys()])) {
    const [wanted, found] = [shapes.get(name), weights.get(name)];
    if (show(wanted) !== show(found?.shape)) {
      throw new FormatError(
        'checkpoint',
        `${place}: the model needs ${show(wanted)} for ${name}, the file has ${show(found?.shape)}`,
      );
    }
    if (found!.type !== 'F32')
      throw new FormatError('checkpoint', `${place}: ${name} holds ${found!.type}, the model takes F32`);
  }
}
