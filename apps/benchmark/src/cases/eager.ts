/** Operations so small that only the library's own work counts. */
import { atMost, type Case } from './case.ts';

const size = 4;
const length = 100;

export const eager: readonly Case[] = [
  {
    id: 'eager-add',
    title: 'add of 4 elements',
    group: 'eager',
    spec: { kind: 'tinyAdd', size },
    goals: [atMost(0.23)],
  },
  {
    id: 'chain-add',
    title: '100 adds of 4, forward + backward',
    group: 'eager',
    spec: { kind: 'chain', op: 'add', length, size },
    per: { count: length, name: 'add' },
    goals: [atMost(0.17)],
  },
  {
    id: 'chain-mul',
    title: '100 muls of 4, forward + backward',
    group: 'eager',
    spec: { kind: 'chain', op: 'mul', length, size },
    per: { count: length, name: 'mul' },
    goals: [atMost(0.28)],
  },
];
