/** Seams and backends, in a file that never imports autograd. */
import { nullBackend, reference } from '@nn/backend';
import { afterEach, describe, expect, test } from 'vitest';
import { add, getBackend, setBackend, tensor, zeros } from '../index.ts';

afterEach(() => setBackend(reference()));

test('without autograd, asking for gradients says what to import', () => {
  expect(() => tensor([1], { requiresGrad: true })).toThrow(/\[requiresGrad\] .*import '@nn\/autograd'/);
  expect(() => tensor([1]).backward()).toThrow(/@nn\/autograd/);
  expect(tensor([1]).requiresGrad).toBe(false);
});

describe('backends side by side', () => {
  test('tensors stay where they were made, and mixing is an error', async () => {
    const [first, second] = [reference(), nullBackend()];
    setBackend(first);
    const a = tensor([1, 2]);
    setBackend(second);
    const b = zeros([2]);
    expect([a.backend, b.backend, getBackend()]).toEqual([first, second, second]);
    expect(() => add(a, b)).toThrow(/\[add\] operands live on reference and null/);
    const moved = await a.to(second);
    expect(add(moved, b).backend).toBe(second);
    expect(await a.to(first)).toBe(a);
    expect(zeros([2], { backend: first }).backend).toBe(first);
    expect(await a.add(1).toArray()).toEqual([2, 3]);
  });

  test('a disposed backend refuses', () => {
    const own = reference();
    setBackend(own);
    const a = tensor([1]);
    own.dispose();
    expect(() => a.add(1)).toThrow(/disposed/);
  });
});
