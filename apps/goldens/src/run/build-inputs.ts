/** The input tensors of a case by name, those with requires_grad as leaves that collect gradients. */

import type { Tensor } from '@nn/tensor';
import type { GoldenCase, StoredInput } from '../format/document.ts';
import { makeStored } from './tensors.ts';

export function buildInputs(golden: GoldenCase): Map<string, Tensor> {
  return new Map(golden.inputs.map((input) => [input.name, buildInput(input)]));
}

export function buildInput(input: StoredInput): Tensor {
  return makeStored(input, input.dtype, input.requires_grad === true);
}

/** Inputs whose role is `parameter` or `buffer` belong to a module, the others are arguments of the call. */
export function isModuleState(input: StoredInput): boolean {
  return input.role === 'parameter' || input.role === 'buffer';
}
