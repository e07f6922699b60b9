/** Modules by name. */

import { NnError, ValueError } from '@nn/backend';
import { checkKey } from '../module/members.ts';
import { Module } from '../module/module.ts';
import { namedValues } from './named-values.ts';

/**
 * Modules by name, in the order in which they were added. Not called itself. PyTorch: `torch.nn.ModuleDict`.
 * @example
 * ```ts
 * import { Linear, ModuleDict, Tanh } from '@nn/nn';
 * const heads = new ModuleDict({ value: new Linear(4, 1), activation: new Tanh() });
 * console.log(heads.get('value').outFeatures, [...heads.keys()]); // prints: 1 [ 'value', 'activation' ]
 * ```
 */
export class ModuleDict<M extends Readonly<Record<string, Module>> = Readonly<Record<string, Module>>> extends Module {
  readonly #modules: Map<string, Module> = new Map();

  constructor(modules?: M | Iterable<readonly [name: string, module: Module]>) {
    super();
    if (modules !== undefined) this.update(modules);
  }

  override forward(): never {
    throw new NnError(
      'ModuleDict',
      'is a collection, not a chain: call the module you need, dict.get(name).forward(x)',
    );
  }

  override *members(): Iterable<readonly [name: string, value: unknown]> {
    yield* this.#modules;
    yield* super.members();
  }

  /** Number of modules. */
  get size(): number {
    return this.#modules.size;
  }

  /** The module of that name; a `ValueError` if there is none. PyTorch: `dict[name]`. */
  get<K extends string & keyof M>(name: K): M[K] {
    const module = this.#modules.get(name);
    if (module === undefined)
      throw new ValueError(
        'ModuleDict.get',
        `there is no '${name}'; there are ${[...this.#modules.keys()].join(', ') || 'none'}`,
      );
    return module as M[K];
  }

  has(name: string): boolean {
    return this.#modules.has(name);
  }

  /** Adds a module, or replaces the one of that name. PyTorch: `dict[name] = module`. */
  set(name: string, module: Module): this {
    checkKey('ModuleDict.set', name);
    if (!(module instanceof Module)) throw new ValueError('ModuleDict.set', `'${name}' is no module`);
    this.#modules.set(name, module);
    return this;
  }

  /** Adds or replaces several. PyTorch: `update`. */
  update(modules: Readonly<Record<string, Module>> | Iterable<readonly [name: string, module: Module]>): this {
    for (const [name, module] of namedValues('ModuleDict', modules)) this.set(name, module);
    return this;
  }

  /** Removes a module and gives it back, undefined if there was none. PyTorch: `pop`. */
  delete(name: string): Module | undefined {
    const module = this.#modules.get(name);
    this.#modules.delete(name);
    return module;
  }

  clear(): void {
    this.#modules.clear();
  }

  keys(): IterableIterator<string> {
    return this.#modules.keys();
  }

  values(): IterableIterator<Module> {
    return this.#modules.values();
  }

  entries(): IterableIterator<[name: string, module: Module]> {
    return this.#modules.entries();
  }

  [Symbol.iterator](): IterableIterator<[name: string, module: Module]> {
    return this.#modules.entries();
  }
}
