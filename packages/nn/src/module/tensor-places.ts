/** Where a module and all below it have their parameters and buffers, in one walk. */
import { Tensor } from '@nn/tensor';
import { joinPath, type Named } from './members.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

/** Where a parameter or buffer is. */
export interface TensorPlace {
  readonly owner: Module;
  readonly name: string;
  /** Its key in the state dict. */
  readonly key: string;
  readonly tensor: Tensor;
}

/** All places; what is shared is under each of its names. */
export function tensorPlaces(owner: Module, prefix = '', found: TensorPlace[] = []): TensorPlace[] {
  const buffers = owner.bufferNames();
  const below: Named<Module>[] = [];
  for (const [name, value] of owner.members())
    if (value instanceof Module) below.push([name, value]);
    else if (value instanceof Parameter || (value instanceof Tensor && buffers.has(name)))
      found.push({ owner, name, key: joinPath(prefix, name), tensor: value });
  for (const [name, child] of below) tensorPlaces(child, joinPath(prefix, name), found);
  return found;
}
