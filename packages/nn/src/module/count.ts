/** How large a model is. */
import type { Module } from './module.ts';

export interface CountOptions {
  /** Count only parameters that collect gradients; false. */
  readonly trainableOnly?: boolean | undefined;
}

/**
 * The number of elements of all parameters, shared ones once.
 * @example
 * ```ts
 * import { countParameters, Linear } from '@nn/nn';
 * console.log(countParameters(new Linear(784, 50))); // prints: 39250
 * ```
 */
export const countParameters = (module: Module, options: CountOptions = {}): number =>
  module
    .parameters()
    .reduce((total, p) => total + (options.trainableOnly === true && !p.requiresGrad ? 0 : p.numel()), 0);
