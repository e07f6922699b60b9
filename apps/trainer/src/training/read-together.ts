/** Numbers that were computed at different times, read at once: each read waits for the device, so that one of many numbers is worth many of one. */
import { noGrad } from '@nn/autograd';
import type { DataArray } from '@nn/backend';
import { cat, stack, type Tensor } from '@nn/tensor';

/** The values of tensors of one element each; none need none. */
export const readScalars = (scalars: readonly Tensor[]): Promise<DataArray> => readJoined(scalars, stack);

/** The values of vectors, one after the other. */
export const readVectors = (vectors: readonly Tensor[]): Promise<DataArray> => readJoined(vectors, cat);

async function readJoined(parts: readonly Tensor[], join: (parts: readonly Tensor[]) => Tensor): Promise<DataArray> {
  if (parts.length === 0) return new Float32Array(0);
  const joined = noGrad<Tensor>(() => join(parts));
  const values = await joined.data();
  joined.dispose();
  return values;
}
