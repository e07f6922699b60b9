/** One pass over a whole data set, forward and backward. */
import '@nn/autograd';
import { type Tensor, tensor } from '@nn/tensor';
import { fullBatchOf } from '../cases/batches.ts';
import type { FullBatchSpec } from '../cases/spec.ts';
import type { Prepared } from '../players/performer.ts';
import { settler } from './settle.ts';

export interface Pass {
  readonly w1: Tensor;
  readonly w2: Tensor;
  call(): Tensor;
  clear(): void;
}

export function passOf(spec: FullBatchSpec): Pass {
  const { rows, inputs, hidden } = spec;
  const values = fullBatchOf(spec);
  const x = tensor(values.x).reshape([rows, inputs]);
  const t = tensor(values.t).reshape([rows, 1]);
  const w1 = tensor(values.w1).reshape([inputs, hidden]).requiresGrad_();
  const w2 = tensor(values.w2).reshape([hidden, 1]).requiresGrad_();
  return {
    w1,
    w2,
    call: () => {
      const loss = x.matmul(w1).relu().matmul(w2).sub(t).square().mean();
      loss.backward();
      return loss;
    },
    clear: () => {
      w1.zeroGrad();
      w2.zeroGrad();
    },
  };
}

export async function fullBatch(spec: FullBatchSpec): Promise<Prepared> {
  const { w1, w2, call, clear } = passOf(spec);
  const loss = call();
  const values = [await loss.item(), (await w1.grad!.data())[0]!, (await w2.grad!.data())[0]!];
  clear();
  return {
    values,
    settle: settler(),
    repeat: (calls) => {
      for (let i = 0; i < calls; i++) {
        call();
        clear();
      }
    },
    release: () => {},
  };
}
