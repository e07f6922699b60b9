/** Checks of schedules' arguments: mostly for plain JavaScript, where a text or a fraction would spoil rates without a word. */
import { ValueError } from '@nn/backend';

/** One number for all groups, or one for each. */
export type PerGroup = number | readonly number[];

const ofGroup = (name: string, value: unknown, index: number): string =>
  Array.isArray(value) ? `${name}[${index}]` : name;

/** A whole number, as counts of steps are. */
export function checkCount(op: string, name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least))
    throw new ValueError(op, `${name} must be a whole number of at least ${least}, got ${String(value)}`);
}

/** A number from `least` to `most`, both included. */
export function checkWithin(
  op: string,
  name: string,
  value: number,
  least: number = Number.NEGATIVE_INFINITY,
  most: number = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  const range =
    most < Number.POSITIVE_INFINITY
      ? ` from ${least} to ${most}`
      : least > Number.NEGATIVE_INFINITY
        ? ` of at least ${least}`
        : '';
  throw new ValueError(op, `${name} must be a number${range}, got ${String(value)}`);
}

/** A number greater than zero, and `most` at most. */
export function checkPositive(op: string, name: string, value: number, most: number = Number.POSITIVE_INFINITY): void {
  if (typeof value === 'number' && value > 0 && value <= most) return;
  const range = most < Number.POSITIVE_INFINITY ? ` and at most ${most}` : '';
  throw new ValueError(op, `${name} must be a number greater than 0${range}, got ${String(value)}`);
}

/** One of a few words. */
export function checkWord(op: string, name: string, value: string, words: readonly string[]): void {
  if (!words.includes(value))
    throw new ValueError(op, `${name} must be one of '${words.join("', '")}', got ${String(value)}`);
}

/** As many values as groups, where there is one for each. */
export function checkLength(op: string, name: string, value: unknown, groups: number): void {
  if (Array.isArray(value) && value.length !== groups)
    throw new ValueError(
      op,
      `${name} has ${value.length} values, the optimiser ${groups} groups: give one value for all, or one for each group`,
    );
}

/** A number for all groups, or one for each. */
export function checkPerGroup(op: string, name: string, value: PerGroup, groups: number, least?: number): void {
  checkLength(op, name, value, groups);
  [value].flat().forEach((own, i) => {
    checkWithin(op, ofGroup(name, value, i), own, least);
  });
}

/** What holds for a group. */
export function valueFor<T extends {}>(value: T | readonly T[], index: number): T {
  return Array.isArray(value) ? (value as readonly T[])[index]! : (value as T);
}
