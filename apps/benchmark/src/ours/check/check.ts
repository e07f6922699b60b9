/** Whether a backend computes a case rightly. Done in a process of its own, so that what judges never warms up, or slows down, what is timed. */
import type { Backend } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import type { Spec, SpecKind, SpecOf } from '../../cases/spec.ts';
import { ladderResult, matmulResult, matrixResult, vectorResult } from '../operations.ts';
import { checkByReference, checkChain, checkFullBatch, checkMlp } from './gradients.ts';
import { checkLadder, checkMatmul, checkMatrix, checkTiny, checkVector } from './operations.ts';

type Checks = { readonly [K in SpecKind]: (spec: SpecOf<K>) => Promise<string | null> };

/** Judges the default backend, which must be this one. */
export function checkerFor(backend: Backend): (spec: Spec) => Promise<string | null> {
  const on =
    <S>(result: (spec: S) => () => Tensor, check: (spec: S, result: Tensor) => Promise<string | null>) =>
    (spec: S) =>
      check(spec, result(spec)());
  const vector = on(vectorResult, checkVector);
  const matrix = on(matrixResult, checkMatrix);
  const byReference = (spec: SpecOf<'cnn'> | SpecOf<'gpt'>): Promise<string | null> => checkByReference(backend, spec);
  const checks: Checks = {
    matmul: on(matmulResult, checkMatmul),
    ladder: on(ladderResult, checkLadder),
    exp: vector,
    sum: vector,
    softmax: matrix,
    broadcastAdd: matrix,
    transposeCopy: matrix,
    tinyAdd: checkTiny,
    chain: checkChain,
    mlp: checkMlp,
    fullBatch: checkFullBatch,
    cnn: byReference,
    gpt: byReference,
  };
  return (spec) => (checks[spec.kind] as (spec: Spec) => Promise<string | null>)(spec);
}
