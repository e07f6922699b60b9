/**
 * What all optimisers share: parameter groups, state, state dicts. A subclass states its defaults and the update of one parameter, which is one launch: numbers that
 * change from step to step are run-time scalars of it.
 */

import { noGrad } from '@nn/autograd';
import { ShapeError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { assign, checkNamed, fresh, layoutOf, outlive, relocate, sameNumbers, withTracking } from '@nn/tensor/internal';
import { shown } from './check.ts';
import { describeOptimizer } from './print.ts';

/** Parameters with options of their own; what they leave out comes from the optimiser's defaults. */
export type ParameterGroup<Options> = Partial<Options> & {
  readonly params: Iterable<Tensor>;
  /** The rate that schedules start from, for one that is made with `lastEpoch`; a schedule made without sets it. */
  readonly initialLr?: number;
};

/** A group as the optimiser holds it: change `lr` and its kind here, between steps. */
export type Group<Options> = { -readonly [K in keyof Options]: Options[K] } & {
  readonly params: Tensor[];
  /** The rate that schedules start from; the first of them sets it. PyTorch: `initial_lr`. */
  initialLr?: number;
};

/** What an optimiser remembers of one parameter: counters, and tensors of the parameter's shape. */
export type ParameterState = Record<string, Tensor | number>;

/** What `stateDict` gives: parameters by their position over all groups. */
export interface OptimizerState<Options = Record<string, unknown>> {
  readonly state: Readonly<Record<number, Readonly<ParameterState>>>;
  readonly paramGroups: readonly (Readonly<Options> & { readonly params: readonly number[] })[];
}

/** Options without those that are undefined, which count as left out. */
const defined = <Options extends object>(options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;

// biome-ignore lint/suspicious/noExplicitAny: `Optimizer` alone is any of them
export abstract class Optimizer<Options extends object = any> {
  /** PyTorch: `optimizer.param_groups`. */
  readonly paramGroups: Group<Options>[] = [];
  /** @internal By parameter. */
  readonly state: Map<Tensor, ParameterState> = new Map();
  readonly #defaults: Options;

  constructor(
    params: Iterable<Tensor> | Iterable<ParameterGroup<Options>>,
    defaults: Options,
    options: Partial<Options> = {},
  ) {
    const op = this.constructor.name;
    const unknown = Object.keys(checkNamed(op, options)).find((name) => !(name in defaults));
    if (unknown !== undefined)
      throw new ValueError(op, `has no option ${unknown}; there are ${Object.keys(defaults).join(', ')}`);
    this.#defaults = { ...defaults, ...defined(options) };
    const given = listed(op, params as Iterable<Tensor & ParameterGroup<Options>>);
    if (given.length === 0) throw new ValueError(op, 'got no parameters; pass model.parameters()');
    const isGroups = given[0]?.params !== undefined;
    for (const group of isGroups ? given : [{ params: given }]) this.addParamGroup(group as ParameterGroup<Options>);
  }

  /** Throws a `ValueError` for options that make no sense. */
  protected abstract check(options: Options): void;

  /** Updates one parameter in place; nothing is recorded. */
  protected abstract update(parameter: Tensor, gradient: Tensor, state: ParameterState, options: Group<Options>): void;

  /** Adds parameters with options of their own; PyTorch: `add_param_group`. */
  addParamGroup(group: ParameterGroup<Options>): void {
    const op = this.constructor.name;
    const params = listed(op, group?.params);
    const known = new Set(this.paramGroups.flatMap((g) => g.params));
    params.forEach((p, i) => {
      if (p?.layout === undefined) throw new ValueError(op, `parameter ${i} is no tensor: ${shown(p)}`);
      const wrong = !p.isLeaf
        ? 'is not a leaf: it was computed from others; optimise those'
        : known.has(p) && 'is in more than one group; give each parameter once';
      if (wrong) throw new ValueError(op, `parameter ${i} of shape (${p.shape.join(', ')}) ${wrong}`);
      known.add(p);
    });
    const merged = { ...this.#defaults, ...defined(group), params } as Group<Options>;
    this.check(merged as unknown as Options);
    this.paramGroups.push(merged);
  }

  /**
   * Updates every parameter that has a gradient. A closure recomputes the loss and is called first, with gradients recorded; its result is returned. It is not waited for: what is asynchronous
   * belongs before the step.
   */
  step(): void;
  step<R>(closure: () => R): R;
  step(closure?: () => unknown): unknown {
    if (closure && typeof closure !== 'function')
      throw new ValueError(
        `${this.constructor.name}.step`,
        `got ${shown(closure)} for a closure; pass a function, or nothing`,
      );
    const loss = closure && withTracking(true, closure);
    withTracking(false, () => {
      for (const group of this.paramGroups) {
        this.checkRate(group);
        for (const p of group.params) this.#stepOne(p, group);
      }
    });
    return loss;
  }

  /** @internal A rate may have become anything since it was given. */
  protected checkRate(group: Group<Options>): void {
    if (!Number.isFinite((group as { readonly lr?: unknown }).lr)) this.check(group as unknown as Options);
  }

  #stepOne(p: Tensor, group: Group<Options>): void {
    const gradient = p.receiver?.gradient ?? null;
    if (gradient === null) return;
    let own = this.state.get(p);
    if (own === undefined) {
      own = {};
      this.state.set(p, own);
    }
    this.update(p, gradient, own, group);
  }

  /**
   * Moves what is remembered to the backends of its parameters, after `await model.to(backend)`. Only needed where memory can't be read without waiting: elsewhere
   * `step` does it. PyTorch has nothing like it: there a state stays where it was made.
   * @example
   * ```ts
   * import '@nn/autograd';
   * import { reference } from '@nn/backend';
   * import { Adam } from '@nn/optim';
   * import { tensor } from '@nn/tensor';
   * const w = tensor([2], { requiresGrad: true, backend: reference() });
   * const optimizer = new Adam([w]);
   * w.mul(w).sum().backward();
   * optimizer.step();
   * await optimizer.follow(); // all is where it should be: nothing moves
   * console.log(Object.keys(optimizer.stateDict().state[0]!)); // prints: [ 'step', 'expAvg', 'expAvgSq' ]
   * ```
   */
  async follow(): Promise<void> {
    for (const [p, entry] of this.state)
      for (const value of Object.values(entry)) if (typeof value !== 'number') await relocate(value, p.backend);
  }

  /** Forgets the gradients, or fills them with zeros; PyTorch: `zero_grad(set_to_none=True)`. */
  zeroGrad(options?: { readonly setToNull?: boolean }): void {
    for (const { params } of this.paramGroups) for (const p of params) p.zeroGrad(options);
  }

  /** Options and state, with parameters named by position; tensors are shared, not copied. PyTorch: `state_dict()`. */
  stateDict(): OptimizerState<Options> {
    const position = new Map<Tensor, number>();
    const paramGroups = this.paramGroups.map((group) => ({
      ...group,
      params: group.params.map((p) => position.set(p, position.size).size - 1),
    })) as unknown as OptimizerState<Options>['paramGroups'];
    const state: Record<number, ParameterState> = {};
    for (const [p, entry] of this.state) state[position.get(p)!] = { ...entry };
    return { state, paramGroups };
  }

  /**
   * Takes over options and state; tensors are copied. A rate below zero is taken too: a schedule may have led there. Throws a `ValueError` or `ShapeError`, and changes nothing, if something
   * doesn't fit. PyTorch: `load_state_dict()`.
   */
  loadStateDict(saved: OptimizerState<Options>): void {
    const op = `${this.constructor.name}.loadStateDict`;
    const sizes = (groups?: readonly { readonly params?: readonly unknown[] }[]): string | undefined =>
      groups?.map?.((g) => g?.params?.map && g.params.length).join(' + ');
    if (sizes(saved?.paramGroups) !== sizes(this.paramGroups))
      throw new ShapeError(
        op,
        `the saved groups have ${sizes(saved?.paramGroups)} parameters, this optimiser's ${sizes(this.paramGroups)}; build it with the same parameters`,
      );
    if (!saved.state) throw new ValueError(op, 'there is no state; pass what stateDict() gave');
    const byPosition = new Map<number, Tensor>();
    saved.paramGroups.forEach((group, g) => {
      // A schedule may have led the rate below zero: it is refused where it is given, not where it goes on.
      const { lr } = group as { readonly lr?: unknown };
      this.check({ ...group, lr: typeof lr === 'number' ? Math.abs(lr) : lr } as unknown as Options);
      group.params.forEach((position, i) => {
        byPosition.set(position, this.paramGroups[g]!.params[i]!);
      });
    });
    const entries = Object.entries(saved.state).map(([key, entry]) => {
      const p = byPosition.get(Number(key));
      if (p === undefined) throw new ValueError(op, `there is state for parameter ${key}, which is in no group`);
      for (const [name, value] of Object.entries(entry)) {
        if (typeof value === 'number') continue;
        if (value?.shape === undefined)
          throw new ValueError(op, `${name} of parameter ${key} is no tensor: ${shown(value)}; JSON can't hold one`);
        if (!sameNumbers(value.shape, p.shape))
          throw new ShapeError(
            op,
            `${name} of parameter ${key} has shape (${value.shape.join(', ')}), the parameter (${p.shape.join(', ')})`,
          );
      }
      return [p, entry] as const;
    });
    const own = entries.map(([p, entry]) => [p, copied(p, entry)] as const);
    saved.paramGroups.forEach((group, g) => {
      Object.assign(this.paramGroups[g]!, group, { params: this.paramGroups[g]!.params });
    });
    this.state.clear();
    for (const [p, entry] of own) this.state.set(p, entry);
  }

  /** PyTorch's `repr(optimizer)`: the groups with their options. */
  toString(): string {
    return describeOptimizer(this.constructor.name, this.paramGroups);
  }

  static {
    // What console.log(optimizer) prints in Node; a computed member would have to be public.
    Object.defineProperty(Optimizer.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Optimizer) {
        return this.toString();
      },
    });
  }
}

/** What is given as a list of parameters, or of groups. */
function listed<T>(op: string, given: Iterable<T> | undefined): T[] {
  if (typeof given?.[Symbol.iterator] === 'function') return [...given];
  throw new ValueError(op, `got no parameters but ${shown(given)}; pass model.parameters()`);
}

/** State with tensors of its own. On another backend than the parameter's it stays there until the next step, or `follow()`, moves it. */
function copied(p: Tensor, entry: Readonly<ParameterState>): ParameterState {
  const own: ParameterState = {};
  for (const [name, value] of Object.entries(entry)) {
    if (typeof value === 'number') own[name] = value;
    else {
      const copy = fresh(layoutOf(value.layout.device, p.dtype, p.layout.shape), 'optimizer state');
      own[name] = outlive(noGrad<Tensor>(() => assign(copy, value)));
    }
  }
  return own;
}
