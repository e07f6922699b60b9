/** The public page of @nn/optim. */
export { Adadelta, type AdadeltaOptions } from './adadelta.ts';
export { Adagrad, type AdagradOptions } from './adagrad.ts';
export { Adam, type AdamOptions, AdamW } from './adam.ts';
export { Adamax, type AdamaxOptions } from './adamax.ts';
export { ASGD, type ASGDOptions } from './asgd.ts';
export { LBFGS } from './lbfgs/lbfgs.ts';
export type { LBFGSOptions } from './lbfgs/options.ts';
export { NAdam, type NAdamOptions } from './nadam.ts';
export { type Group, Optimizer, type OptimizerState, type ParameterGroup, type ParameterState } from './optimizer.ts';
export { RAdam, type RAdamOptions } from './radam.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { Rprop, type RpropOptions } from './rprop.ts';
export { ChainedScheduler } from './schedulers/chained.ts';
export type { PerGroup } from './schedulers/check.ts';
export {
  CosineAnnealingLR,
  type CosineAnnealingLROptions,
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from './schedulers/cosine.ts';
export { CyclicLR, type CyclicLROptions } from './schedulers/cyclic.ts';
export { type DecayOptions, ExponentialLR, MultiStepLR, StepLR } from './schedulers/decay.ts';
export { GroupScheduler, type LRSchedulerOptions, type RatePoint } from './schedulers/group-scheduler.ts';
export { LambdaLR, type LRLambda, MultiplicativeLR } from './schedulers/lambda.ts';
export { OneCycleLR, type OneCycleLROptions } from './schedulers/one-cycle.ts';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './schedulers/plateau.ts';
export {
  ConstantLR,
  type ConstantLROptions,
  LinearLR,
  type LinearLROptions,
  PolynomialLR,
  type PolynomialLROptions,
} from './schedulers/ramp.ts';
export {
  LRScheduler,
  type LRSchedulerState,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerValue,
} from './schedulers/scheduler.ts';
export { SequentialLR } from './schedulers/sequential.ts';
export { SWALR, type SWALROptions } from './schedulers/swa.ts';
export { SGD, type SGDOptions } from './sgd.ts';
