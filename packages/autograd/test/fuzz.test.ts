/**
 * Random small programs, run by the library and by the naive shadow in `tape.ts`: ops, views, in-place changes, dispose, scopes, several backward passes over
 * one graph. Values and gradients must agree, and no gradient that was handed out may ever change, whatever memory is reused for.
 */
import '@nn/tensor/methods';
import { AutogradError } from '@nn/backend';
import { cat, matmul, scope, type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { grad, noGrad } from '../src/index.ts';
import { add, derivatives, flat, indicesOf, mul, Scalar, Shadow, stretch, tanh, total, unary } from './tape.ts';

interface Pair {
  readonly t: Tensor;
  readonly s: Shadow;
}

/** A small seeded generator (mulberry32). */
function generator(seed: number): (n: number) => number {
  let a = seed;
  return (n) => {
    a = (a + 0x6d2b79f5) | 0;
    let z = Math.imul(a ^ (a >>> 15), 1 | a);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 4294967296) * n);
  };
}

type Below = (n: number) => number;
const make = (values: readonly number[], shape: readonly number[], options: object = {}): Tensor =>
  tensor(values as number[], { shape, dtype: 'float64', ...options } as never) as Tensor;
const constant = (v: number): Scalar => new Scalar(v);

/** Something among the pairs that broadcasts to a shape. */
function operand(shape: readonly number[], pairs: readonly Pair[], below: Below): Pair {
  const fits = pairs.filter(
    ({ s }) =>
      s.shape.length <= shape.length &&
      s.shape.every((n, d) => n === 1 || n === shape[d + shape.length - s.shape.length]),
  );
  const found = fits[below(fits.length + 1)];
  return found ?? { t: make([0.5], []), s: Shadow.of([constant(0.5)], []) };
}

type Step = (x: Pair, pairs: readonly Pair[], below: Below) => Pair | null;

const views: Record<string, Step> = {
  select: ({ t, s }, _, below) => {
    if (s.shape.length === 0 || s.shape.includes(0)) return null;
    const d = below(s.shape.length);
    const i = below(s.shape[d]!);
    const shape = s.shape.filter((_, e) => e !== d);
    return { t: t.select(d, i), s: s.view(shape, (at) => s.at([...at.slice(0, d), i, ...at.slice(d)])) };
  },
  slice: ({ t, s }, _, below) => {
    if (s.shape.length === 0) return null;
    const start = below(s.shape[0]! + 1);
    const step = 1 + below(2);
    const length = Math.ceil((s.shape[0]! - start) / step);
    return {
      t: t.at(`${start}::${step}`) as Tensor,
      s: s.view([length, ...s.shape.slice(1)], ([i, ...rest]) => s.at([start + i! * step, ...rest])),
    };
  },
  transpose: ({ t, s }) => ({
    t: t.T as Tensor,
    s: s.view([...s.shape].reverse(), (at) => s.at([...at].reverse())),
  }),
  expand: ({ t, s }) =>
    s.shape.length > 2 || s.places.length > 8
      ? null
      : { t: t.expand([2, ...s.shape]) as Tensor, s: s.view([2, ...s.shape], (at) => s.at(at.slice(1))) },
  unsqueeze: ({ t, s }) =>
    s.shape.length > 2
      ? null
      : { t: t.unsqueeze(-1) as Tensor, s: s.view([...s.shape, 1], (at) => s.at(at.slice(0, -1))) },
  flip: ({ t, s }) => {
    if (s.shape.length === 0) return null;
    const n = s.shape[0]!;
    const flipped = s.view(s.shape, ([i, ...rest]) => s.at([n - 1 - i!, ...rest]));
    // A copy, as in PyTorch.
    return { t: t.flip([0]).clone() as Tensor, s: Shadow.of(flipped.read(), s.shape) };
  },
};

