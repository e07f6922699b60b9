/**
 * Random programs of views and in-place changes, run twice: by the library, and on a naive memory whose elements carry their value and their derivatives by
 * every leaf element (forward mode). Aliasing is right if values and gradients agree at the end.
 */
import '@nn/tensor/methods';
import { AutogradError } from '@nn/backend';
import { cat, scope, type Tensor, tensor } from '@nn/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noGrad } from '../src/index.ts';

/** A value and its derivatives by the leaves' elements. */
interface Dual {
  readonly v: number;
  readonly g: readonly number[];
}

const leaves = 8;
const none: readonly number[] = new Array<number>(leaves).fill(0);
const constant = (v: number): Dual => ({ v, g: none });
const plus = (a: Dual, b: Dual): Dual => ({ v: a.v + b.v, g: a.g.map((x, i) => x + b.g[i]!) });
const times = (a: Dual, b: Dual): Dual => ({ v: a.v * b.v, g: a.g.map((x, i) => x * b.v + b.g[i]! * a.v) });

/** A tensor as addresses into a memory. */
class Model {
  readonly memory: Dual[];
  readonly shape: readonly number[];
  readonly places: readonly number[];
  /** Reads and writes values alone. */
  readonly detached: boolean;
  constructor(memory: Dual[], shape: readonly number[], places: readonly number[], detached = false) {
    this.memory = memory;
    this.shape = shape;
    this.places = places;
    this.detached = detached;
  }

  static fresh(elements: readonly Dual[], shape: readonly number[]): Model {
    return new Model(
      [...elements],
      shape,
      elements.map((_, i) => i),
    );
  }

  read(): Dual[] {
    return this.places.map((p) => (this.detached ? constant(this.memory[p]!.v) : this.memory[p]!));
  }

  write(elements: readonly Dual[], tracked: boolean): void {
    this.places.forEach((p, i) => {
      const e = elements[i]!;
      this.memory[p] = tracked && !this.detached ? e : { v: e.v, g: this.memory[p]!.g };
    });
  }

  view(shape: readonly number[], place: (index: readonly number[]) => number): Model {
    return new Model(this.memory, shape, indicesOf(shape).map(place), this.detached);
  }

  at(index: readonly number[]): number {
    return this.places[flat(this.shape, index)]!;
  }

  get hasRepeats(): boolean {
    return new Set(this.places).size < this.places.length;
  }
}

function indicesOf(shape: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const n of shape) all = all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i]));
  return all;
}
const flat = (shape: readonly number[], index: readonly number[]): number =>
  shape.reduce((p, n, d) => p * n + index[d]!, 0);

interface Pair {
  readonly t: Tensor;
  readonly m: Model;
}

