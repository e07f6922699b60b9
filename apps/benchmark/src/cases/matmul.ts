/** Matrix products: the shapes of training steps, squares, transposed operands, sizes that fit no tile. */
import { atMost, type Case, type Goal, share } from './case.ts';

interface Options {
  readonly transposed?: 'a' | 'b';
  readonly goals?: readonly Goal[];
  readonly isLong?: boolean;
  readonly isForGpus?: boolean;
}

function product(m: number, k: number, n: number, options: Options = {}): Case {
  const { transposed, goals = [], isLong = false, isForGpus = false } = options;
  const sizes = m === k && k === n ? `${m}³` : `${m}×${k} @ ${k}×${n}`;
  const name = m === k && k === n ? `${m}` : `${m}x${k}x${n}`;
  const mark = transposed === undefined ? '' : `, ${transposed.toUpperCase()}ᵀ`;
  return {
    id: `matmul-${name}${transposed === undefined ? '' : `-t${transposed}`}`,
    title: `${sizes}${mark}`,
    group: 'matmul',
    spec: { kind: 'matmul', m, k, n, transposeA: transposed === 'a', transposeB: transposed === 'b' },
    flops: 2 * m * k * n,
    limit: 'fma',
    goals,
    isLong,
    isForGpus,
  };
}

/** 85 % where the operands outgrow the second-level cache. */
const near = [share(0.9, 'fma')];
const nearInMemory = [share(0.85, 'fma')];

export const matmuls: readonly Case[] = [
  product(5, 784, 10, { goals: [atMost(1.25)] }),
  product(64, 784, 50, { goals: [atMost(2.64)] }),
  product(64, 784, 50, { transposed: 'b' }),
  product(784, 64, 50, { transposed: 'a' }),
  product(37, 784, 50),
  product(97, 311, 53),
  product(256, 256, 256, { goals: near }),
  product(512, 512, 512, { goals: near }),
  product(512, 512, 512, { transposed: 'a', goals: near }),
  product(512, 512, 512, { transposed: 'b', goals: near }),
  product(1024, 1024, 1024, { goals: nearInMemory, isLong: true }),
  product(2048, 2048, 2048, { isForGpus: true }),
  product(4096, 4096, 4096, { isForGpus: true }),
];
