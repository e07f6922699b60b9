/** The public page of @nn/nn. */
export { Identity } from './containers/identity.ts';
export { ModuleDict } from './containers/module-dict.ts';
export { ModuleList } from './containers/module-list.ts';
export { ParameterDict } from './containers/parameter-dict.ts';
export { ParameterList } from './containers/parameter-list.ts';
export { Sequential, type SequentialParts } from './containers/sequential.ts';
export * from './functional/index.ts';
export * from './gradients/index.ts';
export * as init from './init/index.ts';
export * from './layers/index.ts';
export * from './losses/index.ts';
export { type CountOptions, countParameters } from './module/count.ts';
export type { ForwardHook, ForwardPreHook, FullBackwardHook, HookGradients, HookHandle } from './module/hooks.ts';
export { Layer, type UnknownShape } from './module/layer.ts';
export type { ListOptions, Named } from './module/members.ts';
export { Module } from './module/module.ts';
export { Parameter, type ParameterOptions } from './module/parameter.ts';
export type { LoadResult, StateDict } from './module/state-dict.ts';
