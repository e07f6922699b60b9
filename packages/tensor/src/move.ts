/** Tensors from one backend to another. A move is a read, so it is awaited, and history doesn't come along. */
import { type Backend, BackendError, type DataArray } from '@nn/backend';
import { fresh } from './core/dispatch.ts';
import { deviceOf, layoutOf } from './core/layout.ts';
import { Node } from './core/node.ts';
import { Plan } from './core/plan.ts';
import { release } from './memory/storage.ts';
import { read, readSync } from './read.ts';
import type { Tensor } from './tensor.ts';

/** A dense tensor of these values on a backend, without provenance. */
function written(t: Tensor, backend: Backend, values: DataArray): Tensor {
  const device = deviceOf(backend);
  const out = fresh(layoutOf(device, t.dtype, t.layout.shape), 'to');
  if (values.length > 0) backend.write(out.storage.block, out.storage.origin, t.dtype, values);
  return out;
}

/** The tensor on another backend: itself if it is there, else a leaf that requires grad if this one did. */
export async function moveTo(t: Tensor, backend: Backend): Promise<Tensor> {
  if (t.backend === backend) return t;
  const out = written(t, backend, await read(t));
  return t.requiresGrad ? out.requiresGrad_() : out;
}

/** Moves a leaf without changing its identity, so that optimisers and modules that hold it go on. Its gradient moves along. */
export async function relocate(t: Tensor, backend: Backend): Promise<void> {
  if (t.backend === backend) return;
  settle(t, written(t, backend, await read(t)));
  const gradient = t.receiver?.gradient ?? null;
  if (gradient !== null) await relocate(gradient, backend);
}

/** The same without waiting, of a tensor outside of any graph; throws where memory can't be read so. */
export function relocateSync(t: Tensor, backend: Backend, op: string): void {
  if (t.backend === backend) return;
  if (t.backend.readSync === undefined)
    throw new BackendError(
      op,
      `the state of a parameter on ${backend.name} lives on ${t.backend.name}, which can't be read without waiting; await optimizer.follow() after moving the model`,
    );
  settle(t, written(t, backend, readSync(t, op)));
}

/** Makes the tensor what its copy is. */
function settle(t: Tensor, copy: Tensor): void {
  release(t.storage);
  t.storage = copy.storage;
  t.layout = copy.layout;
  t.start = copy.start;
  t.base = null;
  if (t.node !== null) {
    const leaf = new Node(new Plan(t.node.plan.op, [], [t.layout]), null, null, null, []);
    leaf.extra = t.node.extra;
    t.node = leaf;
  }
}
