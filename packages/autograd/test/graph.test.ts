// biome-ignore-all lint/suspicious/noShadowRestrictedNames: PyTorch names the class Function
/** The graph as its user sees it: leaves, hooks, retained gradients, versions, errors, custom functions, transforms. */
import '@nn/tensor/methods';
import { AutogradError, reference } from '@nn/backend';
import { keep, setBackend, type Tensor, tensor } from '@nn/tensor';
import { beforeAll, describe, expect, test } from 'vitest';
import { backward, checkpoint, detectAnomaly, enableGrad, expectNoLeaks, Function, type FunctionContext, grad, hessian, hvp, isGradEnabled, jacobian, jvp, noGrad, valueAndGrad, vjp } from '../src/index.ts'; // biome-ignore format: a list

beforeAll(() => setBackend(reference()));

const leaf = (data: number[]): Tensor => tensor(data, { requiresGrad: true });
const list = async (t: Tensor | null): Promise<unknown> => (t === null ? null : t.toArray());

describe('leaves', () => {
  test('gradients add up over calls, in the same tensor', async () => {
    const x = leaf([1, 2]);
    x.mul(x).sum().backward();
    const first = x.grad;
    x.mul(3).sum().backward();
    expect(x.grad).toBe(first);
    expect(await list(x.grad)).toEqual([5, 7]);
    x.zeroGrad({ setToNull: false });
    expect(await list(x.grad)).toEqual([0, 0]);
    x.zeroGrad();
    expect(x.grad).toBeNull();
  });

  test('flags and names', () => {
    const x = leaf([1]);
    const y = x.add(1);
    expect([x.isLeaf, y.isLeaf, x.requiresGrad, y.requiresGrad, y.detach().requiresGrad, y.grad]).toEqual([
      true,
      false,
      true,
      true,
      false,
      null,
    ]);
    expect(y.gradFn?.name).toBe('AddBackward0');
    expect(y.gradFn?.nextFunctions[0]?.name).toBe('AccumulateGrad');
    expect(x.gradFn).toBeNull();
  });

  test('only floats are tracked, and only leaves stop', () => {
    expect(() => tensor([1], { dtype: 'int64', requiresGrad: true })).toThrow(/\[requiresGrad_\] only floats/);
    expect(() => leaf([1]).add(1).requiresGrad_(false)).toThrow(/only a leaf/);
    expect(leaf([1]).requiresGrad_(false).requiresGrad).toBe(false);
    expect(leaf([1]).gt(0).requiresGrad).toBe(false);
  });
});

describe('backward', () => {
  test('needs a scalar or a gradient of the right shape', () => {
    expect(() => leaf([1, 2]).mul(1).backward()).toThrow(/\[backward\] only a tensor with one element/);
    expect(() =>
      leaf([1, 2])
        .mul(1)
        .backward(tensor([1])),
    ).toThrow(/\[backward\] the gradient is float32 of shape \(1,\) on reference, its tensor float32 of shape \(2,\)/);
    expect(() => tensor([1]).backward()).toThrow(/not tracked/);
  });

  test('runs once, or twice with retainGraph', async () => {
    const x = leaf([2]);
    const y = x.mul(x).sum();
    y.backward({ retainGraph: true });
    y.backward();
    expect(await list(x.grad)).toEqual([8]);
    expect(() => y.backward()).toThrow(/freed by an earlier backward; detach\(\) what comes from before it, or pass/);
  });

  test('a diamond and a chain of 20,000', async () => {
    const x = leaf([1, 2]);
    const a = x.mul(2);
    backward(a.mul(a.add(a)).sum());
    expect(await list(x.grad)).toEqual([16, 32]);
    const z = leaf([1]);
    let y: Tensor = z;
    for (let i = 0; i < 20_000; i++) y = y.add(1);
    y.backward();
    expect(await list(z.grad)).toEqual([1]);
  });

  test('a value that was changed in place is noticed, one that is not read is not', async () => {
    const x = leaf([1, 2]);
    const e = x.exp();
    const y = e.mul(e).sum();
    e.add_(1);
    expect(() => y.backward()).toThrow(/changed in place/);
    const z = leaf([1, 2]);
    const w = z.mul(2);
    const total = w.add(1).sum();
    w.zero_();
    total.backward();
    expect(await list(z.grad)).toEqual([2, 2]);
  });

  test('leaves and their views refuse in-place changes outside of noGrad', () => {
    const x = leaf([1, 2]);
    expect(() => x.add_(1)).toThrow(/leaf tensor that requires grad/);
    expect(() => x.at('0:1').add_(1)).toThrow(/view of a leaf/);
    noGrad(() => x.add_(1));
    expect(x.isLeaf).toBe(true);
  });

  test('a detached alias that is written spoils what was saved', () => {
    const x = leaf([1, 2]);
    const y = x.mul(x).sum();
    x.detach().mul_(2);
    expect(() => y.backward()).toThrow(/changed in place/);
  });
});

