/**
 * Full backward hooks, as PyTorch's BackwardHook has them: an identity in front of the module's inputs and one behind its outputs. In backward the
 * second sees the gradients of the outputs, the first those of the inputs, and calls the hooks with both.
 */

import { Function as DifferentiableFunction, type FunctionContext } from '@nn/autograd';
import { AutogradError } from '@nn/backend';
import { Tensor } from '@nn/tensor';
import type { FullBackwardHook, HookGradients, Watch } from './hooks.ts';
import type { Module } from './module.ts';

/** Passes tensors on, and gradients through a callback. */
class Door extends DifferentiableFunction {
  static override forward(
    ctx: FunctionContext,
    pass: (gradients: HookGradients) => HookGradients,
    ...tensors: Tensor[]
  ): readonly Tensor[] {
    ctx.materializeGrads = false;
    ctx.values['pass'] = pass;
    return tensors;
  }

  static override backward(ctx: FunctionContext, ...gradients: Tensor[]): readonly (Tensor | null)[] {
    const pass = ctx.values['pass'] as (gradients: HookGradients) => HookGradients;
    return [null, ...pass(gradients)];
  }
}

const isTracked = (value: unknown): value is Tensor => value instanceof Tensor && value.requiresGrad;

/** The same values with the tracked tensors among them behind a door. */
function behind(values: readonly unknown[], pass: (gradients: HookGradients) => HookGradients): unknown[] {
  const places = values.flatMap((value, i) => (isTracked(value) ? [i] : []));
  const spread = (gradients: HookGradients): (Tensor | null)[] => {
    const all = new Array<Tensor | null>(values.length).fill(null);
    places.forEach((place, i) => {
      all[place] = gradients[i] ?? null;
    });
    return all;
  };
  const passed = Door.apply(
    (gradients: HookGradients) => {
      const answer = pass(spread(gradients));
      return places.map((place) => answer[place] ?? null);
    },
    ...places.map((place) => values[place] as Tensor),
  );
  const out = [...values];
  places.forEach((place, i) => {
    out[place] = passed[i];
  });
  return out;
}

/** One call of a module whose backward hooks will run. */
export class BackwardWatch implements Watch {
  readonly #module: Module;
  readonly #hooks: readonly FullBackwardHook[];
  #inputs: readonly unknown[] = [];
  #versions: readonly number[] = [];
  #isTracked = false;
  #gradOutput: HookGradients | null = null;

  constructor(module: Module, hooks: readonly FullBackwardHook[]) {
    this.#module = module;
    this.#hooks = hooks;
  }

  watchInputs(inputs: readonly unknown[]): readonly unknown[] {
    this.#inputs = inputs;
    this.#versions = this.#currentVersions();
    this.#isTracked = inputs.some(isTracked);
    if (!this.#isTracked) return inputs;
    return behind(inputs, (gradInput) => {
      if (this.#gradOutput === null) return gradInput;
      const answer = this.#run(gradInput, this.#gradOutput);
      this.#gradOutput = null;
      return answer;
    });
  }

  watchOutput(output: unknown): unknown {
    const { name } = this.#module.constructor;
    if (this.#currentVersions().some((version, i) => version !== this.#versions[i]))
      throw new AutogradError(
        'registerFullBackwardHook',
        `${name} changed an input in place, which its backward hook forbids; use the op that returns a new tensor`,
      );
    const isList = Array.isArray(output);
    if (!isList && !(output instanceof Tensor))
      throw new AutogradError(
        'registerFullBackwardHook',
        `${name} returned neither a tensor nor an array of tensors, so its backward hook would never run; return one of these, or hook the tensors themselves`,
      );
    const outputs: readonly unknown[] = isList ? output : [output];
    if (!outputs.some(isTracked)) return output;
    const watched = behind(outputs, (gradOutput) => {
      if (this.#isTracked) this.#gradOutput = gradOutput;
      else this.#runWithoutInputs(gradOutput);
      return gradOutput;
    });
    return isList ? watched : watched[0];
  }

  #currentVersions(): number[] {
    return this.#inputs.map((value) => (isTracked(value) ? value.storage.version : 0));
  }

  #run(gradInput: HookGradients, gradOutput: HookGradients): HookGradients {
    let current = gradInput;
    for (const hook of this.#hooks) {
      const answer = hook(this.#module, current, gradOutput);
      if (answer === null || answer === undefined) continue;
      const list = answer instanceof Tensor ? [answer] : answer;
      if (list.length !== current.length)
        throw new AutogradError(
          'registerFullBackwardHook',
          `a hook returned ${list.length} gradients for ${current.length} inputs; return one for each, null where there is none`,
        );
      current = list;
    }
    return current;
  }

  /** No input is tracked, so there is no gradient to replace. */
  #runWithoutInputs(gradOutput: HookGradients): void {
    const none = this.#inputs.map(() => null);
    for (const hook of this.#hooks) {
      const answer = hook(this.#module, none, gradOutput);
      if (answer !== null && answer !== undefined)
        throw new AutogradError(
          'registerFullBackwardHook',
          'a hook returned gradients for inputs none of which requires grad; return nothing',
        );
    }
  }
}
