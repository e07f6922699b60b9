/**
 * The base class of everything that has parameters or a mode. Finds parameters, buffers and modules in its own fields (`members.ts`), and lets hooks
 * listen to `forward`: the constructor puts an own `forward` before the prototype's, which is that one itself while nobody listens.
 */

import { isAnomalyEnabled } from '@nn/autograd';
import { type Backend, type DType, NnError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkNamed, type Op } from '@nn/tensor/internal';
import { convertFloats, moveAll } from './convert.ts';
import {
  addHook,
  checkLoaded,
  type ForwardHook,
  type ForwardPreHook,
  type FullBackwardHook,
  type HookHandle,
  Hooks,
} from './hooks.ts';
import { allModules, checkName, type ListOptions, list, moduleAt, type Named, ownBuffers, ownModules, ownParameters, tensorAt } from './members.ts'; // biome-ignore format: a list
import type { Parameter } from './parameter.ts';
import { describeModule } from './print.ts';
import { type Forward, runForward } from './run.ts';
import { type LoadResult, loadState, type StateDict, stateOf } from './state-dict.ts';

/** Stands in where a class has no method `forward`. */
function missingForward(this: Module): never {
  throw new NnError(this.constructor.name, 'forward is missing: write a method forward(x) { … } in the class');
}

/**
 * Base class of all modules; PyTorch: `torch.nn.Module`. Write a method `forward` (not a field), assign parameters and modules to fields, and register
 * buffers. Fields with `#private` names are invisible to it.
 * @example
 * ```ts
 * import { Linear, Module } from '@nn/nn';
 * import { type Tensor, zeros } from '@nn/tensor';
 * class Net extends Module {
 *   readonly first = new Linear(4, 8);
 *   readonly second = new Linear(8, 2);
 *   override forward(x: Tensor): Tensor {
 *     return this.second.forward(this.first.forward(x).relu());
 *   }
 * }
 * const net = new Net();
 * console.log(net.forward(zeros([3, 4])).shape, Object.keys(net.stateDict())[0]); // prints: [ 3, 2 ] first.weight
 * ```
 */
export abstract class Module {
  /** Whether the module is in training mode, which Dropout and its like ask for; see `train()` and `eval()`. */
  training = true;
  readonly #forward: Forward;
  readonly #buffers: Map<string, boolean> = new Map();
  #hooks: Hooks | null = null;

  /** What `forward` is while hooks or anomaly mode listen. */
  static readonly #listened: Forward = function (this: Module, ...inputs) {
    return runForward(this, this.#forward, this.#hooks, inputs);
  };

