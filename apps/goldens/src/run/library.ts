/**
 * The one door from this app to the library under test. Mappings name our functions as text and are looked up here,
 * so a function that the library doesn't have fails the cases that need it, by name, and nothing else.
 */

import '@nn/tensor/methods';
import * as autograd from '@nn/autograd';
import * as data from '@nn/data';
import * as nn from '@nn/nn';
import * as optim from '@nn/optim';
import * as tensor from '@nn/tensor';

type Exports = Readonly<Record<string, unknown>>;
type Callable = (...args: readonly unknown[]) => unknown;
type Constructor = new (...args: readonly unknown[]) => unknown;

const PACKAGES: readonly Exports[] = [tensor, autograd, nn, optim, data];

/** A case that can't run because a mapping, or what it names, doesn't exist. */
export class MissingError extends Error {
  override readonly name: string = 'MissingError';
}

/** An export of the library by its path: `add`, `linalg.norm`, `init.dirac_`. */
export function findExport(path: string): unknown {
  const [first = '', ...rest] = path.split('.');
  const home = PACKAGES.find((exports) => first in exports);
  const found = rest.reduce((value, name) => (value as Exports | undefined)?.[name], home?.[first]);
  if (found === undefined) throw new MissingError(`the library has no ${path}`);
  return found;
}

/** Calls a function by its path; what depends on values is awaited where the backend's memory can't be read at once. */
export function callFunction(path: string, args: readonly unknown[]): unknown {
  const waiting = needsWaiting() ? PACKAGES.map((exports) => exports[`${path}Async`]).find(Boolean) : undefined;
  return asCallable(waiting ?? findExport(path), path)(...args);
}

export function callMethod(receiver: unknown, name: string, args: readonly unknown[]): unknown {
  const waiting = needsWaiting() ? (receiver as Exports)[`${name}Async`] : undefined;
  const method = waiting ?? (receiver as Exports)[name];
  if (method === undefined) throw new MissingError(`${describe(receiver)} has no method ${name}`);
  return asCallable(method, name).apply(receiver, [...args]);
}

export function hasMethod(receiver: unknown, name: string): boolean {
  return typeof (receiver as Exports)[name] === 'function';
}

export function construct(path: string, args: readonly unknown[]): unknown {
  return new (asCallable(findExport(path), path) as unknown as Constructor)(...args);
}

/** Whether the backend's memory can't be read at once. */
export function needsWaiting(): boolean {
  return tensor.getBackend().readSync === undefined;
}

function asCallable(value: unknown, path: string): Callable {
  if (typeof value !== 'function') throw new MissingError(`${path} is not a function`);
  return value as Callable;
}

function describe(receiver: unknown): string {
  return (receiver as object)?.constructor?.name ?? String(receiver);
}
