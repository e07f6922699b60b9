/** What we do for each kind of spec. */
import type { Repertoire } from '../players/performer.ts';
import { chain } from './chain.ts';
import { fullBatch } from './full-batch.ts';
import { ladder, matmul, matrix, tinyAdd, vector } from './operations.ts';
import { training } from './training.ts';

export const repertoire: Repertoire = {
  matmul,
  ladder,
  exp: vector,
  sum: vector,
  softmax: matrix,
  broadcastAdd: matrix,
  transposeCopy: matrix,
  tinyAdd,
  chain,
  mlp: training,
  fullBatch,
  cnn: training,
  gpt: training,
};