const ops: Record<string, Step> = {
  add: ({ t, s }, pairs, below) => {
    const o = operand(s.shape, pairs, below);
    const other = stretch(o.s, s.shape);
    return { t: t.add(o.t) as Tensor, s: Shadow.of(s.read().map((x, i) => add(x, other[i]!)), s.shape) }; // biome-ignore format: one thought
  },
  mul: ({ t, s }, pairs, below) => {
    const o = operand(s.shape, pairs, below);
    const other = stretch(o.s, s.shape);
    return { t: t.mul(o.t) as Tensor, s: Shadow.of(s.read().map((x, i) => mul(x, other[i]!)), s.shape) }; // biome-ignore format: one thought
  },
  mulInteger: ({ t, s }) => ({
    t: t.mul(tensor(s.places.map((_, i) => (i % 3) - 1), { shape: s.shape, dtype: 'int64' } as never) as Tensor) as Tensor,
    s: Shadow.of(s.read().map((x, i) => mul(x, constant((i % 3) - 1))), s.shape),
  }), // biome-ignore format: one thought
  tanh: ({ t, s }) => ({ t: t.tanh() as Tensor, s: Shadow.of(s.read().map(tanh), s.shape) }),
  sin: ({ t, s }) => ({ t: t.sin() as Tensor, s: Shadow.of(s.read().map((x) => unary(x, Math.sin, Math.cos)), s.shape) }), // biome-ignore format: one thought
  clone: ({ t, s }) => ({ t: t.clone() as Tensor, s: Shadow.of(s.read(), s.shape) }),
  reshape: ({ t, s }) =>
    s.hasRepeats
      ? null
      : { t: t.clone().reshape([s.places.length]) as Tensor, s: Shadow.of(s.read(), [s.places.length]) },
  sum: ({ t, s }, _, below) => {
    if (s.shape.length === 0) return null;
    const d = below(s.shape.length);
    const shape = s.shape.filter((_, e) => e !== d);
    const elements = s.read();
    const rows = indicesOf(shape).map((at) =>
      total(
        Array.from({ length: s.shape[d]! }, (_, i) => elements[flat(s.shape, [...at.slice(0, d), i, ...at.slice(d)])]!),
      ),
    );
    return { t: t.sum({ dim: d }) as Tensor, s: Shadow.of(rows, shape) };
  },
  prod: ({ t, s }) => ({
    t: t.prod() as Tensor,
    s: Shadow.of([s.read().reduce((p, x) => mul(p, x), constant(1))], []),
  }),
  cumsum: ({ t, s }) => {
    if (s.shape.length !== 1) return null;
    const elements = s.read();
    return {
      t: t.cumsum(0) as Tensor,
      s: Shadow.of(
        elements.map((_, i) => total(elements.slice(0, i + 1))),
        s.shape,
      ),
    };
  },
  matmul: ({ t, s }) => {
    if (s.shape.length !== 2) return null;
    const [m, k] = s.shape as [number, number];
    const e = s.read();
    const product = indicesOf([m, m]).map(([i, j]) =>
      total(Array.from({ length: k }, (_, q) => mul(e[i! * k + q]!, e[j! * k + q]!))),
    );
    return { t: matmul(t, t.T as Tensor) as Tensor, s: Shadow.of(product, [m, m]) };
  },
  rows: ({ t, s }, _, below) => {
    if (s.shape.length === 0 || s.shape[0] === 0) return null;
    const list = [below(s.shape[0]!), below(s.shape[0]!)];
    const picked = s.view([2, ...s.shape.slice(1)], ([i, ...rest]) => s.at([list[i!]!, ...rest]));
    return { t: t.at(list) as Tensor, s: Shadow.of(picked.read(), picked.shape) };
  },
  cat: ({ t, s }) =>
    s.shape.length === 0
      ? null
      : {
          t: cat([t, t] as [Tensor, Tensor]) as Tensor,
          s: Shadow.of([...s.read(), ...s.read()], [2 * s.shape[0]!, ...s.shape.slice(1)]),
        },
};

type Write = (x: Pair, pairs: readonly Pair[], below: Below) => readonly [() => unknown, Scalar[]];

const writes: Record<string, Write> = {
  add_: ({ t, s }, pairs, below) => {
    const o = operand(s.shape, pairs, below);
    const other = stretch(o.s, s.shape);
    return [() => t.add_(o.t), s.read().map((x, i) => add(x, other[i]!))];
  },
  mul_: ({ t, s }, pairs, below) => {
    const o = operand(s.shape, pairs, below);
    const other = stretch(o.s, s.shape);
    return [() => t.mul_(o.t), s.read().map((x, i) => mul(x, other[i]!))];
  },
  tanh_: ({ t, s }) => [() => t.tanh_(), s.read().map(tanh)],
  zero_: ({ t, s }) => [() => t.zero_(), s.read().map(() => constant(0))],
  copy_: ({ t, s }, pairs, below) => {
    const o = operand(s.shape, pairs, below);
    return [() => t.setAt(['...'], o.t), stretch(o.s, s.shape)];
  },
  mask: ({ t, s }, pairs, below) => {
    const bits = s.places.map(() => below(2) === 1);
    const o = operand([], pairs, below);
    const mask = tensor(bits, { shape: s.shape, dtype: 'bool' } as never) as Tensor;
    return [() => t.setAt([mask], o.t), s.read().map((x, i) => (bits[i] ? o.s.read()[0]! : x))];
  },
};

