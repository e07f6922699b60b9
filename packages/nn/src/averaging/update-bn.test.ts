/** Statistics computed anew, beside PyTorch 1.13's; modes and momenta afterwards; what is refused. */
import { reference, ValueError } from '@nn/backend';
import { type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { BatchNorm1d, InstanceNorm1d, Linear, Module, Sequential, updateBn } from '../index.ts';

const first = tensor([[1, 2], [3, 5], [-1, 0]]); // biome-ignore format: one line
const second = tensor([[2, -2], [4, 1]]); // biome-ignore format: one line

function network(): Sequential<readonly [BatchNorm1d, Linear<2, 2>, BatchNorm1d]> {
  const model = new Sequential(new BatchNorm1d(2), new Linear(2, 2), new BatchNorm1d(2, { momentum: 0.3 }));
  model.loadStateDict(
    { '1.weight': tensor([[1, 0.5], [-0.25, 2]]), '1.bias': tensor([0.5, -1]), '0.running_mean': tensor([9, 9]) }, // biome-ignore format: one line
    { strict: false },
  );
  return model as never;
}

async function* later(): AsyncGenerator<readonly [Tensor, number]> {
  for (const batch of [first, second]) yield [batch, 7];
}

describe('updateBn', () => {
  it.each<[string, Parameters<typeof updateBn>[0]]>([
    ['tensors and lists', [first, [second, 7]]],
    ['what is awaited', later()],
  ])('takes %s', async (_, loader) => {
    const model = network().eval();
    model.at(1).train();
    await updateBn(loader, model);
    const state: Record<string, unknown> = {};
    for (const [key, t] of Object.entries(model.stateDict()))
      if (/running|tracked/.test(key)) state[key] = await t.toArray();
    const close = (...values: number[]): unknown => values.map((value) => expect.closeTo(value, 5));
    expect(state).toEqual({
      '0.running_mean': close(2, 0.9166666269302368),
      '0.running_var': close(3, 5.4166669845581055),
      '0.num_batches_tracked': 2,
      '2.running_mean': close(0.5, -0.9999998807907104),
      '2.running_var': close(3.932525634765625, 5.364309787750244),
      '2.num_batches_tracked': 2,
    });
    expect([model.at(0).momentum, model.at(2).momentum]).toEqual([0.1, 0.3]);
    expect(model.modules().map((module) => module.training)).toEqual([false, false, true, false]);
    expect(model.parameters().every((p) => p.grad === null)).toBe(true);
  });

  it('asks for no batches where there is nothing to compute', async () => {
    let asked = 0;
    const loader = {
      *[Symbol.iterator](): Generator<Tensor> {
        asked++;
        yield first;
      },
    };
    await updateBn(loader, new Sequential(new Linear(2, 2), new InstanceNorm1d(2, { trackRunningStats: true })));
    expect(asked).toBe(0);
    await updateBn(loader, new Sequential(new BatchNorm1d(2, { trackRunningStats: false })));
    expect(asked).toBe(1);
  });

  it('moves batches where they are wanted', async () => {
    const backend = reference();
    const model = new BatchNorm1d(2, { backend });
    await updateBn([first], model, { backend });
    expect(await model.running_mean!.toArray()).toEqual([1, expect.closeTo(7 / 3, 6)]);
    expect(first.backend).not.toBe(backend);
  });

  it('leaves all as it was if forward throws', async () => {
    const model = network().eval();
    await expect(updateBn([zeros([2, 5])], model)).rejects.toThrow('[');
    expect([model.at(0).momentum, model.at(2).momentum, model.training]).toEqual([0.1, 0.3, false]);
  });

  class Later extends Module {
    readonly norm = new BatchNorm1d(2);
    override async forward(x: Tensor): Promise<Tensor> {
      return this.norm.forward(x);
    }
  }

  it.each<[string, unknown[]]>([
    ['got null where the model belongs', [[first], null]],
    ['got 3 where batches belong', [3, new BatchNorm1d(2)]],
    ['a batch is undefined; give tensors', [[[]], new BatchNorm1d(2)]],
    ['forward of Later returned a promise', [[first], new Later()]],
    ['got true where options belong', [[first], new BatchNorm1d(2), true]],
  ])('refuses: %s', async (message, args) => {
    const call = (): Promise<void> => (updateBn as (...args: unknown[]) => Promise<void>)(...args);
    await expect(call()).rejects.toThrow(ValueError);
    await expect(call()).rejects.toThrow(`[updateBn] ${message}`);
  });
});
