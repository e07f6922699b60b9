/** Single operations. Large results are given back by name, as every peer does; small ones are dropped, as people write. */
import '@nn/tensor/methods';
import { einsum, type Tensor, tensor, zeros } from '@nn/tensor';
import { seeds, uniform } from '../cases/numbers.ts';
import type { LadderSpec, MatmulSpec, MatrixSpec, TinySpec, VectorSpec } from '../cases/spec.ts';
import type { Prepared } from '../players/performer.ts';
import { probed, settler } from './settle.ts';

const numbers = (seed: number, shape: readonly number[]): Tensor => {
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(uniform(size, seed, -1, 1)).reshape(shape as number[]);
};

/** A player's case from what makes its inputs and gives the function to call; each result is released. */
const operation =
  <S>(make: (spec: S) => () => Tensor) =>
  (spec: S): Promise<Prepared> =>
    repeated(make(spec));

async function repeated(call: () => Tensor): Promise<Prepared> {
  const first = call();
  const values = await probed(first);
  first.dispose();
  return {
    values,
    settle: settler(),
    repeat: (calls) => {
      for (let i = 0; i < calls; i++) call().dispose();
    },
    release: () => {},
  };
}

export function matmulResult({ m, k, n, transposeA = false, transposeB = false }: MatmulSpec): () => Tensor {
  const a = transposeA ? numbers(seeds.left, [k, m]).transpose(0, 1) : numbers(seeds.left, [m, k]);
  const b = transposeB ? numbers(seeds.right, [n, k]).transpose(0, 1) : numbers(seeds.right, [k, n]);
  return () => a.matmul(b);
}

/** The rungs as one writes them. */
const rungs: { readonly [R in LadderSpec['rung']]: (a: Tensor, b: Tensor, spec: LadderSpec) => Tensor } = {
  loops: (a, b, { m, k, n }) => {
    const c = zeros([m, n]);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let l = 0; l < k; l++) c.at(i, j).add_(a.at(i, l).mul(b.at(l, j)));
      }
    }
    return c;
  },
  rows: (a, b, { m, n }) => {
    const c = zeros([m, n]);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) c.setAt([i, j], a.at(i).mul(b.at(':', j)).sum());
    }
    return c;
  },
  broadcast: (a, b, { m, n }) => {
    const c = zeros([m, n]);
    for (let i = 0; i < m; i++) c.setAt([i], a.at(i).unsqueeze(-1).mul(b).sum({ dim: 0 }));
    return c;
  },
  einsum: (a, b) => einsum('ik,kj->ij', a, b),
  matmul: (a, b) => a.matmul(b),
};

export function ladderResult(spec: LadderSpec): () => Tensor {
  const a = numbers(seeds.left, [spec.m, spec.k]);
  const b = numbers(seeds.right, [spec.k, spec.n]);
  return () => rungs[spec.rung](a, b, spec);
}

export function vectorResult({ kind, size }: VectorSpec): () => Tensor {
  const x = numbers(seeds.left, [size]);
  return kind === 'exp' ? () => x.exp() : () => x.sum();
}

export function matrixResult({ kind, rows, columns }: MatrixSpec): () => Tensor {
  const x = numbers(seeds.left, [rows, columns]);
  switch (kind) {
    case 'softmax':
      return () => x.softmax(-1);
    case 'broadcastAdd': {
      const row = numbers(seeds.right, [columns]);
      return () => x.add(row);
    }
    case 'transposeCopy': {
      const turned = x.transpose(0, 1);
      return () => turned.contiguous();
    }
  }
}

export const matmul: (spec: MatmulSpec) => Promise<Prepared> = operation(matmulResult);
export const ladder: (spec: LadderSpec) => Promise<Prepared> = operation(ladderResult);
export const vector: (spec: VectorSpec) => Promise<Prepared> = operation(vectorResult);
export const matrix: (spec: MatrixSpec) => Promise<Prepared> = operation(matrixResult);

export async function tinyAdd({ size }: TinySpec): Promise<Prepared> {
  const a = numbers(seeds.left, [size]);
  const b = numbers(seeds.right, [size]);
  return {
    values: await probed(a.add(b)),
    settle: settler(),
    repeat: (calls) => {
      for (let i = 0; i < calls; i++) a.add(b);
    },
    release: () => {},
  };
}
