/** Modules one after the other. */
import { ValueError } from '@nn/backend';
import type { Chain, ChainFunction, Checked, Shape, Tensor } from '@nn/tensor';
import type { Op } from '@nn/tensor/internal';
import { PlainLayer } from '../module/layer.ts';
import { checkKey, type Named } from '../module/members.ts';
import { Module } from '../module/module.ts';
import { gapOf, placeOf } from './places.ts';

/** What a `Sequential` is made of: modules, or names and modules as an object or as pairs. */
export type SequentialParts =
  | readonly Module[]
  | readonly [Readonly<Record<string, Module>>]
  | readonly [readonly (readonly [name: string, module: Module])[]];

type LayerAt<L, I extends number> = `${I}` extends keyof L ? L[`${I}`] : Module;

function entriesOf(parts: SequentialParts): Named<Module>[] {
  const [first] = parts;
  // Among modules an array of them, or a class, is refused.
  if (parts.length !== 1 || typeof first !== 'object' || first === null || [first].flat()[0] instanceof Module)
    return parts.map((module, i) => [String(i), module as Module]);
  const pairs = Array.isArray(first)
    ? (first as readonly (readonly [string, Module])[])
    : Object.entries(first as Record<string, Module>);
  return pairs.map(([name, module]) => [name, module]);
}

/** The op that a module is, where it is one and nobody looks at what it gets. */
const elementwise = (entry: Named<Module> | undefined): Op<'map'> | null =>
  entry === undefined || entry[1]['~mayKeep']() ? null : entry[1]['~asMap'];

function checkModule(name: string, module: unknown): void {
  if (!(module instanceof Module))
    throw new ValueError('Sequential', `element ${name} is no module; pass modules, or one object of named modules`);
}

/**
 * Modules that each get the output of the one before. Named by their positions, or by the keys of an object (or of pairs). Where the shapes of its layers are
 * known to the compiler, so are those of the chain, and layers that don't fit are a compile error. PyTorch: `torch.nn.Sequential`.
 * @example
 * ```ts
 * import { Linear, ReLU, Sequential } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const model = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
 * console.log(model.forward(zeros([2, 784])).shape); // prints: [ 2, 10 ]
 * const named = new Sequential({ hidden: new Linear(784, 50), activation: new ReLU() });
 * console.log(Object.keys(named.stateDict())); // prints: [ 'hidden.weight', 'hidden.bias' ]
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: `Sequential` alone is any chain; one of unknown modules would not take one of known modules
export class Sequential<const L extends SequentialParts = any> extends PlainLayer<ChainFunction<L>> {
  #entries: Named<Module>[] = [];

  constructor(...layers: Checked<Chain<Shape, L>, L>) {
    super();
    this.#entries = entriesOf(layers as SequentialParts);
    this.#entries.forEach(([name, module], i) => {
      checkKey('Sequential', name);
      checkModule(name, module);
      if (this.#entries.findIndex(([each]) => each === name) !== i)
        throw new ValueError('Sequential', `the name '${name}' appears twice; choose another`);
    });
  }

  /**
   * What the modules hand on and nobody else can hold is given back, but for what the graph has saved; and where the next one is elementwise, a product or a convolution ends with it,
   * so that what is between the two is never stored.
   */
  override '~compute'(input: Tensor): Tensor {
    const modules = this.#entries;
    let output: Tensor = input;
    /** Whether this chain alone holds the output so far. */
    let mine = false;
    for (let i = 0; i < modules.length; i++) {
      const module = modules[i]![1];
      const given = output;
      const keeps = module['~mayKeep']();
      const then = keeps ? null : elementwise(modules[i + 1]);
      const both = then === null ? null : module['~forwardThen'](given, then);
      if (both !== null) i++;
      output = both ?? (mine && !keeps ? module['~consume'](given) : module.forward(given));
      if (keeps) mine = false;
      else if (output !== given) {
        if (mine) given.dispose();
        mine = true;
      }
    }
    return output;
  }

  override '~mayKeep'(): boolean {
    return super['~mayKeep']() || this.#entries.some(([, module]) => module['~mayKeep']());
  }

  override *members(): Iterable<readonly [name: string, value: unknown]> {
    yield* this.#entries;
    yield* super.members();
  }

  /** Number of modules. */
  get length(): number {
    return this.#entries.length;
  }

  /** The module at a place; negative numbers count from the end. PyTorch: `model[i]`. */
  at<I extends number>(index: I): LayerAt<L, I> {
    return this.#entries[placeOf('Sequential.at', index, this.length)]![1] as LayerAt<L, I>;
  }

  /** A `Sequential` of the modules from `start` to before `end`, which it shares. PyTorch: `model[start:end]`. */
  slice(start?: number, end?: number): Sequential {
    const part = new Sequential<readonly Module[]>();
    part.#entries = this.#entries.slice(start, end);
    return part;
  }

  /** Puts another module in a place. PyTorch: `model[i] = module`. */
  set(index: number, module: Module): this {
    const entry = this.#entries[placeOf('Sequential.set', index, this.length)]!;
    checkModule(entry[0], module);
    entry[1] = module;
    return this;
  }

  /** Adds a module at the end, named by its position. PyTorch: `append`. */
  append(module: Module): this {
    return this.insert(this.length, module);
  }

  /** Adds modules at the end. PyTorch: `extend`. */
  extend(modules: Iterable<Module>): this {
    for (const module of modules) this.append(module);
    return this;
  }

  /** Adds a module before a place; those that are named by position are named anew. PyTorch: `insert`. */
  insert(index: number, module: Module): this {
    const place = gapOf('Sequential.insert', index, this.length);
    const name = String(this.length);
    checkModule(name, module);
    const isNumbered = this.#entries.every(([each], i) => each === String(i));
    if (this.#entries.some(([each]) => each === name))
      throw new ValueError('Sequential', `the name '${name}' is taken already`);
    const entries = this.#entries.toSpliced(place, 0, [name, module]);
    this.#entries = isNumbered ? entries.map(([, each], i) => [String(i), each]) : entries;
    return this;
  }

  *[Symbol.iterator](): IterableIterator<Module> {
    for (const [, module] of this.#entries) yield module;
  }
}
