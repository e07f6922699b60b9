/** The optimisers that can be chosen by name, and what they remember as tensors in a file and numbers in JSON. */
import type { Module } from '@nn/nn';
import { Adam, AdamW, type Optimizer, type OptimizerState, type ParameterState, SGD } from '@nn/optim';
import { Tensor } from '@nn/tensor';
import type { Safetensors } from '../checkpoint/safetensors.ts';
import type { TrainingOptions } from '../options/training-options.ts';
import { storeAll, toTensor } from './stored-tensors.ts';

/** What all optimisers have in common, whatever their options are. */
export type AnyOptimizer = Pick<Optimizer<object>, 'step' | 'zeroGrad'> & {
  stateDict(): OptimizerState<object>;
  loadStateDict(state: OptimizerState<object>): void;
};

const optimizers: {
  readonly [Name in TrainingOptions['optimizer']]: (model: Module, options: TrainingOptions) => unknown;
} = {
  sgd: (model, { lr, momentum, weightDecay }) => new SGD(model.parameters(), { lr, momentum, weightDecay }),
  adam: (model, { lr, weightDecay }) => new Adam(model.parameters(), { lr, weightDecay }),
  adamw: (model, { lr, weightDecay }) => new AdamW(model.parameters(), { lr, weightDecay }),
};

export const buildOptimizer = (model: Module, options: TrainingOptions): AnyOptimizer =>
  optimizers[options.optimizer](model, options) as AnyOptimizer;

/** The part of an optimiser's state that JSON can hold: its groups, and by parameter the numbers. */
export interface OptimizerNumbers {
  readonly paramGroups: OptimizerState<object>['paramGroups'];
  readonly numbers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** An optimiser's state, the tensors called `0.momentumBuffer`: the parameter's position, then the name. */
export async function storeOptimizer(
  optimizer: AnyOptimizer,
): Promise<{ tensors: Safetensors; numbers: OptimizerNumbers }> {
  const { state, paramGroups } = optimizer.stateDict();
  const tensors = new Map<string, Tensor>();
  const numbers: Record<string, Record<string, number>> = {};
  for (const [position, entry] of Object.entries(state)) {
    numbers[position] = {};
    for (const [name, value] of Object.entries(entry)) {
      if (value instanceof Tensor) tensors.set(`${position}.${name}`, value);
      else numbers[position][name] = value;
    }
  }
  return { tensors: { tensors: await storeAll(tensors), metadata: {} }, numbers: { paramGroups, numbers } };
}

/** Gives an optimiser its state back. */
export function loadOptimizer(optimizer: AnyOptimizer, { tensors }: Safetensors, saved: OptimizerNumbers): void {
  const state: Record<string, ParameterState> = {};
  for (const [position, entry] of Object.entries(saved.numbers)) state[position] = { ...entry };
  for (const [key, stored] of tensors) {
    const [position, name] = [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)];
    state[position] = { ...state[position], [name]: toTensor(key, stored) };
  }
  optimizer.loadStateDict({ state, paramGroups: saved.paramGroups });
}
