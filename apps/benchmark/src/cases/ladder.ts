/** One matrix product said in five ways, from loops over elements to `matmul`. */
import { atMost, type Case } from './case.ts';
import type { LadderSpec } from './spec.ts';

const [m, k, n] = [5, 784, 10];

const rungs: readonly (readonly [rung: LadderSpec['rung'], title: string])[] = [
  ['loops', 'three loops over elements'],
  ['rows', 'row × column, elementwise'],
  ['broadcast', 'row against matrix, broadcast'],
  ['einsum', "einsum('ik,kj->ij')"],
  ['matmul', 'matmul'],
];

export const ladder: readonly Case[] = rungs.map(([rung, title]) => ({
  id: `ladder-${rung}`,
  title: `${m}×${k} @ ${k}×${n}: ${title}`,
  group: 'ladder',
  spec: { kind: 'ladder', rung, m, k, n },
  flops: 2 * m * k * n,
  goals: rung === 'matmul' ? [atMost(1.25)] : [],
  // Tens of thousands of tiny operations a call.
  ...(rung === 'loops' && { isLong: true, operations: 2 * m * k * n }),
}));
