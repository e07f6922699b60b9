/**
 * Deterministic release, for those who want it: what is made inside a scope and not kept is given back when it ends. A scope around an
 * async function is an explicit handle, never ambient state that would leak into other tasks at an `await`.
 */
import { ValueError } from '@nn/backend';
import type { TensorCore } from '../core/tensor-core.ts';
import type { Tensor } from '../tensor.ts';

/** The tensors that one scope answers for. */
export class Scope {
  readonly #owned: Set<TensorCore> = new Set();
  readonly #parent: Scope | null;
  constructor(parent: Scope | null) {
    this.#parent = parent;
  }

  /** @internal */
  add(t: TensorCore): void {
    this.#owned.add(t);
  }

  /** Makes the scope answer for a tensor: it is disposed of when the scope ends. Returns it. */
  track<T extends Tensor>(t: T): T {
    this.#owned.add(t);
    return t;
  }

  /** Lets a tensor out: it lives on after the scope. Returns it. */
  keep<T extends Tensor>(t: T): T {
    // What was made outside is not the parent's to give back either.
    if (this.#owned.delete(t)) this.#parent?.add(t);
    return t;
  }

  /** @internal Takes a tensor out of this scope and those around it. */
  forget(t: TensorCore): void {
    this.#owned.delete(t);
    this.#parent?.forget(t);
  }

  /** @internal */
  end(result: unknown): void {
    release(result, this);
    for (const t of this.#owned) t.dispose();
    this.#owned.clear();
  }
}

/** Keeps the tensors of a result: one, or those in an array or plain object, which may hold itself. */
function release(result: unknown, scope: Scope, seen: Set<object> = new Set()): void {
  if (typeof result !== 'object' || result === null || ArrayBuffer.isView(result) || seen.has(result)) return;
  seen.add(result);
  if ('storage' in result && 'layout' in result) scope.keep(result as Tensor);
  else for (const part of Array.isArray(result) ? result : Object.values(result)) release(part, scope, seen);
}

export const scopes: { active: Scope | null } = { active: null };

/**
 * Runs `body` and gives back every tensor that was made in it, except the result (a tensor, or tensors in an array or object), what
 * `keep` let out, and what the graph of a kept tensor needs. An async body gets a handle instead: only what it passes to `s.track(t)` is
 * given back, after the promise settles.
 * @example
 * ```ts
 * import { scope, ones } from '@nn/tensor';
 * const total = scope(() => ones([1000]).mul(2).sum());
 * console.log(await total.item()); // prints: 2000
 * ```
 */
export function scope<R>(body: (scope: Scope) => R): R {
  const isAsync = body.constructor.name === 'AsyncFunction';
  const own = new Scope(isAsync ? null : scopes.active);
  if (isAsync) {
    const promise = body(own) as Promise<unknown>;
    return promise.then(
      (value) => {
        own.end(value);
        return value;
      },
      (error: unknown) => {
        own.end(undefined);
        throw error;
      },
    ) as R;
  }
  const outer = scopes.active;
  scopes.active = own;
  let result: R;
  try {
    result = body(own);
  } catch (error) {
    own.end(undefined);
    throw error;
  } finally {
    scopes.active = outer;
  }
  if (result instanceof Promise) {
    own.end(undefined);
    throw new ValueError(
      'scope',
      'the body returned a promise without being an async function; write scope(async (s) => …) and s.track(t) for what is to be released',
    );
  }
  own.end(result);
  return result;
}

/** Lets a tensor out of all running scopes: a gradient lives as long as the tensor that it belongs to. Returns it. */
export function outlive<T extends TensorCore>(t: T): T {
  scopes.active?.forget(t);
  return t;
}

/** Lets a tensor out of the innermost scope that is running. Returns it. */
export function keep<T extends Tensor>(t: T): T {
  scopes.active?.keep(t);
  return t;
}