  /** The own `forward` of every module. Not configurable, so that a field of that name can't take its place. */
  static readonly #door = {
    enumerable: false,
    configurable: false,
    get(this: Module): Forward {
      return this.#hooks === null && !isAnomalyEnabled() ? this.#forward : Module.#listened;
    },
    set(this: Module): never {
      throw new NnError(
        this.constructor.name,
        'forward is a field, which hooks could not listen to; write it as a method: forward(x) { … } instead of forward = (x) => …',
      );
    },
  };

  /** @param options a subclass's own, which are refused here if they are no object of options: plain JavaScript may have written a number there */
  constructor(options: object = {}) {
    checkNamed(this.constructor.name, options);
    this.#forward = (new.target.prototype as { forward?: Forward }).forward ?? missingForward;
    Object.defineProperty(this, 'forward', Module.#door);
  }

  /** What the module computes. Calling it runs the hooks. */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses declare their own inputs and outputs
  abstract forward(...inputs: any[]): any;

  /** @internal Names and values among which parameters, buffers and modules are found; containers add what they hold. */
  members(): Iterable<readonly [name: string, value: unknown]> {
    return Object.entries(this);
  }

  /** @internal Fields that hold buffers, and whether they belong to the state dict. */
  bufferNames(): ReadonlyMap<string, boolean> {
    return this.#buffers;
  }

  /** @internal Whether a call may leave its input or output with somebody: a field, a hook. What nobody can hold is given back. */
  '~mayKeep'(): boolean {
    return true;
  }

  // The next three are asked only of modules that keep nothing.

  /** @internal The elementwise op that the module is and nothing else; null of other modules. */
  get '~asMap'(): Op<'map'> | null {
    return null;
  }

  /** @internal `then` of what `forward` gives, in fewer launches where there is a way; null: the module knows none. */
  '~forwardThen'(_input: Tensor, _then: Op<'map'>): Tensor | null {
    return null;
  }

  /** @internal `forward` for a tensor that nobody else holds and nobody will read again. */
  '~consume'(input: Tensor): Tensor {
    return this.forward(input) as Tensor;
  }

  /** The settings that are printed in parentheses; nothing. Several lines are printed one below the other. PyTorch: `extra_repr`. */
  extraRepr(): string {
    return '';
  }

  /** All parameters, each once, those of this module before those of the modules in it. PyTorch: `parameters()`. */
  parameters(options?: Pick<ListOptions, 'recurse'>): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter);
  }

  /** All parameters with their names, PyTorch's state_dict keys: `layers.0.weight`. PyTorch: `named_parameters()`. */
  namedParameters(options?: ListOptions): Named<Parameter>[] {
    return list(this, ownParameters, options);
  }

  /** All buffers, each once. PyTorch: `buffers()`. */
  buffers(options?: Pick<ListOptions, 'recurse'>): Tensor[] {
    return this.namedBuffers(options).map(([, buffer]) => buffer);
  }

  /** All buffers with their names. PyTorch: `named_buffers()`. */
  namedBuffers(options?: ListOptions): Named<Tensor>[] {
    return list(this, ownBuffers, options);
  }

  /** The modules in this one, each once, without those below them. PyTorch: `children()`. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** The modules in this one with their names. PyTorch: `named_children()`. */
  namedChildren(): Named<Module>[] {
    return list(this, ownModules, { recurse: false });
  }

  /** This module and all below it, each once. PyTorch: `modules()`. */
  modules(): Module[] {
    return allModules(this).map(([, module]) => module);
  }

  /** This module, under the name '' (or the prefix), and all below it with their paths. PyTorch: `named_modules()`. */
  namedModules(options: Pick<ListOptions, 'prefix'> = {}): Named<Module>[] {
    return allModules(this, options.prefix);
  }

  /**
   * Makes a field a buffer: state that is no parameter, saved in the state dict unless `persistent` is false, and moved along by `to`. Assigning another
   * tensor to the field later keeps it a buffer. Returns the tensor, so that a field can be declared with it. PyTorch: `register_buffer`.
   * @throws ValueError for a name with a dot, or one that is taken
   * @example
   * ```ts
   * import { Module } from '@nn/nn';
   * import { type Tensor, zeros } from '@nn/tensor';
   * class Counter extends Module {
   *   count: Tensor = this.registerBuffer('count', zeros([1]));
   *   override forward(x: Tensor): Tensor {
   *     this.count = this.count.add(1);
   *     return x;
   *   }
   * }
   * const counter = new Counter();
   * counter.forward(zeros([2]));
   * console.log(await counter.stateDict()['count']!.toArray()); // prints: [ 1 ]
   * ```
   */
  registerBuffer<T extends Tensor | null>(
    name: string,
    tensor: T,
    options: { readonly persistent?: boolean | undefined } = {},
  ): T {
    checkName('registerBuffer', this, name);
    if (!this.#buffers.has(name)) this.#checkFree('registerBuffer', name);
    this.#buffers.set(name, options.persistent !== false);
    (this as Record<string, unknown>)[name] = tensor;
    return tensor;
  }

  /** Sets a field to a parameter, for names that are computed; returns it. PyTorch: `register_parameter`. */
  registerParameter<T extends Parameter | null>(name: string, parameter: T): T {
    checkName('registerParameter', this, name);
    if (!this.parameters({ recurse: false }).includes((this as unknown as Record<string, Parameter>)[name]!))
      this.#checkFree('registerParameter', name);
    (this as Record<string, unknown>)[name] = parameter;
    return parameter;
  }

  /** Sets a field to a module, for names that are computed; returns it. PyTorch: `add_module`. */
  addModule<T extends Module | null>(name: string, module: T): T {
    checkName('addModule', this, name);
    if (!((this as Record<string, unknown>)[name] instanceof Module)) this.#checkFree('addModule', name);
    (this as Record<string, unknown>)[name] = module;
    return module;
  }

  #checkFree(op: string, name: string): void {
    const value = (this as Record<string, unknown>)[name];
    if (value !== undefined && value !== null)
      throw new ValueError(op, `${this.constructor.name} has a field '${name}' already; choose another name`);
  }

  /** The module at a path such as `layers.0`. PyTorch: `get_submodule`. */
  getSubmodule(path: string): Module {
    return moduleAt('getSubmodule', this, path);
  }

  /** The parameter at a path such as `layers.0.weight`. PyTorch: `get_parameter`. */
  getParameter(path: string): Parameter {
    return tensorAt('getParameter', this, path, ownParameters);
  }

  /** The buffer at a path. PyTorch: `get_buffer`. */
  getBuffer(path: string): Tensor {
    return tensorAt('getBuffer', this, path, ownBuffers);
  }

  /** Calls a function with every module below, then with this one; returns this. PyTorch: `apply`. */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /** Training mode on (or off) here and below; returns this. PyTorch: `train`. */
  train(mode = true): this {
    this.training = mode;
    for (const child of this.children()) child.train(mode);
    return this;
  }

  /** Training mode off here and below; returns this. PyTorch: `eval`. */
  eval(): this {
    return this.train(false);
  }

  /** Collects gradients for all parameters, or for none; returns this. PyTorch: `requires_grad_`. */
  requiresGrad_(requires = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(requires);
    return this;
  }

  /** Forgets the gradients of all parameters, or fills them with zeros. PyTorch: `zero_grad(set_to_none=True)`. */
  zeroGrad(options?: { readonly setToNull?: boolean }): void {
    for (const parameter of this.parameters()) parameter.zeroGrad(options);
  }

  /**
   * Parameters and persistent buffers by PyTorch's keys, in PyTorch's order, detached (or as they are, with `keepVars`): the tensors share memory with the
   * module's. PyTorch: `state_dict()`.
   */
  stateDict(
    options: { readonly prefix?: string | undefined; readonly keepVars?: boolean | undefined } = {},
  ): StateDict {
    const entries = stateOf(this, options.prefix);
    return Object.fromEntries(entries.map(([key, t]) => [key, options.keepVars === true ? t : t.detach()]));
  }

  /**
   * Copies values into parameters and buffers; with `strict` (the default) the keys must be exactly those of `stateDict()`. All is checked first: if
   * anything is missing, left over or of another shape, one error names it all and nothing is changed. PyTorch: `load_state_dict()`.
   * @throws ValueError for missing or left-over keys, ShapeError for other shapes
   */
  loadStateDict(state: Readonly<StateDict>, options: { readonly strict?: boolean | undefined } = {}): LoadResult {
    return loadState(this, state, options.strict !== false);
  }

  /** All float parameters and buffers in another float dtype, at once. PyTorch: `module.to(dtype)`. */
  to(dtype: DType): this;
  /** All parameters and buffers on another backend; they stay the same objects, so optimisers go on. PyTorch: `module.to(device)`. */
  to(backend: Backend): Promise<this>;
  to(target: DType | Backend): this | Promise<this> {
    if (typeof target !== 'string') return moveAll(this, target).then(() => this);
    convertFloats(this, target);
    return this;
  }

  /** `to('float16')`. */
  half(): this {
    return this.to('float16');
  }

  /** `to('float32')`. */
  float(): this {
    return this.to('float32');
  }

  /** `to('float64')`. */
  double(): this {
    return this.to('float64');
  }

  /** Calls a function with the inputs before every `forward`; what it returns replaces them. PyTorch: `register_forward_pre_hook`. */
  registerForwardPreHook(hook: ForwardPreHook<this>): HookHandle {
    return this.#register((hooks) => hooks.forwardPre, hook as ForwardPreHook);
  }

  /** Calls a function with inputs and output after every `forward`; what it returns replaces the output. PyTorch: `register_forward_hook`. */
  registerForwardHook(hook: ForwardHook<this>): HookHandle {
    return this.#register((hooks) => hooks.forward, hook as ForwardHook);
  }

  /**
   * Calls a function with the gradients of inputs and outputs in every backward through the module; what it returns replaces those of the inputs. The
   * module may not change its inputs in place. In a bundle for browsers it needs `import '@nn/nn/hooks'`. PyTorch: `register_full_backward_hook`.
   */
  registerFullBackwardHook(hook: FullBackwardHook<this>): HookHandle {
    checkLoaded();
    return this.#register((hooks) => hooks.backward, hook as FullBackwardHook);
  }

  #register<H>(kind: (hooks: Hooks) => Set<{ readonly call: H }>, hook: H): HookHandle {
    this.#hooks ??= new Hooks();
    const hooks = this.#hooks;
    return addHook(kind(hooks), hook, () => {
      if (hooks.isEmpty && this.#hooks === hooks) this.#hooks = null;
    });
  }

  /** PyTorch's `repr(module)`. */
  toString(): string {
    return describeModule(this);
  }

  static {
    // What console.log(module) prints in Node; a computed member would have to be public.
    Object.defineProperty(Module.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Module) {
        return this.toString();
      },
    });
  }
}
