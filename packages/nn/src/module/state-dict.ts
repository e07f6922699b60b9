/** State dicts: parameters and persistent buffers by PyTorch's keys, out and in. Loading checks everything before it changes anything. */

import { noGrad } from '@nn/autograd';
import { BackendError, ShapeError, ValueError } from '@nn/backend';
import { Tensor } from '@nn/tensor';
import { assign, fresh, layoutOf, readSync, sameNumbers, shapeText } from '@nn/tensor/internal';
import { joinPath, type Named, ownBuffers, ownModules, ownParameters } from './members.ts';
import type { Module } from './module.ts';

/** Tensors by key: `layers.0.weight`. */
export type StateDict = Record<string, Tensor>;

/** Keys that `loadStateDict` didn't find, and keys that it had no use for. */
export interface LoadResult {
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
}

/** The tensors that make up the state: own parameters, own persistent buffers, then those of the modules below. Shared ones under each of their keys. */
export function stateOf(module: Module, prefix = ''): Named<Tensor>[] {
  const persistent = module.bufferNames();
  const own: Named<Tensor>[] = [
    ...ownParameters(module),
    ...ownBuffers(module).filter(([name]) => persistent.get(name) === true),
  ];
  return [
    ...own.map(([name, t]): Named<Tensor> => [joinPath(prefix, name), t]),
    ...ownModules(module).flatMap(([name, child]) => stateOf(child, joinPath(prefix, name))),
  ];
}

/** The value where the target lives; a copy if it comes from elsewhere. */
export function nearby(op: string, value: Tensor, target: Tensor): Tensor {
  if (value.backend === target.backend) return value;
  const copy = fresh(layoutOf(target.layout.device, value.dtype, value.shape), op);
  if (value.numel() > 0) copy.backend.write(copy.storage.block, copy.storage.origin, value.dtype, readSync(value, op));
  return copy;
}

const quoted = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(', ');

export function loadState(module: Module, state: Readonly<StateDict>, strict: boolean): LoadResult {
  const own = stateOf(module);
  const keys = new Set(own.map(([key]) => key));
  const missingKeys = [...keys].filter((key) => !Object.hasOwn(state, key));
  const unexpectedKeys = Object.keys(state).filter((key) => !keys.has(key));
  const pairs = own.flatMap(([key, target]) =>
    Object.hasOwn(state, key) ? [{ key, target, value: state[key] as unknown }] : [],
  );
  const problems: string[] = [];
  if (strict && missingKeys.length > 0) problems.push(`missing keys: ${quoted(missingKeys)}`);
  if (strict && unexpectedKeys.length > 0) problems.push(`unexpected keys: ${quoted(unexpectedKeys)}`);
  let misshapen = false;
  let unreachable = false;
  for (const { key, target, value } of pairs) {
    if (!(value instanceof Tensor))
      problems.push(
        `${key} is no tensor but ${value === null ? 'null' : typeof value}; JSON can't hold one: write its toArray() there, and tensor(…) of that here`,
      );
    else if (!sameNumbers(value.layout.shape, target.layout.shape)) {
      misshapen = true;
      problems.push(
        `sizes of ${key} differ: ${shapeText(value.layout.shape)} in the state, ${shapeText(target.layout.shape)} in the module`,
      );
    } else if (value.backend !== target.backend && value.backend.readSync === undefined) {
      unreachable = true;
      problems.push(
        `${key} lives on ${value.backend.name}, which can't be read without waiting, the module on ${target.backend.name}; move it first with await t.to(backend)`,
      );
    }
  }
  if (problems.length > 0) {
    const Kind = misshapen ? ShapeError : unreachable ? BackendError : ValueError;
    throw new Kind(
      'loadStateDict',
      `the state doesn't fit ${module.constructor.name}:${problems.map((problem) => `\n  ${problem}`).join('')}\nNothing was loaded${strict && !misshapen && !unreachable ? '; pass { strict: false } to load what fits' : ''}.`,
    );
  }
  noGrad<void>(() => {
    for (const { target, value } of pairs) {
      const near = nearby('loadStateDict', value as Tensor, target);
      assign(target, near);
      if (near !== value) near.dispose();
    }
  });
  return { missingKeys, unexpectedKeys };
}
