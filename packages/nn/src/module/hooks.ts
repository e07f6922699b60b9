/** Hooks of one module and the handles that remove them. What they are called with is decided in `run.ts` and `backward-hook.ts`. */
// biome-ignore-all lint/suspicious/noExplicitAny: who writes a hook knows what the module takes and gives
import { NnError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import type { Module } from './module.ts';

/** Undoes a registration. */
export interface HookHandle {
  /** Removes the hook; a second call does nothing. */
  remove(): void;
}

/** Sees the inputs of `forward`; an array that it returns replaces them, any other value replaces them by itself alone. */
export type ForwardPreHook<M = Module> = (module: M, inputs: any[]) => unknown;

/** Sees inputs and output of `forward`; what it returns (but undefined or null) replaces the output. */
export type ForwardHook<M = Module> = (module: M, inputs: any[], output: any) => unknown;

/** One gradient an argument or output; null where it is no tensor, or none flows. */
export type HookGradients = readonly (Tensor | null)[];

/** Sees the gradients of inputs and outputs; a tensor or an array that it returns replaces those of the inputs. */
export type FullBackwardHook<M = Module> = (
  module: M,
  gradInput: HookGradients,
  gradOutput: HookGradients,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
) => Tensor | HookGradients | null | undefined | void;

/** One call of a module whose backward hooks will run. */
export interface Watch {
  /** The inputs as `forward` is to have them. */
  watchInputs(inputs: readonly unknown[]): readonly unknown[];
  watchOutput(output: unknown): unknown;
}

/** Filled by `@nn/nn/hooks`, so that a page without backward hooks holds neither them nor custom functions. */
export const seam: { watch: ((module: Module, hooks: readonly FullBackwardHook[]) => Watch) | null } = { watch: null };

export class Hooks {
  readonly forwardPre: Set<{ readonly call: ForwardPreHook }> = new Set();
  readonly forward: Set<{ readonly call: ForwardHook }> = new Set();
  readonly backward: Set<{ readonly call: FullBackwardHook }> = new Set();

  get isEmpty(): boolean {
    return this.forwardPre.size + this.forward.size + this.backward.size === 0;
  }
}

/** Adds a hook, which may be added twice. `changed` is called when it is removed. */
export function addHook<H>(to: Set<{ readonly call: H }>, call: H, changed: () => void): HookHandle {
  const entry = { call };
  to.add(entry);
  return {
    remove: () => {
      to.delete(entry);
      changed();
    },
  };
}

/** Throws where backward hooks are not loaded. */
export function checkLoaded(): void {
  if (seam.watch === null)
    throw new NnError('registerFullBackwardHook', "backward hooks are not loaded: add import '@nn/nn/hooks'");
}
