/** The inputs of a chain of tiny operations. */
import { seeds, uniform } from './numbers.ts';

/** The tracked leaf: around 1, so that its powers stay of its size. */
export const leafOf = (size: number): Float32Array => uniform(size, seeds.left, 0.99, 1.01);

export const addendOf = (size: number): Float32Array => uniform(size, seeds.right, -1, 1);
