/**
 * The `conv` kind as products whose factors lie in windows on an image: nothing is copied. Forward multiplies the weight by windows on x, the weight gradient dy by the same windows, and the input gradient
 * the weight by windows on dy. Groups are entries of the product.
 */
import { type ConvKernel, convShape, dtypes, input } from '@nn/backend';
import type { Kind } from '../kind.ts';
import { formOf, productVariant } from '../product/plan.ts';
import type { Problem } from '../product/problem.ts';
import { forward } from './forward.ts';
import { inputGradient } from './input-gradient.ts';
import type { Role } from './role.ts';
import { weightGradient } from './weight-gradient.ts';

const roles: { readonly [R in ConvKernel['role']]: Role } = { forward, inputGradient, weightGradient };

export const convKind: Kind<ConvKernel> = {
  aligns: true,
  variant: (kernel, geometry, _facts, aligned) => {
    const { role, dtype, bias } = kernel;
    const plan = roles[role](convShape(kernel, geometry), aligned && dtype !== 'uint8');
    if (plan.m * plan.n * plan.entries === 0) return { passes: [] };
    const problem: Problem = {
      ...plan,
      dtype,
      // The weight is the left factor, though it is the second input.
      operands: role === 'weightGradient' ? [1, 2] : [2, 1],
      wideOutput: false,
      extras: role === 'forward' && bias ? [{ from: { operand: 3 }, dtype, writes: false }] : [],
      epilogue: role === 'forward' ? kernel.epilogue : input(0, dtypes[dtype].scalar),
    };
    return productVariant(problem, formOf(problem));
  },
};