describe('hooks', () => {
  test('see and replace gradients; the handle removes them', async () => {
    const x = leaf([1, 2]);
    const y = x.mul(x);
    const seen: Tensor[] = [];
    const handle = y.registerHook((g) => {
      seen.push(g);
      return g.mul(2);
    });
    y.sum().backward(undefined, { retainGraph: true });
    handle.remove();
    y.sum().backward();
    expect(await list(seen[0]!)).toEqual([1, 1]);
    expect(seen).toHaveLength(1);
    expect(await list(x.grad)).toEqual([6, 12]);
  });

  test('on a leaf, and a wrong shape', async () => {
    const x = leaf([1, 2]);
    x.registerHook((g) => g.mul(10));
    x.sum().backward();
    expect(await list(x.grad)).toEqual([10, 10]);
    const y = leaf([1, 2]);
    y.registerHook(() => tensor([1, 2, 3]));
    expect(() => y.sum().backward()).toThrow(
      /\[registerHook\] the gradient is float32 of shape \(3,\) on reference, its tensor float32 of shape \(2,\)/,
    );
    // The failed run leaves nothing behind.
    const z = y.detach().requiresGrad_();
    z.sum().backward();
    expect(await list(z.grad)).toEqual([1, 1]);
  });

  test('retained gradients of intermediates', async () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    y.retainGrad();
    y.mul(3).sum().backward();
    expect([await list(y.grad), await list(x.grad)]).toEqual([
      [3, 3],
      [6, 6],
    ]);
  });
});

describe('noGrad', () => {
  test('stops recording, nests, and survives errors', () => {
    const x = leaf([1]);
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(noGrad(() => enableGrad(() => x.mul(2))).requiresGrad).toBe(true);
    expect(() =>
      noGrad(() => {
        throw new RangeError('x');
      }),
    ).toThrow(RangeError);
    expect(isGradEnabled()).toBe(true);
  });

  test('takes no promise', () => {
    // @ts-expect-error a promise would leak the state into other tasks
    const promise = noGrad(async () => 1);
    expect(promise).toBeInstanceOf(Promise);
  });
});

class Scale extends Function {
  static override forward(ctx: FunctionContext, x: Tensor, by: number): [Tensor, Tensor] {
    ctx.saveForBackward(x);
    ctx.values['by'] = by;
    return [x.mul(by), x.mul(x)];
  }
  static override backward(ctx: FunctionContext, scaled: Tensor, squared: Tensor): Tensor[] {
    const [x] = ctx.savedTensors;
    return [scaled.mul(ctx.values['by'] as number).add(squared.mul(x!).mul(2))];
  }
}

