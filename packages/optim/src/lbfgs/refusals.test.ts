/** What L-BFGS doesn't take, and how it says so. */
import '@nn/autograd';
import { BackendError, reference, ShapeError, ValueError } from '@nn/backend';
import { type Tensor, tensor } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { LBFGS } from './lbfgs.ts';

const parameter = (values: readonly number[] = [3, -2, 0.5]): Tensor => tensor([...values], { requiresGrad: true });

const closureOf = (x: Tensor) => (): Tensor => {
  x.zeroGrad();
  const loss = x.sub(1).pow(4).sum();
  loss.backward();
  return loss as Tensor;
};

describe('refuses', () => {
  const from = (): { optimizer: LBFGS; saved: ReturnType<LBFGS['stateDict']> } => {
    const x = parameter();
    const optimizer = new LBFGS([x]);
    optimizer.step(closureOf(x));
    return { optimizer, saved: optimizer.stateDict() };
  };

  test.each<[string, () => unknown, new (...given: never[]) => Error, RegExp]>([
    [
      'no closure',
      () => from().optimizer.step(),
      ValueError,
      /^\[LBFGS.step\] got undefined for a closure; pass a function/,
    ],
    [
      'no loss',
      () => from().optimizer.step(() => {}),
      ValueError,
      /the closure returned undefined; it must return the loss/,
    ],
    [
      'a loss of several elements',
      () => from().optimizer.step(() => parameter()),
      ValueError,
      /a tensor of shape \(3\)/,
    ],
    [
      'a state of other sizes',
      () => new LBFGS([parameter([1, 2])]).loadStateDict(from().saved),
      ShapeError,
      /^\[LBFGS.loadStateDict\] d has shape \(3\), it should be \(2\)/,
    ],
    [
      'a state with holes',
      () => {
        const { optimizer, saved } = from();
        const { prevFlatGrad: _, ...rest } = saved.state[0]!;
        optimizer.loadStateDict({ ...saved, state: { 0: rest } });
      },
      ValueError,
      /the state has no prevFlatGrad/,
    ],
    [
      'another group later',
      () => from().optimizer.addParamGroup({ params: [parameter()] }),
      ValueError,
      /takes one group of parameters, got a second/,
    ],
    [
      'parameters on two backends',
      () => new LBFGS([parameter(), tensor([1], { backend: reference(), requiresGrad: true })]).step(() => 1),
      BackendError,
      /the parameters are one vector, but live on reference and reference/,
    ],
  ])('%s', (_, act, kind, message) => {
    expect(act).toThrow(kind);
    expect(act).toThrow(message);
  });

  test('a step while another is awaited, until it has ended', async () => {
    const x = parameter();
    const optimizer = new LBFGS([x], { maxIter: 2 });
    const closure = closureOf(x);
    const running = optimizer.stepAsync(closure);
    await expect(optimizer.stepAsync(closure)).rejects.toThrow(/^\[LBFGS.stepAsync\] another step has not ended/);
    expect(() => optimizer.step(closure)).toThrow(ValueError);
    expect(() => optimizer.loadStateDict(optimizer.stateDict())).toThrow(
      /^\[LBFGS.loadStateDict\] another step has not/,
    );
    await running;
    await expect(optimizer.stepAsync(() => Promise.reject(new RangeError('no data')))).rejects.toThrow(RangeError);
    expect(optimizer.step(closure).itemSync()).toBeGreaterThan(0);
  });

  test('no closure, awaited', async () => {
    await expect(from().optimizer.stepAsync(undefined as never)).rejects.toThrow(/^\[LBFGS.stepAsync\] got undefined/);
  });
});
