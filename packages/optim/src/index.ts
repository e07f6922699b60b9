/** The public page of @nn/optim. */
export { Adam, type AdamOptions, AdamW } from './adam.ts';
export { type Group, Optimizer, type OptimizerState, type ParameterGroup, type ParameterState } from './optimizer.ts';
export { SGD, type SGDOptions } from './sgd.ts';