describe('custom functions', () => {
  test('with several outputs, plain arguments, and one unused output', async () => {
    const x = leaf([1, 2]);
    const [a, b] = Scale.apply(x, 5);
    expect(a.gradFn?.name).toBe('ScaleBackward');
    a.sum().add(b.sum()).backward();
    expect(await list(x.grad)).toEqual([7, 9]);
    const y = leaf([3]);
    Scale.apply(y, 4)[0].backward();
    expect(await list(y.grad)).toEqual([4]);
  });

  test('second order goes through their backward', async () => {
    const h = grad((x: Tensor) => grad((t: Tensor) => Scale.apply(t, 1)[1].mul(t).sum())(x).sum());
    expect(await list(h(tensor([2])))).toEqual([12]);
  });

  test('notice what was changed or freed', () => {
    const x = leaf([1]);
    const y = x.mul(1);
    const [a] = Scale.apply(y, 2);
    y.mul_(2);
    expect(() => a.backward()).toThrow('[Scale] saved tensor 0 was changed in place after forward; work on a clone()');
    const [b] = Scale.apply(x, 2);
    b.backward();
    expect(() => b.backward()).toThrow(AutogradError);
  });
});

describe('transforms', () => {
  const f = (x: Tensor, y: Tensor): Tensor => x.mul(x).mul(y).sum();
  test('grad and valueAndGrad', async () => {
    const [value, [gx, gy]] = valueAndGrad(f, { argnums: [0, 1] })(tensor([1, 2]), tensor([3, 4])) as [
      Tensor,
      [Tensor, Tensor],
    ];
    expect([await value.item(), await list(gx), await list(gy)]).toEqual([19, [6, 16], [1, 4]]);
    expect(() => grad(tensor([1]).sum(), [leaf([1])])).toThrow(/not tracked/);
    const [x, unused] = [leaf([1]), leaf([1])];
    expect(() => grad(x.sum(), [x, unused])).toThrow(/no output depends on input 1/);
    expect(grad(x.sum(), [x, unused], { allowUnused: true })[1]).toBeNull();
  });

  test('jacobian, hessian and products with them agree', async () => {
    const x = tensor([1, 2], { dtype: 'float64' });
    const v = tensor([0.5, 1], { dtype: 'float64' });
    const g = (t: Tensor): Tensor => t.mul(t).mul(t.flip([0]));
    const j = jacobian(g, x);
    expect(await list(j)).toEqual([
      [4, 1],
      [4, 4],
    ]);
    expect(await list(vjp(g, x, v)[1])).toEqual(await list(v.matmul(j)));
    expect(await list(jvp(g, x, v)[1])).toEqual(await list(j.matmul(v)));
    const s = (t: Tensor): Tensor => t.mul(t).mul(t).sum();
    expect(await list(hessian(s, x))).toEqual([
      [6, 0],
      [0, 12],
    ]);
    expect(await list(hvp(s, x, v)[1])).toEqual([3, 12]);
    const [[hxx, hxy]] = hessian(f, [x, v]) as [Tensor[], Tensor[]];
    expect([await list(hxx!), await list(hxy!)]).toEqual([
      [
        [1, 0],
        [0, 2],
      ],
      [
        [2, 0],
        [0, 4],
      ],
    ]);
  });

  test('checkpoint gives the same gradients, of what the function closes over too', async () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const block = (t: Tensor): Tensor => t.mul(w).exp();
    block(x).sum().backward();
    const plain = [await list(x.grad), await list(w.grad)];
    x.zeroGrad();
    w.zeroGrad();
    checkpoint(block, x).sum().backward();
    expect([await list(x.grad), await list(w.grad)]).toEqual(plain);
  });
});

describe('finding mistakes', () => {
  test('anomaly mode names the op and where it was called', () => {
    const x = leaf([0]);
    const run = (): void => detectAnomaly(() => x.mul(0).div(x.mul(0)).backward());
    expect(run).toThrow(/\[detectAnomaly\] the gradient of div is NaN/);
    expect(run).toThrow(/graph\.test/);
  });

  test('a leak is found, and code that keeps nothing passes', () => {
    const x = leaf([1, 2]);
    expectNoLeaks(() => {
      x.mul(x).sum().backward();
      x.zeroGrad();
    });
    const held: Tensor[] = [];
    const leak = (): void => void held.push(keep(tensor(new Float32Array(1e6))));
    expect(() => expectNoLeaks(leak)).toThrow(
      /\[expectNoLeaks\] each run leaves \d+ bytes behind; largest holders: tensor/,
    );
  });
});
