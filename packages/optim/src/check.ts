/** Checks of optimisers' options. */
import { ValueError } from '@nn/backend';

/** What was given, in one line. */
export const shown = (value: unknown): string =>
  typeof value === 'function' ? 'a function' : String(value).split('\n', 1)[0]!;

export function checkAtLeast(op: string, name: string, value: number, least: number): void {
  if (typeof value !== 'number' || !(value >= least))
    throw new ValueError(op, `${name} must be a number of at least ${least}, got ${value}`);
}

export function checkBetas(op: string, betas: readonly [number, number]): void {
  checkPair(op, 'betas', betas);
  betas.forEach((beta, i) => {
    if (!(beta >= 0 && beta < 1)) throw new ValueError(op, `betas[${i}] must lie in [0, 1), got ${beta}`);
  });
}

export function checkBoolean(op: string, right: boolean, message: string): void {
  if (!right) throw new ValueError(op, message);
}

export function checkPair(op: string, name: string, pair: readonly [number, number]): void {
  if (!Array.isArray(pair) || pair.length !== 2 || pair.some((value) => typeof value !== 'number'))
    throw new ValueError(op, `${name} must be two numbers, got ${String(pair)}`);
}
