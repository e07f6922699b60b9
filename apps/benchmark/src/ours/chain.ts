/** A chain of tiny operations with its gradient. */
import '@nn/autograd';
import { type Tensor, tensor } from '@nn/tensor';
import { addendOf, leafOf } from '../cases/chain.ts';
import type { ChainSpec } from '../cases/spec.ts';
import type { Prepared } from '../players/performer.ts';
import { settler } from './settle.ts';

export async function chain({ op, length, size }: ChainSpec): Promise<Prepared> {
  const w = tensor(leafOf(size)).requiresGrad_();
  const v = tensor(addendOf(size));
  const call = (): Tensor => {
    let z: Tensor = w;
    if (op === 'add') for (let i = 0; i < length; i++) z = z.add(v);
    else for (let i = 0; i < length; i++) z = z.mul(w);
    const total = z.sum();
    total.backward();
    return total;
  };
  const total = call();
  const values = [await total.item(), (await w.grad!.data())[0]!];
  w.zeroGrad();
  return {
    values,
    settle: settler(),
    repeat: (calls) => {
      for (let i = 0; i < calls; i++) {
        call();
        w.zeroGrad();
      }
    },
    release: () => {},
  };
}
