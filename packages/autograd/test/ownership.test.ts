/** Who owns what: gradients, saved values and provenance over scopes, dispose, in-place changes, walks within walks. Results are PyTorch's where PyTorch has the case. */
import { nullBackend } from '@nn/backend';
import { ones, scope, type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import {
  Function as AutogradFunction,
  checkpoint,
  detectAnomaly,
  enableGrad,
  type FunctionContext,
  grad,
  noGrad,
} from '../src/index.ts';

const leaf = (data: readonly number[]): Tensor =>
  tensor(data as number[], { dtype: 'float64', requiresGrad: true }) as Tensor;
const plain = (data: readonly number[]): Tensor => tensor(data as number[], { dtype: 'float64' }) as Tensor;
const values = (t: Tensor | null | undefined): number[] | null => (t == null ? null : [...t.dataSync()]);

class Doubled extends AutogradFunction {
  static override forward(_: FunctionContext, x: Tensor): Tensor {
    return x.mul(2).reshape([2, 2]) as Tensor;
  }
  static override backward(_: FunctionContext, g: Tensor): Tensor {
    return g.mul(2).reshape([4]) as Tensor;
  }
}

class Reshaped extends AutogradFunction {
  static override forward(_: FunctionContext, x: Tensor): Tensor {
    return x.reshape([2, 2]) as Tensor;
  }
  static override backward(_: FunctionContext, g: Tensor): Tensor {
    return g.mul(7).reshape([4]) as Tensor;
  }
}

class Exponential extends AutogradFunction {
  static override forward(ctx: FunctionContext, x: Tensor): Tensor {
    const e = x.exp().reshape([1, 1]) as Tensor;
    ctx.saveForBackward(e);
    return e;
  }
  static override backward(ctx: FunctionContext, g: Tensor): Tensor {
    return g.mul(ctx.savedTensors[0]!).reshape([1]) as Tensor;
  }
}

class Hidden extends AutogradFunction {
  static override forward(ctx: FunctionContext, x: Tensor): Tensor {
    const inner = x.mul(3) as Tensor;
    ctx.saveForBackward(inner);
    return inner.mul(inner) as Tensor;
  }
  static override backward(ctx: FunctionContext, g: Tensor): Tensor {
    return g.mul(ctx.savedTensors[0]!).mul(6) as Tensor;
  }
}

class Narrow extends AutogradFunction {
  static override forward(_: FunctionContext, x: Tensor): Tensor {
    return x.mul(2) as Tensor;
  }
  static override backward(_: FunctionContext, g: Tensor): Tensor {
    return g.mul(Number.NaN).float() as Tensor;
  }
}

/** Each case: a name, what it computes, what PyTorch has. */
const cases: readonly (readonly [string, () => unknown, unknown])[] = [
  [
    'leaf gradients never share memory',
    () => {
      const [a, b] = [leaf([1, 2]), leaf([3, 4])];
      const seed = plain([1, 1]);
      a.add(b).backward(seed);
      noGrad(() => a.grad!.mul_(5));
      return [values(a.grad), values(b.grad), values(seed)];
    },
    [
      [5, 5],
      [1, 1],
      [1, 1],
    ],
  ],
  [
    'a tensor that hooks return stays as it is',
    () => {
      const [a, b, other] = [leaf([1]), leaf([1]), plain([7])];
      for (const t of [a, b]) t.registerHook(() => other);
      a.add(b).sum().backward();
      a.add(b).sum().backward();
      return [values(a.grad), values(b.grad), values(other)];
    },
    [[14], [14], [7]],
  ],
  [
    'a gradient that a hook kept outlives later passes',
    () => {
      const x = leaf([1, 2]);
      const y = x.mul(2);
      let kept: Tensor | null = null;
      y.registerHook((g) => {
        kept = g;
      });
      y.add(y.mul(3)).sum().backward();
      for (let i = 0; i < 20; i++) {
        x.zeroGrad();
        x.mul(i).sum().backward();
      }
      return values(kept);
    },
    [4, 4],
  ],
  [
    'grad() up to an intermediate leaves the graph below it whole',
    () => {
      const x = leaf([2]);
      const h = x.mul(x) as Tensor;
      const [g] = grad(h.mul(h).sum(), [h]);
      h.backward(g!);
      return values(x.grad);
    },
    [32],
  ],
  [
    'grad() does not ask for values below what it is asked for',
    () => {
      const [x, w] = [leaf([2]), leaf([3])];
      const h = x.mul(w) as Tensor;
      const loss = h.mul(5).sum();
      noGrad(() => w.add_(1));
      return values(grad(loss, [h])[0]);
    },
    [5],
  ],
  [
    'retainGrad goes along with in-place changes',
    () => {
      const x = leaf([2]);
      const y = x.mul(1);
      y.retainGrad();
      y.mul_(3);
      y.mul(5).sum().backward();
      return [values(y.grad), values(x.grad)];
    },
    [[5], [15]],
  ],
  [
    'retainGrad of a view goes along when its base changes',
    () => {
      const x = leaf([2, 3]);
      const y = x.mul(1) as Tensor;
      const v = y.at('0:1') as Tensor;
      v.retainGrad();
      y.mul_(3);
      v.mul(5).sum().backward();
      return [values(v.grad), values(x.grad)];
    },
    [[5], [15, 0]],
  ],
  [
    'the gradient stays while a leaf does not require one',
    () => {
      const x = leaf([2]);
      x.mul(3).sum().backward();
      x.requiresGrad_(false).requiresGrad_();
      const kept = values(x.grad);
      x.mul(3).sum().backward();
      return [kept, values(x.grad)];
    },
    [[3], [6]],
  ],
  [
    'removing a hook twice removes no other',
    () => {
      const x = leaf([1]);
      const first = x.registerHook(() => null);
      first.remove();
      x.registerHook((g) => g.mul(9));
      first.remove();
      x.sum().backward();
      return values(x.grad);
    },
    [9],
  ],
  [
    'integers take no provenance from floats that are copied in',
    () => {
      const z = zeros([3], { dtype: 'int64' }) as Tensor;
      (z.at('0:1') as Tensor).copy_(leaf([4]));
      return [z.requiresGrad, values(z)];
    },
    [false, [4, 0, 0]],
  ],
  [
    'a seed of another dtype is converted',
    () => {
      const x = leaf([1, 2]);
      x.mul(2).backward(tensor([3, 4], { dtype: 'int64' }) as Tensor);
      return [x.grad!.dtype, values(x.grad)];
    },
    ['float64', [6, 8]],
  ],
  [
    'a write through a row of a custom result reaches the function',
    () => {
      const x = leaf([1, 2, 3, 4]);
      const y = Doubled.apply(x);
      (y.at(0) as Tensor).mul_(10);
      y.sum().backward();
      return values(x.grad);
    },
    [20, 20, 2, 2],
  ],
  [
    'a custom result that is a view keeps its function when the input is written',
    () => {
      const x = leaf([1, 2, 3, 4]);
      const h = x.mul(1) as Tensor;
      const y = Reshaped.apply(h);
      noGrad(() => h.add_(1));
      y.sum().backward();
      return values(x.grad);
    },
    [7, 7, 7, 7],
  ],
  [
    'a saved output has the provenance of the output',
    () => {
      const x = leaf([0]);
      const [first] = grad(Exponential.apply(x).sum(), [x], { createGraph: true });
      return [values(first), values(grad(first!.sum(), [x])[0])];
    },
    [[1], [1]],
  ],
  [
    'backward inside a hook reaches leaves that the outer one has not finished',
    () => {
      const x = leaf([2]);
      const y = x.mul(3);
      y.registerHook(() => {
        enableGrad<Tensor>(() => x.mul(10).sum() as Tensor).backward();
      });
      y.sum().add(x.sum()).backward();
      return values(x.grad);
    },
    [14],
  ],
  [
    'an error in an inner backward leaves the outer one whole',
    () => {
      const x = leaf([2]);
      const y = x.mul(3) as Tensor;
      const z = y.mul(2);
      z.registerHook(() => {
        const inner = enableGrad<Tensor>(() => y.mul(1) as Tensor);
        inner.registerHook(() => {
          throw new RangeError('inner');
        });
        expect(() => inner.backward()).toThrow(RangeError);
      });
      z.sum().add(y.sum()).backward();
      return values(x.grad);
    },
    [9],
  ],
  [
    'a checkpoint may share parameters with what is around it',
    () => {
      const [x, w] = [leaf([2]), leaf([3])];
      const h = x.mul(w) as Tensor;
      checkpoint((a: Tensor) => a.mul(w) as Tensor, h)
        .sum()
        .backward();
      return [values(x.grad), values(w.grad)];
    },
    [[9], [12]],
  ],
  [
    'a checkpoint may return a parameter itself',
    () => {
      const [x, w] = [leaf([2]), leaf([3])];
      checkpoint((_: Tensor) => w, x)
        .mul(4)
        .sum()
        .backward();
      return [w.isLeaf, values(w.grad), values(x.grad)];
    },
    [true, [4], null],
  ],
  [
    'a checkpoint may return what it closes over, which stays untracked',
    () => {
      const [p, k] = [leaf([2]), plain([3])];
      const y = checkpoint((_: Tensor) => k, p);
      y.mul(4).sum().backward();
      return [k.requiresGrad, y === k, values(y), values(p.grad), values(k.grad)];
    },
    [false, false, [3], null, null],
  ],
  [
    'what a checkpoint makes is given back with its output, and a scope around it is none the wiser',
    () => {
      const x = leaf([2]);
      const y = checkpoint((a: Tensor) => a.exp(), x);
      const kept = scope(() => checkpoint((a: Tensor) => a.exp().mul(2) as Tensor, x));
      const inner: Tensor[] = [];
      const tripled = (a: Tensor): Tensor => {
        inner.push(a.mul(3) as Tensor);
        return inner[0]!.exp();
      };
      scope(() => checkpoint(tripled, x));
      const { storage } = y;
      y.dispose();
      return [storage.references, kept.storage.slab !== null, inner[0]!.storage.slab];
    },
    [0, true, null],
  ],
  [
    'zeroGrad fills in place, so that who holds the gradient sees it',
    () => {
      const p = leaf([2, 3]);
      p.mul(p).sum().backward();
      const held = p.grad!;
      p.zeroGrad({ setToNull: false });
      const zeroed = values(held);
      p.sum().backward();
      return [zeroed, p.grad === held, values(held)];
    },
    [[0, 0], true, [1, 1]],
  ],
  [
    'zeroGrad writes through a gradient that is a view',
    () => {
      const [p, flat] = [leaf([2, 3]), plain([4, 5, 6])];
      p.grad = flat.narrow(0, 1, 2) as Tensor;
      p.zeroGrad({ setToNull: false });
      return values(flat);
    },
    [4, 0, 0],
  ],
  [
    'zeroGrad takes a gradient out of the graph that made it',
    () => {
      const p = leaf([2, 3]);
      p.mul(p).sum().backward(undefined, { createGraph: true });
      const held = p.grad!;
      const was = held.requiresGrad;
      p.zeroGrad({ setToNull: false });
      return [was, held.requiresGrad, held.isLeaf, values(held)];
    },
    [true, false, true, [0, 0]],
  ],
  [
    'a write to a row of a detached expanded tensor: its copies count',
    () => {
      const x = leaf([2, 3]);
      const wide = (zeros([2], { dtype: 'float64' }) as Tensor).expand([3, 2]).detach() as Tensor;
      (wide.at(0) as Tensor).add_(x);
      wide.sum().backward();
      return values(x.grad);
    },
    [3, 3],
  ],
  [
    'what is made of a view that was written is made of its base too',
    () => {
      const make = (): { x: Tensor; base: Tensor; part: Tensor } => {
        const x = leaf([1, 2]);
        const base = x.mul(1) as Tensor;
        const part = base.narrow(0, 0, 1) as Tensor;
        part.mul_(2);
        return { x, base, part };
      };
      const captured = make();
      const [g] = grad(captured.part.sum(), [captured.base]);
      const kept = make();
      kept.base.retainGrad();
      kept.part.retainGrad();
      kept.part.sum().add(kept.base.sum()).backward();
      const apart = make();
      const [none] = grad(apart.base.sum(), [apart.part], { allowUnused: true });
      return [g, kept.base.grad, kept.part.grad, kept.x.grad, none].map(values);
    },
    [[1, 0], [2, 1], [1], [4, 1], null],
  ],
  [
    'a view that is written keeps its own gradient, each time',
    () => {
      const x = leaf([1, 2]);
      const base = x.mul(1) as Tensor;
      const part = base.narrow(0, 1, 1) as Tensor;
      part.retainGrad();
      part.mul_(2);
      part.exp_();
      part.mul(3).sum().backward();
      return [values(part.grad), values(x.grad)];
    },
    [[3], [0, 6 * Math.exp(4)]],
  ],
  [
    'grad() fills what intermediates retain, and no leaf',
    () => {
      const x = leaf([2]);
      const h = x.mul(x) as Tensor;
      h.retainGrad();
      grad(h.mul(5).sum(), [x]);
      return [values(h.grad), values(x.grad)];
    },
    [[5], null],
  ],
  [
    'what grad() gives for one input is apart from what it gives for another',
    () =>
      [false, true].map((inScope) => {
        const [a, b] = [leaf([1]), leaf([2])];
        const run = (): readonly Tensor[] => grad(a.add(b).sum(), [a, b, a]);
        const [first, second, third] = (inScope ? scope(run) : run()) as [Tensor, Tensor, Tensor];
        first.dispose();
        const left = values(second);
        second.dispose();
        return [left, values(third)];
      }),
    [
      [[1], [1]],
      [[1], [1]],
    ],
  ],
  [
    'an expanded tensor without elements can be written',
    () => values((zeros([0, 3]) as Tensor).expand([2, 0, 3]).add_(1)),
    [],
  ],
];

describe('aliasing and ownership', () => {
  it.each(cases)('%s', (_, run, expected) => {
    expect(run()).toEqual(expected);
  });

  it('refuses gradients unlike their tensor', () => {
    const x = leaf([1, 2]);
    expect(() => {
      x.grad = plain([1]);
    }).toThrow(/\[grad\] the gradient is float64 of shape \(1,\)/);
    const elsewhere = tensor([1, 2], { dtype: 'float64', backend: nullBackend() }) as Tensor;
    expect(() => x.mul(2).backward(elsewhere)).toThrow(
      /\[backward\] the gradient is float64 of shape \(2,\) on null, its tensor float64 of shape \(2,\) on reference/,
    );
    for (const given of [1, [1], new Map()])
      expect(() => x.sum().backward(given as never)).toThrow(/^\[backward\] (got plain numbers only|an operand is an)/);
    x.registerHook((g) => g.float());
    expect(() => x.sum().backward()).toThrow(
      /\[registerHook\] the gradient is float32 of shape \(2,\) on reference, its tensor float64/,
    );
  });

  it('converts what a custom backward returns, and finds its NaN', () => {
    const x = leaf([1]);
    Narrow.apply(x).sum().backward();
    expect(x.grad!.dtype).toBe('float64');
    expect(() => detectAnomaly(() => Narrow.apply(x).sum().backward())).toThrow(/gradient of Narrow is NaN/);
  });
});

describe('scopes', () => {
  it('give back nothing that was made outside of them', () => {
    const w = leaf([1]);
    scope(() => {
      scope(() => ({ w }));
    });
    expect(values(w)).toEqual([1]);
  });

  it('let gradients live as long as their tensors', () => {
    const w = leaf([1]);
    scope(() => scope(() => w.mul(3).sum().backward()));
    expect(values(w.grad)).toEqual([3]);
    scope(() => w.mul(3).sum().backward());
    expect(values(w.grad)).toEqual([6]);
    scope(() => w.zeroGrad({ setToNull: false }));
    expect(values(w.grad)).toEqual([0]);
    scope(() => {
      w.grad = plain([5]);
    });
    expect(values(w.grad)).toEqual([5]);
    expect(values(scope(() => {
      const x = leaf([1]);
      x.mul(2).sum().backward();
      return x;
    }).grad)).toEqual([2]); // biome-ignore format: one thought
  });

  it('give back unseen gradients with their tensors', () => {
    const x = ones([4], { requiresGrad: true }) as Tensor;
    x.mul(2).sum().backward();
    const { receiver } = x;
    x.dispose();
    expect(receiver!.gradient).toBeNull();
  });

  it('leave custom functions and checkpoints what they saved', () => {
    const x = leaf([2]);
    scope(() => Hidden.apply(x.mul(1) as Tensor))
      .sum()
      .backward();
    expect(values(x.grad)).toEqual([36]);
    x.grad = null;
    scope(() => checkpoint((a: Tensor) => a.mul(a) as Tensor, x.mul(3) as Tensor))
      .sum()
      .backward();
    expect(values(x.grad)).toEqual([36]);
  });

  it('take results that hold themselves', () => {
    const result = scope(() => {
      const all: { t: Tensor; self?: unknown } = { t: ones([1]) as Tensor };
      all.self = all;
      return all;
    });
    expect(values(result.t)).toEqual([1]);
  });
});
