/** Maps, reductions, rows and copies of a million elements. */
import { atMost, type Case } from './case.ts';

const million = 1 << 20;
const [rows, columns] = [1024, 1024];
const float = 4;

export const elementwise: readonly Case[] = [
  {
    id: 'exp-1m',
    title: 'exp of 2²⁰ elements',
    group: 'elementwise',
    spec: { kind: 'exp', size: million },
    bytes: 2 * million * float,
    limit: 'copy',
    goals: [atMost(2.56)],
  },
  {
    id: 'sum-1m',
    title: 'sum of 2²⁰ elements',
    group: 'elementwise',
    spec: { kind: 'sum', size: million },
    bytes: million * float,
    limit: 'read',
    goals: [atMost(1.52)],
  },
  {
    id: 'softmax-1024',
    title: 'softmax of rows, 1024²',
    group: 'elementwise',
    spec: { kind: 'softmax', rows, columns },
    bytes: 2 * rows * columns * float,
    limit: 'copy',
    goals: [atMost(1.71)],
  },
  {
    id: 'broadcast-add-1024',
    title: '1024² + row of 1024',
    group: 'elementwise',
    spec: { kind: 'broadcastAdd', rows, columns },
    bytes: (2 * rows + 1) * columns * float,
    limit: 'copy',
    goals: [atMost(1.29)],
  },
  {
    id: 'transpose-copy-1024',
    title: 'transposed copy, 1024²',
    group: 'elementwise',
    spec: { kind: 'transposeCopy', rows, columns },
    bytes: 2 * rows * columns * float,
    limit: 'copy',
    goals: [atMost(1.26)],
  },
];