/** Numbers that decide what happens, one after the other. */
class Choices {
  readonly #numbers: readonly number[];
  #at = 0;
  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }
  below(n: number): number {
    return (this.#numbers[this.#at++ % this.#numbers.length]! + this.#at * 7) % n;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

type ViewStep = (x: Pair, c: Choices) => Pair | null;

const views: readonly ViewStep[] = [
  ({ t, m }, c) => {
    if (m.shape.length === 0) return null;
    const d = c.below(m.shape.length);
    if (m.shape[d] === 0) return null;
    const i = c.below(m.shape[d]!);
    return {
      t: t.select(d, i),
      m: m.view(
        m.shape.filter((_, e) => e !== d),
        (index) => m.at([...index.slice(0, d), i, ...index.slice(d)]),
      ),
    };
  },
  ({ t, m }, c) => {
    if (m.shape.length === 0 || m.shape[0]! < 1) return null;
    const start = c.below(m.shape[0]!);
    const step = 1 + c.below(2);
    const length = Math.ceil((m.shape[0]! - start) / step);
    return {
      t: t.at(`${start}::${step}`) as Tensor,
      m: m.view([length, ...m.shape.slice(1)], (index) => m.at([start + index[0]! * step, ...index.slice(1)])),
    };
  },
  ({ t, m }) => ({ t: t.T, m: m.view([...m.shape].reverse(), (index) => m.at([...index].reverse())) }),
  ({ t, m }) =>
    m.shape.length > 3 ? null : { t: t.unsqueeze(0), m: m.view([1, ...m.shape], (index) => m.at(index.slice(1))) },
  ({ t, m }) =>
    m.shape.length > 2
      ? null
      : { t: t.expand([2, ...m.shape]), m: m.view([2, ...m.shape], (index) => m.at(index.slice(1))) },
  ({ t, m }, c) => {
    if (m.shape.length < 2) return null;
    const offset = c.below(3) - 1;
    const length = Math.max(Math.min(m.shape[0]! + Math.min(offset, 0), m.shape[1]! - Math.max(offset, 0)), 0);
    return {
      t: t.diagonal({ offset }),
      m: m.view([...m.shape.slice(2), length], (index) =>
        m.at([index.at(-1)! + Math.max(-offset, 0), index.at(-1)! + Math.max(offset, 0), ...index.slice(0, -1)]),
      ),
    };
  },
  ({ t, m }, c) => {
    if (m.shape.length === 0 || m.shape.length > 2 || m.shape[0]! < 2) return null;
    const step = 1 + c.below(2);
    const length = Math.floor((m.shape[0]! - 2) / step) + 1;
    return {
      t: t.unfold(0, 2, step),
      m: m.view([length, ...m.shape.slice(1), 2], (index) =>
        m.at([index[0]! * step + index.at(-1)!, ...index.slice(1, -1)]),
      ),
    };
  },
  ({ t, m }) => {
    try {
      return { t: (t as Tensor).view([-1]), m: m.view([m.places.length], ([i]) => m.places[i!]!) };
    } catch {
      return null;
    }
  },
  ({ t, m }) => ({ t: t.detach(), m: new Model(m.memory, m.shape, m.places, true) }),
];

/** A value that broadcasts to a shape, among what there is, or a number. */
function valueFor(
  shape: readonly number[],
  pairs: readonly Pair[],
  c: Choices,
): { t: Tensor | number; read: (i: number) => Dual } {
  const fits = pairs.filter(
    ({ m }) =>
      m.shape.length <= shape.length &&
      m.shape.every((n, d) => n === shape[d + shape.length - m.shape.length] || n === 1),
  );
  if (fits.length === 0 || c.below(4) === 0) {
    const v = c.below(5) - 2;
    return { t: v, read: () => constant(v) };
  }
  const { t, m } = c.pick(fits);
  const elements = m.read();
  const all = indicesOf(shape);
  return {
    t,
    read: (i) =>
      elements[
        flat(
          m.shape,
          m.shape.map((n, d) => (n === 1 ? 0 : all[i]![d + shape.length - m.shape.length]!)),
        )
      ]!,
  };
}

type Write = (x: Pair, pairs: readonly Pair[], c: Choices) => { run: () => unknown; elements: Dual[] };

const writes: readonly Write[] = [
  ({ t, m }, pairs, c) => {
    const value = valueFor(m.shape, pairs, c);
    return {
      run: () => (typeof value.t === 'number' ? t.add_(value.t) : (t as Tensor).add_(value.t)),
      elements: m.read().map((e, i) => plus(e, value.read(i))),
    };
  },
  ({ t, m }, pairs, c) => {
    const value = valueFor(m.shape, pairs, c);
    return {
      run: () => (t as Tensor).mul_(value.t as number),
      elements: m.read().map((e, i) => times(e, value.read(i))),
    };
  },
  ({ t, m }, pairs, c) => {
    const value = valueFor(m.shape, pairs, c);
    return { run: () => t.setAt(['...'], value.t), elements: m.read().map((_, i) => value.read(i)) };
  },
  ({ t, m }) => ({ run: () => (t as Tensor).mul_(-2), elements: m.read().map((e) => times(e, constant(-2))) }),
  ({ t, m }, pairs, c) => {
    // Places along the first dimension, one of them twice: the last write stays.
    if (m.shape.length === 0 || m.shape[0] === 0) return { run: () => null, elements: m.read() };
    const n = m.shape[0]!;
    const list = [c.below(n), c.below(n), c.below(n)];
    const shape = [3, ...m.shape.slice(1)];
    const value = valueFor(shape, pairs, c);
    const accumulate = c.below(2) === 0;
    const elements = m.read();
    const before = indicesOf(shape).map((_, i) => value.read(i));
    const last = new Map<number, number>();
    indicesOf(shape).forEach((index, i) => {
      const at = flat(m.shape, [list[index[0]!]!, ...index.slice(1)]);
      elements[at] = accumulate ? plus(elements[at]!, before[i]!) : before[i]!;
      last.set(at, i);
    });
    // Of a replaced place every value that was written there gets the gradient, as in PyTorch; so places stay apart where values are tracked.
    const apart = new Set(list).size === list.length;
    if (!accumulate && !apart) return { run: () => null, elements: m.read() };
    const index = tensor(list, { dtype: 'int64' });
    return { run: () => t.indexPut_([index], value.t, { accumulate }), elements };
  },
  ({ t, m }, pairs, c) => {
    const bits = m.places.map(() => c.below(2));
    const mask = tensor(
      bits.map((b) => b === 1),
      { shape: m.shape, dtype: 'bool' } as never,
    ) as Tensor;
    const scalars = pairs.filter(({ m: own }) => own.shape.length === 0);
    const scalar = scalars.length > 0 ? c.pick(scalars) : null;
    const value = scalar === null ? constant(3) : scalar.m.read()[0]!;
    return {
      run: () => t.setAt([mask], scalar?.t ?? 3),
      elements: m.read().map((e, i) => (bits[i] === 1 ? value : e)),
    };
  },
];

/** New tensors from old ones. */
const makes: readonly ((x: Pair, pairs: readonly Pair[], c: Choices) => Pair)[] = [
  ({ t, m }) => ({ t: t.clone(), m: Model.fresh(m.read(), m.shape) }),
  ({ t, m }) => ({
    t: t.mul(3) as Tensor,
    m: Model.fresh(
      m.read().map((e) => times(e, constant(3))),
      m.shape,
    ),
  }),
  ({ t, m }, pairs, c) => {
    const value = valueFor(m.shape, pairs, c);
    return {
      t: (t as Tensor).mul(value.t as number) as Tensor,
      m: Model.fresh(
        m.read().map((e, i) => times(e, value.read(i))),
        m.shape,
      ),
    };
  },
  ({ t, m }) => {
    const elements = m.read();
    const shape = m.shape.length === 0 ? [2] : [2 * m.shape[0]!, ...m.shape.slice(1)];
    const parts = (m.shape.length === 0 ? [t.unsqueeze(0), t.unsqueeze(0)] : [t, t]) as Tensor[];
    return { t: cat(parts) as Tensor, m: Model.fresh([...elements, ...elements], shape) };
  },
  ({ t, m }, _, c) => {
    if (m.shape.length === 0 || m.shape[0] === 0) return { t: t.clone(), m: Model.fresh(m.read(), m.shape) };
    const list = [c.below(m.shape[0]!), c.below(m.shape[0]!)];
    const elements = m.read();
    const shape = [2, ...m.shape.slice(1)];
    return {
      t: (t as Tensor).at(list) as Tensor,
      m: Model.fresh(
        indicesOf(shape).map((index) => elements[flat(m.shape, [list[index[0]!]!, ...index.slice(1)])]!),
        shape,
      ),
    };
  },
];

/** Runs a program; null where a value that a gradient needs was changed, which is an error, as it should be. */
function play(numbers: readonly number[]): { log: string[]; pairs: Pair[]; x: Tensor; y: Tensor } {
  const c = new Choices(numbers);
  const x = tensor([1, -2, 3, 0.5, -1, 2], { shape: [2, 3], dtype: 'float64', requiresGrad: true } as never) as Tensor;
  const y = tensor([2, -3], { dtype: 'float64', requiresGrad: true }) as Tensor;
  const unit = (i: number): readonly number[] => none.map((_, k) => Number(k === i));
  const leaf = (values: readonly number[], shape: readonly number[], from: number): Model =>
    Model.fresh(
      values.map((v, i) => ({ v, g: unit(from + i) })),
      shape,
    );
  const [mx, my] = [leaf([1, -2, 3, 0.5, -1, 2], [2, 3], 0), leaf([2, -3], [2], 6)];
  const pairs: Pair[] = [
    { t: x.clone(), m: Model.fresh(mx.read(), [2, 3]) },
    { t: y.mul(1) as Tensor, m: Model.fresh(my.read(), [2]) },
    {
      t: tensor(new Array<number>(6).fill(4), { shape: [3, 2], dtype: 'float64' } as never) as Tensor,
      m: Model.fresh(new Array<Dual>(6).fill(constant(4)), [3, 2]),
    },
  ];
  const log: string[] = [];
  for (let step = 0; step < 14; step++) {
    const target = c.pick(pairs);
    const kind = c.below(8);
    if (kind < 3) {
      const which = c.below(views.length);
      const made = views[which]!(target, c);
      if (made !== null && made.m.places.length <= 40) pairs.push(made);
      log.push(`view ${which} of ${pairs.indexOf(target)}`);
    } else if (kind < 7) {
      if (target.m.hasRepeats) continue;
      const which = c.below(writes.length);
      const { run, elements } = writes[which]!(target, pairs, c);
      // A detached tensor would take up the history of what is written to it, and its aliases would not.
      const quietly = target.m.detached || c.below(6) === 0;
      if (quietly) noGrad(() => run());
      else run();
      target.m.write(elements, !quietly);
      log.push(`${quietly ? 'noGrad ' : ''}write ${which} to ${pairs.indexOf(target)}`);
    } else if (target.m.places.length <= 20) {
      const which = c.below(makes.length);
      pairs.push(makes[which]!(target, pairs, c));
      log.push(`make ${which} from ${pairs.indexOf(target)}`);
    }
  }
  return { log, pairs, x, y };
}

describe('views and in-place changes', () => {
  it('give the values and gradients of the naive memory', () => {
    let judged = 0;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 20, maxLength: 60 }), (numbers) => {
        const { log, pairs, x, y } = play(numbers);
        const text = log.join('; ');
        for (const { t, m } of pairs)
          expect(
            [...t.dataSync()].map((v) => v + 0),
            text,
          ).toEqual(m.read().map((e) => e.v + 0));
        const expected = none.map(() => 0);
        let loss: Tensor | null = null;
        for (const [k, { t, m }] of pairs.entries()) {
          m.read().forEach((e, i) => {
            e.g.forEach((d, j) => {
              expected[j]! += (k + 1) * (i + 1) * d;
            });
          });
          if (t.numel() === 0) continue;
          const weights = tensor(
            m.places.map((_, i) => (k + 1) * (i + 1)),
            { shape: m.shape, dtype: 'float64' } as never,
          ) as Tensor;
          const term = (t as Tensor).mul(weights).sum() as Tensor;
          loss = loss === null ? term : (loss.add(term) as Tensor);
        }
        if (loss === null || !loss.requiresGrad) {
          expect(expected, text).toEqual(none);
          return;
        }
        try {
          loss.backward();
        } catch (error) {
          // The graph noticed that a value it needs was overwritten.
          if (error instanceof AutogradError && error.message.includes('changed in place')) return;
          throw error;
        }
        judged++;
        const actual = [...(x.grad?.dataSync() ?? none.slice(0, 6)), ...(y.grad?.dataSync() ?? none.slice(0, 2))];
        // Sums of exact halves in any order; only numbers beyond 2^53 round.
        actual.forEach((g, i) => {
          expect(Math.abs(g - expected[i]!), `${text}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(
            1e-9 * Math.abs(expected[i]!),
          );
        });
      }),
      { numRuns: 400 },
    );
    expect(judged).toBeGreaterThan(200);
  });

  it('does not depend on handles that are given back', () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const loss = scope(() => {
      const y = x.mul(2);
      const v = y.at('1:');
      v.mul_(5);
      v.dispose();
      return y.sum();
    });
    loss.backward();
    expect(x.grad!.toArraySync()).toEqual([2, 10, 10]);
  });

  it('refuses to change a view in place that was made inside noGrad', () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const y = x.mul(2) as Tensor;
    const v = noGrad(() => y.at('1:')) as Tensor;
    expect(() => v.mul_(2)).toThrow('[mul_] a view that was made inside noGrad is changed in place outside of it');
    noGrad(() => v.mul_(2));
    expect(y.toArraySync()).toEqual([2, 8, 12]);
  });

  it('divides what expanded elements share, when they are seen by strides', () => {
    const x = tensor([2, 3], { requiresGrad: true }) as Tensor;
    const wide = x.expand([4, 2]);
    wide.diagonal({ offset: -1 }).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([1, 1]);
    x.grad = null;
    x.unfold(0, 1, 1).expand([3, 2, 1]).unfold(0, 2, 1).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([4, 4]);
  });

  it('gives the gradient of a strided view to the tensor that has the elements', () => {
    const x = tensor([1, 2, 3, 4, 5, 6], { requiresGrad: true }) as Tensor;
    const part = (x.mul(1) as Tensor).at('2:4') as Tensor;
    const weights = tensor([1, 10, 100]);
    (part.asStrided([3], [2], { storageOffset: 1 }).mul(weights) as Tensor).sum().backward();
    expect(x.grad!.toArraySync()).toEqual([0, 1, 0, 10, 0, 100]);
  });
});
