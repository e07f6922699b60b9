/**
 * What a module consists of: parameters, buffers and modules in its own fields, in field order, and the same for everything below it. A module or
 * tensor that is reached twice is listed once, under its first name.
 */
import { ValueError } from '@nn/backend';
import { Tensor } from '@nn/tensor';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

/** A member with its name, which for deeper ones is the path: `layers.0.weight`. */
export type Named<T> = [name: string, value: T];

/** Which part of a whole to list. */
export interface ListOptions {
  /** Comes before every name, with a dot between; none. */
  readonly prefix?: string | undefined;
  /** Also those of the modules below; true. */
  readonly recurse?: boolean | undefined;
}

export const joinPath = (prefix: string, name: string): string =>
  prefix === '' ? name : name === '' ? prefix : `${prefix}.${name}`;

/** Own parameters, without those below. */
export const ownParameters = (module: Module): Named<Parameter>[] =>
  [...module.members()].filter((member): member is Named<Parameter> => member[1] instanceof Parameter);

/** Own buffers, without those below. */
export function ownBuffers(module: Module): Named<Tensor>[] {
  const names = module.bufferNames();
  return [...module.members()].filter(
    (member): member is Named<Tensor> =>
      names.has(member[0]) && member[1] instanceof Tensor && !(member[1] instanceof Parameter),
  );
}

/** Own modules, of which one may have two names. */
export const ownModules = (module: Module): Named<Module>[] =>
  [...module.members()].filter((member): member is Named<Module> => member[1] instanceof Module);

/** The module itself under the name `prefix`, and all below it, depth first. */
export function allModules(module: Module, prefix = '', seen: Set<Module> = new Set()): Named<Module>[] {
  if (seen.has(module)) return [];
  seen.add(module);
  const below = ownModules(module).flatMap(([name, child]) => allModules(child, joinPath(prefix, name), seen));
  return [[prefix, module], ...below];
}

/** The members of one kind of a module, and of all below it. */
export function list<T>(
  module: Module,
  own: (module: Module) => readonly Named<T>[],
  options: ListOptions = {},
): Named<T>[] {
  const { prefix = '', recurse = true } = options;
  const seen = new Set<T>();
  const named: Named<T>[] = [];
  for (const [path, each] of recurse ? allModules(module, prefix) : ([[prefix, module]] as Named<Module>[]))
    for (const [name, value] of own(each)) {
      if (seen.has(value)) continue;
      seen.add(value);
      named.push([joinPath(path, name), value]);
    }
  return named;
}

/** The module at a path. */
export function moduleAt(op: string, root: Module, path: string): Module {
  let current = root;
  let done = '';
  for (const name of path === '' ? [] : path.split('.')) {
    const children = ownModules(current);
    const child = children.find(([each]) => each === name)?.[1];
    if (child === undefined)
      throw new ValueError(
        op,
        `${done === '' ? root.constructor.name : done} has no module ${name}; it has ${children.map(([each]) => each).join(', ') || 'none'}`,
      );
    current = child;
    done = joinPath(done, name);
  }
  return current;
}

/** The parameter or buffer at a path. */
export function tensorAt<T extends Tensor>(
  op: string,
  root: Module,
  path: string,
  own: (module: Module) => readonly Named<T>[],
): T {
  const dot = path.lastIndexOf('.');
  const owner = moduleAt(op, root, path.slice(0, Math.max(dot, 0)));
  const all = own(owner);
  const found = all.find(([name]) => name === path.slice(dot + 1))?.[1];
  if (found === undefined)
    throw new ValueError(
      op,
      `${dot < 0 ? root.constructor.name : path.slice(0, dot)} has no ${path.slice(dot + 1)}; it has ${all.map(([name]) => name).join(', ') || 'none'}`,
    );
  return found;
}

/** Refuses names that would break the paths. */
export function checkKey(op: string, name: string): void {
  if (name === '' || name.includes('.'))
    throw new ValueError(op, `'${name}' can't be a name: it must not be empty or contain a dot`);
}

/** Refuses, for a field, also names that would hide something of the module. */
export function checkName(op: string, module: Module, name: string): void {
  checkKey(op, name);
  if (name in module && !Object.hasOwn(module, name))
    throw new ValueError(op, `'${name}' is a method or property of ${module.constructor.name}; choose another name`);
}
