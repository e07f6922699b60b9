/** Derivatives of functions whose output depends on no input, as in PyTorch's `torch.autograd.functional` with `strict=False` and in JAX; and what is no function of tensors. */
import { type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { grad, hessian, hvp, jacobian, jvp, valueAndGrad, vjp } from '../src/index.ts';

const x: Tensor = tensor([1, 2]);
const y: Tensor = tensor([[3]]);
const zero = [
  [0, 0],
  [0, 0],
];

describe.each([
  ['a constant', tensor([5, 6])],
  ['whole numbers', tensor([5, 6], { dtype: 'int64' })],
  ['what others track', tensor([5, 6], { requiresGrad: true }).mul(2)],
])('a function that returns %s', (_, c) => {
  const single = c.sum();
  it('has a jacobian of zeros', async () => {
    expect(await jacobian(() => c, x).toArray()).toEqual(zero);
    const [jx, jy] = jacobian(() => c, [x, y]) as [Tensor, Tensor];
    expect([await jx.toArray(), jy.shape, jy.dtype]).toEqual([zero, [2, 1, 1], 'float32']);
    expect(await jacobian(() => c, x, { createGraph: true }).toArray()).toEqual(zero);
  });

  it('has a hessian of zeros', async () => {
    expect(await hessian(() => single, x).toArray()).toEqual(zero);
    const blocks = hessian(() => single, [x, y]) as Tensor[][];
    expect(blocks.map((row) => row.map((h) => h.shape))).toEqual([
      [
        [2, 2],
        [2, 1, 1],
      ],
      [
        [1, 1, 2],
        [1, 1, 1, 1],
      ],
    ]);
  });

  it('has products of zeros', async () => {
    const [out, g] = vjp(() => c, x, tensor([1, 1]));
    expect([await out.toArray(), out.requiresGrad, await g.toArray()]).toEqual([await c.toArray(), false, [0, 0]]);
    expect(await vjp(() => single, x)[1].toArray()).toEqual([0, 0]);
    const [value, product] = jvp(() => c, x, tensor([1, 1]));
    expect([await value.toArray(), value.requiresGrad]).toEqual([await c.toArray(), false]);
    expect(await product.toArray()).toEqual([0, 0]);
    expect(await hvp(() => single, x, tensor([1, 1]))[1].toArray()).toEqual([0, 0]);
  });

  it('has a gradient of zeros', async () => {
    const [value, g] = valueAndGrad((_: Tensor) => single)(x);
    expect([value, await g.toArray()]).toEqual([single, [0, 0]]);
    expect(await grad((_: Tensor) => single)(y).toArray()).toEqual([[0]]);
    const both = grad((_: Tensor, b: Tensor) => single.add(b.sum()) as Tensor, { argnums: [0, 1] })(x, y);
    expect(await Promise.all(both.map((t) => t.toArray()))).toEqual([[0, 0], [[1]]]);
    expect(() => grad((_: Tensor) => c)(x)).toThrow(
      '[grad] the function must return one element, got shape (2); reduce it',
    );
  });

  it('takes no vector of another shape', () => {
    const other = tensor([1, 1, 1]);
    expect(() => vjp(() => c, x)).toThrow(/\[vjp\].*reduce it or pass v/);
    expect(() => vjp(() => c, x, other)).toThrow(/\[vjp\] the gradient is/);
    expect(() => jvp(() => c, x, other)).toThrow(/\[jvp\] the gradient is/);
    expect(() => hvp(() => single, x, other)).toThrow(/\[hvp\] the gradient is/);
  });
});

it('an output or input without elements has a jacobian without elements', () => {
  const none = tensor([]);
  expect(jacobian((t: Tensor) => t.mul(2) as Tensor, none).shape).toEqual([0, 0]);
  expect(jacobian(() => none, x).shape).toEqual([0, 2]);
  expect(jacobian((t: Tensor) => t.sum(), none).shape).toEqual([0]);
});

it('the gradient of an input that is returned as it is, is 1, and its own gradient 0', async () => {
  const three = tensor(3);
  const [value, g] = valueAndGrad((t: Tensor) => t)(three);
  expect([await value.item(), await g.item(), three.requiresGrad]).toEqual([3, 1, false]);
  expect(await grad(grad((t: Tensor) => t))(three).item()).toBe(0);
});

const functions: Record<string, (f: never) => unknown> = {
  grad: (f) => grad(f)(x),
  jacobian: (f) => jacobian(f, x),
  hessian: (f) => hessian(f, x),
  vjp: (f) => vjp(f, x),
  jvp: (f) => jvp(f, x, x),
  hvp: (f) => hvp(f, x, x),
};
it.each(Object.keys(functions))('%s takes functions that return one tensor', (name) => {
  const refused = (f: unknown, told: string): void =>
    expect(() => functions[name]!(f as never)).toThrow(`[${name}] the function must return one tensor, got ${told}`);
  refused(() => 5, '5');
  refused(() => undefined, 'undefined');
  refused((t: Tensor) => [t], 'a list');
  refused(async (t: Tensor) => t, '[object Promise]');
});

it('argnums name tensors', () => {
  expect(() => grad((t: Tensor) => t.sum(), { argnums: 1 })(x)).toThrow('[grad] argument 1 is no tensor: undefined');
  expect(() => grad((t: number) => x.mul(t).sum() as Tensor)(3)).toThrow('[grad] argument 0 is no tensor: 3');
});

it('refuses what stands where options belong', () => {
  const w = tensor([1, 2], { requiresGrad: true });
  expect(() => w.sum().backward(tensor(1), true as never)).toThrow('[backward] got true where options belong');
  expect(() => grad(w.sum(), [w], true as never)).toThrow('[grad] got true where options belong');
  expect(w.grad).toBe(null);
});

it('gives a tuple of as many gradients as there are inputs, for the compiler too', () => {
  const [a, b] = [tensor([2], { requiresGrad: true }) as Tensor, tensor([3], { requiresGrad: true }) as Tensor];
  const [da, db] = grad(a.mul(b).sum(), [a, b]);
  const both: [Tensor, Tensor] = [da, db];
  const [alone] = grad(a.mul(a).sum(), a);
  const found: (Tensor | null)[] = grad(a.sum(), [a, b] as Tensor[], { allowUnused: true });
  expect([...both, alone].map((g) => g.itemSync())).toEqual([3, 2, 4]);
  expect(found[1]).toBe(null);
});
