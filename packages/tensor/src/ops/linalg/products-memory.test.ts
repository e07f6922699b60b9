/** Functions that take several steps give back what lies between them; what a gradient needs stays until it is computed. */
import { describe, expect, it } from 'vitest';
import {
  addbmm,
  addmm,
  cartesianProd,
  cross,
  einsum,
  inner,
  kron,
  memory,
  multiDot,
  ones,
  rand,
  type Tensor,
  tensordot,
} from '../../index.ts';

const [square, wide, tall] = [rand([40, 40]), rand([30, 40]), rand([40, 30])];
const [small, batch, threes] = [rand([5, 6]), rand([4, 40, 40]), rand([100, 3])];
const bias = ones([40]);

const calls: readonly (readonly [string, () => Tensor])[] = [
  ['kron', () => kron(small, wide)],
  ['cartesianProd', () => cartesianProd([bias, bias])],
  ['cross', () => cross(threes, threes)],
  ['inner', () => inner(wide, square)],
  ['tensordot', () => tensordot(wide, tall, { dims: 1 })],
  ['multiDot', () => multiDot([wide, square, tall])],
  ['einsum of transposed operands', () => einsum('bij,bkj->kbi', batch, batch)],
  ['einsum of three', () => einsum('ij,kj,kl->il', wide, square, square)],
  ['einsum of a diagonal', () => einsum('bii->b', batch)],
  ['addmm without its addend', () => addmm(bias, wide, square, { beta: 0, alpha: 2 })],
  ['addbmm', () => addbmm(square, batch, batch, { beta: 0.5 })],
];

/** Bytes of slots that somebody holds. */
const taken = (): number => memory().live - memory().free;

describe.each(calls)('%s', (_, call) => {
  it('leaves nothing behind', () => {
    call().dispose();
    const before = taken();
    call().dispose();
    expect(taken()).toBe(before);
  });
});
