/** Places in the lists that containers are: numbers from the end, and what is out of range. */
import { IndexError } from '@nn/backend';

/** The place of an existing element; negative numbers count from the end. */
export function placeOf(op: string, index: number, length: number): number {
  if (!Number.isInteger(index) || index < -length || index >= length)
    throw new IndexError(op, `index ${index} is out of range for ${length} elements`);
  return index < 0 ? index + length : index;
}

/** A place to insert at, from 0 to the length. */
export function gapOf(op: string, index: number, length: number): number {
  if (!Number.isInteger(index) || index < -length || index > length)
    throw new IndexError(op, `index ${index} is out of range for inserting into ${length} elements`);
  return index < 0 ? index + length : index;
}
