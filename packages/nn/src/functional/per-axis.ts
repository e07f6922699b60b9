/** Numbers that PyTorch takes once for all spatial axes or once for each. */
import { ValueError } from '@nn/backend';
import type { PerDimension } from '@nn/tensor';
import { shapeText } from '@nn/tensor/internal';

/**
 * One whole number for each of `axes` axes, in a list of its own.
 * @throws ValueError for what is no number and no list, another count, a fraction, or a number below `least`
 */
export function perAxis(op: string, name: string, value: PerDimension, axes: number, least: number): readonly number[] {
  const given = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(given))
    throw new ValueError(op, `${name} is ${String(value)}, expected a whole number or ${axes} of them`);
  if (given.length !== axes && given.length !== 1)
    throw new ValueError(
      op,
      `${name} has ${given.length} numbers, expected one or ${axes}: ${shapeText(given)}; one stands for every axis`,
    );
  if (!given.every((n) => Number.isInteger(n) && n >= least))
    throw new ValueError(
      op,
      `${name} is ${typeof value === 'number' ? value : shapeText(value)}, expected whole numbers of at least ${least}`,
    );
  return given.length === axes ? [...given] : new Array<number>(axes).fill(given[0]!);
}