const close = (actual: ArrayLike<number>, expected: readonly number[], what: string): void => {
  expect(actual.length, what).toBe(expected.length);
  const scale = 1e-9 * (1 + Math.max(0, ...expected.map(Math.abs)));
  expected.forEach((e, i) => {
    expect(Math.abs(actual[i]! - e), `${what}[${i}]: ${actual[i]} instead of ${e}`).toBeLessThanOrEqual(scale);
  });
};

/** One program. */
class Run {
  readonly below: Below;
  readonly log: string[] = [];
  readonly leaves: readonly Pair[];
  readonly gradients: number[][];
  /** Gradients in the user's hands, and what they were. */
  readonly held: { g: Tensor; values: readonly number[]; what: string }[] = [];
  readonly inPlace: boolean;
  overwritten = 0;
  backwards = 0;

  constructor(seed: number) {
    this.below = generator(seed);
    this.inPlace = this.below(2) === 0;
    this.leaves = [[2, 3], [3], []].map((shape) => {
      const values = indicesOf(shape).map(() => (this.below(17) - 8) / 5);
      return { t: make(values, shape, { requiresGrad: true }), s: Shadow.of(values.map(constant), shape) };
    });
    this.gradients = this.leaves.map(({ s }) => s.places.map(() => 0));
  }

  hold(g: Tensor, what: string): void {
    this.held.push({ g, values: [...g.dataSync()], what: `${what} after ${this.log.length} steps` });
  }

  /** A random step; may add to the pairs. */
  step(pairs: Pair[], depth: number): void {
    const { below } = this;
    const x = pairs[below(pairs.length)]!;
    const isLeaf = this.leaves.includes(x);
    const kind = below(20);
    const choose = <T>(table: Record<string, T>): T => {
      const names = Object.keys(table);
      const name = names[below(names.length)]!;
      this.log.push(`${name} ${pairs.indexOf(x)}`);
      return table[name]!;
    };
    if (kind < 5 || (kind < 11 && kind >= 8)) {
      const made = choose(kind < 5 ? views : ops)(x, pairs, below);
      if (made === null || made.s.places.length > 24) return;
      if (made.s.values.some((v) => Math.abs(v) > 1e4)) return;
      pairs.push(made);
      if (made.t.requiresGrad && below(6) === 0) made.t.registerHook((g) => this.hold(g, 'hook'));
    } else if (kind < 8) {
      if (!this.inPlace || isLeaf || x.s.hasRepeats || this.leaves.some(({ s }) => s.memory === x.s.memory)) return;
      const [run, elements] = choose(writes)(x, pairs, below);
      if (elements.some((e) => Math.abs(e.value) > 1e4)) return;
      const quiet = below(5) === 0;
      if (quiet) this.log.push('noGrad');
      if (quiet) noGrad(() => void run());
      else run();
      x.s.write(elements, !quiet);
    } else if (kind < 13) this.backward(x);
    else if (kind < 14) this.capture(x);
    else if (kind < 16) {
      const k = below(this.leaves.length);
      const { t, s } = this.leaves[k]!;
      const own = t.grad;
      if (own !== null && below(2) === 0) this.hold(own, 'grad');
      this.log.push(`clear ${k}`);
      if (below(2) === 0) t.zeroGrad({ setToNull: below(2) === 0 });
      else t.grad = null;
      // Zeroed in place it is still the leaf's, and changes with it.
      if (own !== null && t.grad === own && this.held.at(-1)?.g === own) this.held.pop();
      this.gradients[k] = s.places.map(() => 0);
    } else if (kind < 18) {
      if (isLeaf) return;
      this.log.push(`dispose ${pairs.indexOf(x)}`);
      pairs.splice(pairs.indexOf(x), 1);
      x.t.dispose();
    } else if (depth < 2) {
      this.log.push('scope {');
      const inner = [...pairs];
      let survivor: Pair | null = null;
      const t = scope(() => {
        for (let i = 0; i < 5; i++) this.step(inner, depth + 1);
        const made = inner.filter((pair) => !pairs.includes(pair));
        survivor = made[below(made.length)] ?? null;
        return survivor?.t;
      });
      this.log.push('}');
      // What the scope disposed of by hand is gone outside too.
      for (const pair of [...pairs]) if (!inner.includes(pair)) pairs.splice(pairs.indexOf(pair), 1);
      if (t !== undefined) pairs.push(survivor!);
    }
  }

