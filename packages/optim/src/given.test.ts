/** What plain JavaScript may give: states from elsewhere, flags that are no booleans, losses for closures. */
import '@nn/autograd';
import { ValueError } from '@nn/backend';
import { type Tensor, tensor } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { Adam, CosineAnnealingLR, LBFGS, RMSprop, SGD } from './index.ts';

const leaf = (data: number[]): Tensor => tensor(data, { requiresGrad: true });

/** Steps down Σ x², and says where that leads. */
function descend(x: Tensor, optimizer: Pick<SGD, 'step' | 'zeroGrad'>, steps: number): unknown {
  for (let i = 0; i < steps; i++) {
    x.mul(x).sum().backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  return x.toArraySync();
}

describe('loadStateDict', () => {
  test('takes a rate that a schedule has led below zero, and goes on', () => {
    const [x, y] = [leaf([1, -2]), leaf([1, -2])];
    const [first, second] = [new SGD([x], { lr: 0.1 }), new SGD([y])];
    const schedule = new CosineAnnealingLR(first, 2, { etaMin: -0.1 });
    schedule.step();
    schedule.step();
    second.loadStateDict(first.stateDict());
    expect(second.paramGroups[0]!.lr).toBeCloseTo(-0.1);
    expect(descend(y, second, 2)).toEqual(descend(x, first, 2));
    const wrong = { ...first.stateDict().paramGroups[0]!, lr: '-0.1' as never };
    expect(() => second.loadStateDict({ state: {}, paramGroups: [wrong] })).toThrow('[SGD] lr must be a number');
  });

  test('that throws half-way changes nothing', () => {
    const x = leaf([1, -2]);
    const optimizer = new Adam([x]);
    descend(x, optimizer, 1);
    const { paramGroups, state } = optimizer.stateDict();
    const gone = tensor([1, 1]) as Tensor;
    gone.dispose();
    const broken = { paramGroups: [{ ...paramGroups[0]!, lr: 7 }], state: { 0: { ...state[0]!, expAvgSq: gone } } };
    expect(() => optimizer.loadStateDict(broken)).toThrow(/disposed/);
    expect(optimizer.stateDict()).toEqual({ paramGroups, state });
  });

  test.each([
    ['went through JSON', (saved: object) => JSON.parse(JSON.stringify(saved)), 'expAvg of parameter 0 is no tensor'],
    ['has other groups', () => ({ state: {}, paramGroups: 'abc' }), 'the saved groups have undefined parameters'],
    ['has no parameters', () => ({ state: {}, paramGroups: [{}] }), 'the saved groups have  parameters'],
  ])('refuses what %s', (_, changed, message) => {
    const x = leaf([1]);
    const optimizer = new Adam([x]);
    descend(x, optimizer, 1);
    const before = optimizer.stateDict();
    expect(() => optimizer.loadStateDict(changed(before as object) as never)).toThrow(
      `[Adam.loadStateDict] ${message}`,
    );
    expect(optimizer.stateDict()).toEqual(before);
  });

  test('of LBFGS refuses what are no tensors', () => {
    const x = leaf([1]);
    const optimizer = new LBFGS([x]);
    optimizer.step(() => {
      optimizer.zeroGrad();
      const loss = x.mul(x).sum();
      loss.backward();
      return loss;
    });
    const { paramGroups, state } = optimizer.stateDict();
    const saved = { paramGroups, state: { 0: { ...state[0], d: {} } } };
    expect(() => optimizer.loadStateDict(saved as never)).toThrow('[LBFGS.loadStateDict] the state has no d, a tensor');
  });
});

test.each<[string, (x: Tensor, flag: boolean) => SGD | Adam | RMSprop]>([
  ['maximize', (x, maximize) => new SGD([x], { maximize })],
  ['maximize, with momentum', (x, maximize) => new SGD([x], { maximize, momentum: 0.9 })],
  ['amsgrad', (x, amsgrad) => new Adam([x], { amsgrad, lr: 0.1 })],
  ['centered', (x, centered) => new RMSprop([x], { centered })],
])('%s counts as on if it is a text, as in PyTorch', (_, make) => {
  const [x, y] = [leaf([1, -2]), leaf([1, -2])];
  expect(descend(y, make(y, 'yes' as never), 3)).toEqual(descend(x, make(x, true), 3));
});

test('a step refuses a loss for a closure', () => {
  const optimizer = new SGD([leaf([1])]);
  expect(() => optimizer.step(3 as never)).toThrow(ValueError);
  expect(() => optimizer.step(3 as never)).toThrow('[SGD.step] got 3 for a closure; pass a function, or nothing');
});

test('what is no list of parameters is shown in one line', () => {
  const parameters = (): Tensor[] => {
    const none: Tensor[] = [];
    return none;
  };
  expect(() => new SGD(parameters as never)).toThrow(
    /^\[SGD\] got no parameters but a function; pass model.parameters\(\)$/,
  );
});
