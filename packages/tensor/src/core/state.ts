/**
 * What the whole library shares: grad mode, the default backend, and the seams, the few functions that higher layers fill in because the arrows
 * point down. A seam that nobody filled throws an error that says which package to import.
 */
import { AutogradError, type Backend } from '@nn/backend';
import { defaultBackend } from '@nn/backend/default';
import type { Storage } from '../memory/storage.ts';
import type { Tensor } from '../tensor.ts';
import { type Device, deviceOf, type Layout } from './layout.ts';
import type { Node } from './node.ts';
import type { Plan } from './plan.ts';

export const state = {
  /** Grad mode: whether ops on tracked tensors record provenance. */
  tracking: true,
};

/** Runs a synchronous function with grad mode on or off. */
export function withTracking<R>(tracking: boolean, body: () => R): R {
  const was = state.tracking;
  state.tracking = tracking;
  try {
    return body();
  } finally {
    state.tracking = was;
  }
}

/** Runs a synchronous function without recording provenance. */
export const untracked = <R>(body: () => R): R => withTracking(false, body);

let current: Device | null = null;

/** The device for tensors that are made from nothing. */
export function currentDevice(): Device {
  current ??= deviceOf(defaultBackend());
  return current;
}

/**
 * Makes a backend the default: tensors created from now on live there. Tensors that exist stay where they are; `await t.to(backend)` moves one.
 * @example
 * ```ts
 * import { reference } from '@nn/backend';
 * import { setBackend, zeros } from '@nn/tensor';
 * setBackend(reference());
 * console.log(zeros([2]).backend.name); // prints: reference
 * ```
 */
export function setBackend(backend: Backend): void {
  current = deviceOf(backend);
}

/** Lets finalizers run where enough memory was taken on the default backend since they last could. For loops that own their awaits. */
export const breathe = async (): Promise<void> => current?.pool.turn.breathe();

/** The default backend. Until `setBackend` is called: in Node the reference backend, in a browser none, which is a `BackendError`. */
export const getBackend = (): Backend => currentDevice().backend;

/** What autograd fills in when it is imported. */
export interface AutogradSeam {
  /** Bit mask of the values that gradient j of a plan reads: bit k input k, bit 30 the output. */
  readonly needs: (plan: Plan, j: number) => number;
  readonly backward: (tensor: Tensor, gradient: Tensor | undefined, options?: BackwardOptions) => void;
  /** Called for each new node in anomaly mode, else null. */
  trace: ((node: Node) => void) | null;
}

export interface BackwardOptions {
  /** Keep saved values so that backward can run again; defaults to `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the gradients' own provenance, for second derivatives. */
  readonly createGraph?: boolean;
}

const missing = (): never => {
  throw new AutogradError(
    'requiresGrad',
    "gradients need the package @nn/autograd: add import '@nn/autograd' (importing @nn/nn does it too)",
  );
};

export const autograd: { seam: AutogradSeam } = { seam: { needs: missing, backward: missing, trace: null } };

/** Whether autograd was imported. */
export const hasAutograd = (): boolean => autograd.seam.needs !== missing;

/** Filled by `tensor.ts`: the class that everything makes, without a cycle of imports. */
export const factory: { make: (storage: Storage, layout: Layout, offset: number) => Tensor } = {
  make: () => {
    throw new AutogradError('tensor', 'the class Tensor was not loaded; import from @nn/tensor');
  },
};
