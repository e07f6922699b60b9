/** What PyTorch takes by position, such as a deviation, is refused from plain JavaScript: it would be ignored. */
import { ones, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as init from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const I: any = init;

/** What each takes before its options. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  dirac_: [ones([2, 2, 3])],
  kaimingNormal_: [ones([2, 2])],
  kaimingUniform_: [ones([2, 2])],
  normal_: [ones([2, 2])],
  orthogonal_: [ones([2, 2])],
  sparse_: [ones([2, 2]), 0.5],
  truncNormal_: [ones([2, 2])],
  uniform_: [ones([2, 2])],
  xavierNormal_: [ones([2, 2])],
  xavierUniform_: [ones([2, 2])],
};

describe.each(Object.entries(calls))('%s', (name, operands) => {
  it('takes options', () => {
    I[name](...operands, {});
  });

  it.each([0, 1, true, 'fan_in', [1], tensor([1])])('refuses %s in their place', (given) => {
    expect(() => I[name](...operands, given)).toThrow(/where options belong/);
  });
});