  /** Backward from a weighted sum, or from the tensor itself. */
  backward({ t, s }: Pair): void {
    if (!t.requiresGrad) return;
    const weights = s.places.map((_, i) => 1 + (i % 3));
    const seed = make(weights, s.shape);
    const direct = this.below(2) === 0;
    this.log.push(`backward${direct ? ' direct' : ''} of shape ${s.shape}`);
    // An overwritten value is found before leaves have got their part of it, or after: what they hold then is not compared.
    if (!this.attempt(() => (direct ? t.backward(seed, { retainGraph: true }) : (t.mul(seed) as Tensor).sum().backward(undefined, { retainGraph: true })))) return; // biome-ignore format: one thought
    const found = derivatives(s.read(), weights);
    this.leaves.forEach((leaf, k) => {
      leaf.s.read().forEach((x, i) => {
        this.gradients[k]![i]! += found.get(x) ?? 0;
      });
    });
    this.compare();
  }

  /** False if an overwritten value was found; gradients start anew then. */
  attempt(body: () => unknown): boolean {
    try {
      body();
      this.backwards++;
      return true;
    } catch (error) {
      if (!(error instanceof AutogradError && error.message.includes('changed in place')) || !this.inPlace) throw error;
      this.overwritten++;
      this.leaves.forEach(({ t, s }, k) => {
        t.grad = null;
        this.gradients[k] = s.places.map(() => 0);
      });
      return false;
    }
  }

  /** `grad` with respect to leaves and to the tensor itself. */
  capture({ t, s }: Pair): void {
    if (!t.requiresGrad) return;
    const weights = s.places.map((_, i) => 2 - (i % 4));
    const inputs = [t, ...this.leaves.map((leaf) => leaf.t)];
    this.log.push(`grad of shape ${s.shape}`);
    let found: (Tensor | null)[] = [];
    const loss = (t.mul(make(weights, s.shape)) as Tensor).sum();
    if (!this.attempt(() => (found = grad(loss, inputs, { allowUnused: true, retainGraph: true })))) return;
    const expected = derivatives(s.read(), weights);
    const isLeaf = this.leaves.some((leaf) => leaf.t === t);
    if (!isLeaf) close(found[0]!.dataSync(), weights, 'captured');
    this.leaves.forEach((leaf, k) => {
      const own = leaf.s.read().map((x) => expected.get(x) ?? 0);
      close(found[k + 1]?.dataSync() ?? own.map(() => 0), own, `grad by leaf ${k}`);
    });
    for (const g of found) if (g !== null) this.hold(g, 'result of grad');
  }

  compare(): void {
    this.leaves.forEach(({ t }, k) => {
      close(t.grad?.dataSync() ?? this.gradients[k]!.map(() => 0), this.gradients[k]!, `gradient of leaf ${k}`);
    });
  }

  play(): void {
    const pairs: Pair[] = [
      ...this.leaves,
      { t: make([1, -0.5, 0.25], [3]), s: Shadow.of([1, -0.5, 0.25].map(constant), [3]) },
      { t: this.leaves[0]!.t.mul(1) as Tensor, s: Shadow.of(this.leaves[0]!.s.read(), [2, 3]) },
    ];
    for (let i = 0; i < 30; i++) this.step(pairs, 0);
    for (const [i, { t, s }] of pairs.entries()) close(t.dataSync(), s.values, `value ${i} ${t.shape} ${s.shape}`);
    for (const pair of pairs) this.backward(pair);
    for (const { g, values, what } of this.held) {
      // What a scope has given back, or the user, is gone, not changed.
      if (g.storage.slab !== null) close(g.dataSync(), values, what);
    }
  }
}

describe('random programs', () => {
  it('agree with the shadow in values, gradients and what was handed out', () => {
    const counts = { backwards: 0, overwritten: 0, held: 0 };
    for (let seed = 1; seed <= 200; seed++) {
      const run = new Run(seed);
      try {
        run.play();
      } catch (error) {
        throw new Error(`seed ${seed}: ${run.log.join('; ')}\n${String(error)}`, { cause: error });
      }
      counts.backwards += run.backwards;
      counts.overwritten += run.overwritten;
      counts.held += run.held.length;
    }
    expect(counts.backwards).toBeGreaterThan(1000);
    expect(counts.held).toBeGreaterThan(400);
    // Errors are right where they come, but must not hide what is to be tested.
    expect(counts.overwritten).toBeLessThan(counts.backwards / 4);
  });
});
