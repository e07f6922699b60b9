import { IndexError, input, reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../index.ts';
import { dispatch } from './dispatch.ts';
import { guarded, told } from './guarded.ts';
import { Op } from './op.ts';

const guard = new Op('map', 'guard', {
  inPlace: false,
  build: () => ({ outputs: [{ dtype: 'int64', expression: guarded(input(0, 'i32')) }], scalars: 0 }),
});
const moved = (index: number): number => dispatch(guard, tensor([index], { dtype: 'int64' }) as Tensor).dataSync()[0]!;
const thrownFor = (index: number): IndexError =>
  new IndexError('embedding', `index ${index} is out of bounds for dimension with size 3`);

describe('indices that do not count from the end', () => {
  it('stay, or go where no dimension reaches from either end', () => {
    for (const index of [0, 1, 2147483647]) expect(moved(index)).toBe(index);
    // The last one leaves the 32 bits.
    for (const index of [-1, -1000, -99_999_999, -2147483648]) expect(Math.abs(moved(index))).toBeGreaterThan(1e9);
  });

  it.each([-1, -7, -10, -11, -100, -110, -1_100_011, -99_999_999])('are told as they were given: %i', (index) => {
    const error = told(thrownFor(moved(index))) as IndexError;
    expect(error).toBeInstanceOf(IndexError);
    expect(error.op).toBe('embedding');
    expect(error.message).toBe(
      `[embedding] index ${index} is out of bounds for dimension with size 3; indices start at 0 here`,
    );
  });

  it('and other errors stay what they are', () => {
    for (const error of [thrownFor(3), thrownFor(-4), thrownFor(-11), new Error('index -1100000001 of nothing'), null])
      expect(told(error)).toBe(error);
  });

  it('also by backends that find out when they are read', async () => {
    const late = Object.assign(reference(), { read: () => Promise.reject(thrownFor(moved(-2))) });
    await expect(tensor([1], { backend: late }).data()).rejects.toThrow('[embedding] index -2 is out of bounds');
  });
});
