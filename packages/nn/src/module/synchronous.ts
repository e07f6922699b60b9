/** Forwards that are over when they return: what is changed around a call can't stay so across an `await`. */
import { ValueError } from '@nn/backend';
import type { Module } from './module.ts';

/** Refuses the promise of an asynchronous `forward`. */
export function refusePromise(op: string, module: Module, result: unknown): void {
  const promise = result as PromiseLike<unknown> | null | undefined;
  if (typeof promise?.then !== 'function') return;
  // Nobody will wait for it.
  promise.then(undefined, () => {});
  throw new ValueError(
    op,
    `forward of ${module.constructor.name} returned a promise, and would go on when all is as it was; make it synchronous, and await around it`,
  );
}
