/** Reading values back: awaited everywhere, without waiting where the backend's memory can be read. */
import { BackendError, type DataArray, ShapeError } from '@nn/backend';
import { shapeText } from './core/collapse.ts';
import { told } from './core/guarded.ts';
import { untracked } from './core/state.ts';
import { checkAlive } from './core/tensor-core.ts';
import { contiguous } from './ops/shape/views.ts';
import type { Tensor } from './tensor.ts';

/** Nested numbers or booleans, as deep as the tensor has dimensions. */
export type Nested = number | boolean | Nested[];

/** A dense tensor to read from, outside of any graph. */
function readable(t: Tensor): Tensor {
  checkAlive(t, 'data');
  if (t.layout.contiguous) return t;
  return untracked(() => contiguous(t));
}

/** The elements in row-major order. Passes through a macrotask when memory waits to be given back. */
export async function read(t: Tensor): Promise<DataArray> {
  const dense = readable(t);
  const { storage, layout } = dense;
  const values = await layout.device.backend
    .read(storage.block, storage.origin + dense.start, layout.dtype, layout.size)
    .catch((error) => {
      throw told(error);
    });
  if (dense !== t) dense.dispose();
  await layout.device.pool.turn.breathe();
  return values;
}

/** The same without waiting, where the backend can. */
export function readSync(t: Tensor, op = 'dataSync'): DataArray {
  const { backend } = t.layout.device;
  if (backend.readSync === undefined)
    throw new BackendError(
      op,
      `${backend.name} can't read memory without waiting; await the asynchronous form instead (data(), item(), toArray())`,
    );
  const dense = readable(t);
  const { storage, layout } = dense;
  const values = backend.readSync(storage.block, storage.origin + dense.start, layout.dtype, layout.size);
  if (dense !== t) dense.dispose();
  return values;
}

/** The one element of a tensor. */
export function checkSingle(t: Tensor, op: string): void {
  if (t.layout.size !== 1)
    throw new ShapeError(
      op,
      `only a tensor with one element has an item, this has shape ${shapeText(t.layout.shape)}; use toArray() or reduce it first`,
    );
}

/** Flat values as nested arrays; bools as booleans. */
export function nest(values: DataArray, shape: readonly number[], isBool: boolean): Nested {
  let at = 0;
  const build = (depth: number): Nested => {
    if (depth === shape.length) {
      const value = values[at++]!;
      return isBool ? value !== 0 : value;
    }
    return Array.from({ length: shape[depth]! }, () => build(depth + 1));
  };
  return build(0);
}
