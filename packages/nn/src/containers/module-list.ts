/** A list of modules. */
import { NnError, ValueError } from '@nn/backend';
import { listed } from '../module/listed.ts';
import { Module } from '../module/module.ts';
import { gapOf, placeOf } from './places.ts';

/**
 * Modules in a list, which a plain array would hide from the module that holds it. Not called itself. PyTorch: `torch.nn.ModuleList`.
 * @example
 * ```ts
 * import { Linear, Module, ModuleList } from '@nn/nn';
 * import { type Tensor, zeros } from '@nn/tensor';
 * class Stack extends Module {
 *   readonly layers = new ModuleList([new Linear(3, 3), new Linear(3, 3)]);
 *   override forward(x: Tensor): Tensor {
 *     let h: Tensor = x;
 *     for (const layer of this.layers) h = layer.forward(h);
 *     return h;
 *   }
 * }
 * console.log(Object.keys(new Stack().stateDict())[2], new Stack().forward(zeros([1, 3])).shape); // prints: layers.1.weight [ 1, 3 ]
 * ```
 */
export class ModuleList<M extends Module = Module> extends Module {
  readonly #modules: M[] = [];

  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  override forward(): never {
    throw new NnError(
      'ModuleList',
      'is a list, not a chain: call its modules one by one (for (const layer of list) …), or use Sequential',
    );
  }

  override *members(): Iterable<readonly [name: string, value: unknown]> {
    for (const [i, module] of this.#modules.entries()) yield [String(i), module];
    yield* super.members();
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at a place; negative numbers count from the end. PyTorch: `list[i]`. */
  at(index: number): M {
    return this.#modules[placeOf('ModuleList.at', index, this.length)]!;
  }

  /** A list of the modules from `start` to before `end`, which it shares. PyTorch: `list[start:end]`. */
  slice(start?: number, end?: number): ModuleList<M> {
    return new ModuleList(this.#modules.slice(start, end));
  }

  /** Puts another module in a place. PyTorch: `list[i] = module`. */
  set(index: number, module: M): this {
    this.#modules[placeOf('ModuleList.set', index, this.length)] = checked(module);
    return this;
  }

  /** Adds a module at the end. PyTorch: `append`. */
  append(module: M): this {
    this.#modules.push(checked(module));
    return this;
  }

  /** Adds modules at the end. PyTorch: `extend`. */
  extend(modules: Iterable<M>): this {
    // All are looked at before the first is added.
    for (const module of listed('ModuleList', modules).map(checked)) this.#modules.push(module);
    return this;
  }

  /** Adds a module before a place. PyTorch: `insert`. */
  insert(index: number, module: M): this {
    this.#modules.splice(gapOf('ModuleList.insert', index, this.length), 0, checked(module));
    return this;
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.#modules[Symbol.iterator]();
  }
}

function checked<M extends Module>(module: M): M {
  if (!(module instanceof Module)) throw new ValueError('ModuleList', `${String(module)} is no module`);
  return module;
}
