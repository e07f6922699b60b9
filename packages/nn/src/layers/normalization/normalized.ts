/** Parameters that are made anew, from others, before every `forward` of their module. */
import { noGrad } from '@nn/autograd';
import { ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import type { HookHandle } from '../../module/hooks.ts';
import type { Module } from '../../module/module.ts';
import { ownParameter, Parameter } from '../../module/parameter.ts';

interface Normalized {
  readonly op: string;
  readonly handle: HookHandle;
  /** What it is made from: fields named after it. */
  readonly parts: readonly string[];
  readonly compute: (training: boolean) => Tensor;
}

/** What is normalized, by module and parameter. */
const normalized = new WeakMap<Module, Map<string, Normalized>>();

/** A module's fields by name. */
export const fieldsOf = (module: Module): Record<string, unknown> => module as unknown as Record<string, unknown>;

/** The parameter that is to be normalized. */
export function plainParameter(op: string, module: Module, name: string): Parameter {
  if (normalized.get(module)?.has(name))
    throw new ValueError(op, `${name} of ${module.constructor.name} is normalized already; remove that first`);
  const parameter = fieldsOf(module)[name];
  if (!(parameter instanceof Parameter))
    throw new ValueError(op, `${module.constructor.name} has no parameter ${name}`);
  return parameter;
}

/** Computes it before every `forward` from now on, from the fields `name_part`. */
export function renew(
  op: string,
  module: Module,
  name: string,
  parts: Normalized['parts'],
  compute: Normalized['compute'],
): void {
  const handle = module.registerForwardPreHook(() => {
    fieldsOf(module)[name] = compute(module.training);
  });
  const known = normalized.get(module) ?? new Map<string, Normalized>();
  normalized.set(module, known.set(name, { op, handle, parts, compute }));
}

/** Makes it an ordinary parameter again, of the value that it has in `eval()` mode. */
export function restore(op: string, by: string, module: Module, name: string): void {
  const fields = fieldsOf(module);
  const known = normalized.get(module);
  const entry = known?.get(name);
  if (known === undefined || entry?.op !== by)
    throw new ValueError(op, `${name} of ${module.constructor.name} isn't normalized`);
  entry.handle.remove();
  known.delete(name);
  fields[name] = noGrad<Parameter>(() => ownParameter(entry.compute(false)));
  for (const part of entry.parts) delete fields[`${name}_${part}`];
}
