/** Tensors from one backend to another. A move is a read, so it is awaited, and history doesn't come along. */
import type { Backend } from '@nn/backend';
import { fresh } from './core/dispatch.ts';
import { deviceOf, layoutOf } from './core/layout.ts';
import { Node } from './core/node.ts';
import { Plan } from './core/plan.ts';
import { release } from './memory/storage.ts';
import { read } from './read.ts';
import type { Tensor } from './tensor.ts';

/** A dense copy on another backend, without provenance. */
async function copyTo(t: Tensor, backend: Backend): Promise<Tensor> {
  const values = await read(t);
  const device = deviceOf(backend);
  const out = fresh(layoutOf(device, t.dtype, t.layout.shape), 'to');
  if (values.length > 0) backend.write(out.storage.block, out.storage.origin, t.dtype, values);
  return out;
}

/** The tensor on another backend: itself if it is there, else a leaf that requires grad if this one did. */
export async function moveTo(t: Tensor, backend: Backend): Promise<Tensor> {
  if (t.backend === backend) return t;
  const out = await copyTo(t, backend);
  return t.requiresGrad ? out.requiresGrad_() : out;
}

/** Moves a leaf without changing its identity, so that optimisers and modules that hold it go on. Its gradient moves along. */
export async function relocate(t: Tensor, backend: Backend): Promise<void> {
  if (t.backend === backend) return;
  const copy = await copyTo(t, backend);
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
  const gradient = t.receiver?.gradient ?? null;
  if (gradient !== null) await relocate(gradient, backend);
}
