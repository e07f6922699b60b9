/** How large a model is. */
import { checkNamed } from '@nn/tensor/internal';
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
export function countParameters(module: Module, options: CountOptions = {}): number {
  const { trainableOnly } = checkNamed('countParameters', options);
  return module
    .parameters()
    .reduce((total, p) => total + (trainableOnly === true && !p.requiresGrad ? 0 : p.numel()), 0);
}
