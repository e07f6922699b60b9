/** Views, joining, splitting, repeating and padding against the naive version. */
import '../src/methods.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as nn from '../src/index.ts';
import { repeatInterleave, repeatInterleaveAsync, type Tensor, tensor } from '../src/index.ts';
import { build, count, type Grid, get, indicesOf, sizeOf } from './naive.ts';

const toTensor = (grid: Grid): Tensor => tensor([...grid.data], { shape: grid.shape } as never) as Tensor;
const contents = (t: Tensor): Grid => ({ shape: [...t.shape], data: [...t.dataSync()] });

const sizes = (min: number, maxRank = 4): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min, max: 3 }), { minLength: 0, maxLength: maxRank });

interface Step {
  readonly name: string;
  readonly tensor: (x: Tensor) => Tensor;
  readonly grid: (x: Grid) => Grid;
}

const permuted = (x: Grid, order: readonly number[]): Grid =>
  build(
    order.map((d) => x.shape[d]!),
    (index) =>
      get(
        x,
        x.shape.map((_, d) => index[order.indexOf(d)]!),
      ),
  );

/** Shapes with the same number of elements. */
function regroupings(n: number, rank: number): fc.Arbitrary<number[]> {
  if (n === 0) return sizes(0, 3).map((shape) => [...shape, 0]);
  if (rank === 0) return n === 1 ? fc.constantFrom([], [1], [1, 1]) : fc.constant([n]);
  const divisors = Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
  return fc.constantFrom(...divisors).chain((d) => regroupings(n / d, rank - 1).map((rest) => [d, ...rest]));
}

/** A random op on a tensor of this shape, with its naive version. */
function stepFor(shape: readonly number[]): fc.Arbitrary<Step> {
  const rank = shape.length;
  const dims = shape.map((_, d) => d);
  const options: fc.Arbitrary<Step>[] = [
    regroupings(sizeOf(shape), 3).map((to) => ({
      name: `reshape ${to}`,
      tensor: (x) => x.reshape(to),
      grid: (x) => ({ shape: to, data: x.data }),
    })),
    fc.shuffledSubarray(dims, { minLength: rank, maxLength: rank }).map((order) => ({
      name: `permute ${order}`,
      tensor: (x) => x.permute(order),
      grid: (x) => permuted(x, order),
    })),
    fc.integer({ min: -rank - 1, max: rank }).map((d) => ({
      name: `unsqueeze ${d}`,
      tensor: (x) => x.unsqueeze(d),
      grid: (x) => {
        const at = d < 0 ? d + rank + 1 : d;
        return { shape: [...x.shape.slice(0, at), 1, ...x.shape.slice(at)], data: x.data };
      },
    })),
    fc.constant<Step>({
      name: 'squeeze',
      tensor: (x) => x.squeeze(),
      grid: (x) => ({ shape: x.shape.filter((n) => n !== 1), data: x.data }),
    }),
    fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 2 }).chain((lead) =>
      fc.tuple(...shape.map((n) => (n === 1 ? fc.integer({ min: 0, max: 3 }) : fc.constantFrom(n, -1)))).map((tail) => {
        const to = [...lead, ...tail];
        const real = [...lead, ...shape.map((n, d) => (tail[d] === -1 ? n : tail[d]!))];
        return {
          name: `expand ${to}`,
          tensor: (x: Tensor) => x.expand(to),
          grid: (x: Grid) =>
            build(real, (index) =>
              get(
                x,
                shape.map((n, d) => (n === 1 ? 0 : index[d + lead.length]!)),
              ),
            ),
        };
      }),
    ),
    fc.constant<Step>({ name: 'T', tensor: (x) => x.T, grid: (x) => permuted(x, [...x.shape.keys()].reverse()) }),
    fc.constant<Step>({ name: 'contiguous', tensor: (x) => x.contiguous(), grid: (x) => x }),
    fc.constant<Step>({
      name: 'ravel',
      tensor: (x) => x.ravel(),
      grid: (x) => ({ shape: [sizeOf(x.shape)], data: x.data }),
    }),
  ];
  if (rank > 0) {
    const dim = fc.integer({ min: 0, max: rank - 1 });
    options.push(
      fc.tuple(dim, fc.integer({ min: -rank, max: rank - 1 })).map(([from, to]) => ({
        name: `movedim ${from} ${to}`,
        tensor: (x) => x.movedim(from, to),
        grid: (x) => {
          const order = dims.filter((d) => d !== from);
          order.splice(to < 0 ? to + rank : to, 0, from);
          return permuted(x, order);
        },
      })),
      fc.subarray(dims).map((flips) => ({
        name: `flip ${flips}`,
        tensor: (x) => x.flip(flips),
        grid: (x) =>
          build(x.shape, (index) =>
            get(
              x,
              index.map((i, d) => (flips.includes(d) ? x.shape[d]! - 1 - i : i)),
            ),
          ),
      })),
      fc.tuple(dim, fc.integer({ min: -5, max: 5 })).map(([d, by]) => ({
        name: `roll ${by} ${d}`,
        tensor: (x) => x.roll(by, { dims: d }),
        grid: (x) =>
          build(x.shape, (index) =>
            get(
              x,
              index.map((i, e) => (e === d ? (((i - by) % x.shape[d]!) + x.shape[d]!) % x.shape[d]! : i)),
            ),
          ),
      })),
      fc.integer({ min: -5, max: 5 }).map((by) => ({
        name: `roll ${by}`,
        tensor: (x) => x.roll(by),
        grid: (x) => ({
          shape: x.shape,
          data: x.data.map((_, i) => x.data[(((i - by) % x.data.length) + x.data.length) % x.data.length]!),
        }),
      })),
      dim.chain((d) =>
        fc.tuple(fc.nat({ max: shape[d]! }), fc.nat({ max: shape[d]! })).map(([a, b]): Step => {
          const [start, length] = [Math.min(a, b), Math.abs(a - b)];
          return {
            name: `narrow ${d} ${start} ${length}`,
            tensor: (x) => x.narrow(d, start, length),
            grid: (x) =>
              build(
                x.shape.map((n, e) => (e === d ? length : n)),
                (index) =>
                  get(
                    x,
                    index.map((i, e) => (e === d ? i + start : i)),
                  ),
              ),
          };
        }),
      ),
      dim.chain((d) =>
        fc.tuple(fc.nat({ max: shape[d]! }), fc.integer({ min: 1, max: 3 })).map(
          ([size, step]): Step => ({
            name: `unfold ${d} ${size} ${step}`,
            tensor: (x) => x.unfold(d, size, step),
            grid: (x) =>
              build([...x.shape.map((n, e) => (e === d ? Math.floor((n - size) / step) + 1 : n)), size], (index) =>
                get(
                  x,
                  index.slice(0, -1).map((i, e) => (e === d ? i * step + index.at(-1)! : i)),
                ),
              ),
          }),
        ),
      ),
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: rank, maxLength: rank + 1 }).map((times) => ({
        name: `repeat ${times}`,
        tensor: (x) => x.repeat(times),
        grid: (x) => {
          const own = [...new Array<number>(times.length - rank).fill(1), ...x.shape];
          return build(
            own.map((n, d) => n * times[d]!),
            (index) =>
              get(
                { shape: own, data: x.data },
                index.map((i, d) => i % own[d]!),
              ),
          );
        },
      })),
      fc.tuple(dim, fc.integer({ min: 0, max: 3 })).map(([d, n]) => ({
        name: `repeatInterleave ${n} ${d}`,
        tensor: (x) => x.repeatInterleave(n, { dim: d }),
        grid: (x) =>
          build(
            x.shape.map((m, e) => (e === d ? m * n : m)),
            (index) =>
              get(
                x,
                index.map((i, e) => (e === d ? Math.floor(i / n) : i)),
              ),
          ),
      })),
      dim.chain((d) =>
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: shape[d]!, maxLength: shape[d]! }).map((times): Step => {
          const rows = times.flatMap((n, i) => new Array<number>(n).fill(i));
          return {
            name: `repeatInterleave ${times} ${d}`,
            tensor: (x) => x.repeatInterleave(tensor(times, { dtype: 'int64' }), { dim: d }),
            grid: (x) =>
              build(
                x.shape.map((m, e) => (e === d ? rows.length : m)),
                (index) =>
                  get(
                    x,
                    index.map((i, e) => (e === d ? rows[i]! : i)),
                  ),
              ),
          };
        }),
      ),
      fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 2, maxLength: 2 * rank }).map((amounts): Step => {
        const even = amounts.slice(0, amounts.length - (amounts.length % 2));
        const at = (d: number, side: number): number => even[2 * (rank - 1 - d) + side] ?? 0;
        const clipped = even.map((n, k) =>
          shape[rank - 1 - Math.floor(k / 2)]! < 2 ? Math.max(n, 0) : Math.max(n, -1),
        );
        const pads = (d: number, side: number): number => clipped[2 * (rank - 1 - d) + side] ?? 0;
        void at;
        return {
          name: `pad ${clipped}`,
          tensor: (x) => nn.pad(x, clipped, { value: 7 }),
          grid: (x) =>
            build(
              x.shape.map((n, d) => n + pads(d, 0) + pads(d, 1)),
              (index) => {
                const source = index.map((i, d) => i - pads(d, 0));
                return source.every((i, d) => i >= 0 && i < x.shape[d]!) ? get(x, source) : 7;
              },
            ),
        };
      }),
      fc.constantFrom('replicate' as const, 'reflect' as const, 'circular' as const).chain((mode) =>
        fc.subarray(dims).chain((which) =>
          fc
            .tuple(
              ...shape.map((n) =>
                fc.tuple(
                  ...[0, 1].map(() =>
                    fc.integer({
                      min: n > 2 ? -1 : 0,
                      max:
                        mode === 'circular'
                          ? n > 2
                            ? n - 1
                            : n
                          : mode === 'reflect'
                            ? Math.max(n - 1, 0)
                            : n === 0
                              ? 0
                              : 3,
                    }),
                  ),
                ),
              ),
            )
            .map((amounts): Step => {
              const side = (d: number, s: number): number => (which.includes(d) ? amounts[d]![s]! : 0);
              const list = [...dims].reverse().flatMap((d) => [side(d, 0), side(d, 1)]);
              const fold = (i: number, n: number, d: number): number => {
                if (mode === 'replicate') return Math.min(Math.max(i, 0), n - 1);
                if (mode === 'reflect') return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
                const [first, after] = [Math.max(-side(d, 0), 0), Math.max(-side(d, 1), 0)];
                const rest = n - first - after;
                return first + ((i - first + rest) % rest);
              };
              return {
                name: `pad ${mode} ${list}`,
                tensor: (x) => nn.pad(x, list, { mode }),
                grid: (x) =>
                  build(
                    x.shape.map((n, d) => n + side(d, 0) + side(d, 1)),
                    (index) =>
                      get(
                        x,
                        index.map((i, d) => fold(i - side(d, 0), x.shape[d]!, d)),
                      ),
                  ),
              };
            }),
        ),
      ),
      dim.chain((d) =>
        (shape[d]! === 0 ? fc.constant(0) : fc.nat({ max: shape[d]! - 1 })).map(
          (i): Step => ({
            name: `select ${d} ${i}`,
            tensor: (x) => (shape[d] === 0 ? x : x.select(d, i)),
            grid: (x) =>
              shape[d] === 0
                ? x
                : build(
                    x.shape.filter((_, e) => e !== d),
                    (index) => get(x, [...index.slice(0, d), i, ...index.slice(d)]),
                  ),
          }),
        ),
      ),
      fc.integer({ min: -3, max: 3 }).map((offset) => ({
        name: `diagEmbed ${offset}`,
        tensor: (x) => x.diagEmbed({ offset }),
        grid: (x) => {
          const n = x.shape.at(-1)! + Math.abs(offset);
          return build([...x.shape.slice(0, -1), n, n], (index) => {
            const [i, j] = index.slice(-2) as [number, number];
            return j - i === offset ? get(x, [...index.slice(0, -2), Math.min(i, j)]) : 0;
          });
        },
      })),
    );
  }
  if (rank > 1) {
    const two = fc.shuffledSubarray(dims, { minLength: 2, maxLength: 2 }) as fc.Arbitrary<[number, number]>;
    options.push(
      two.map(([i, j]) => ({
        name: `transpose ${i} ${j}`,
        tensor: (x) => x.transpose(i - rank, j),
        grid: (x) =>
          permuted(
            x,
            dims.map((d) => (d === i ? j : d === j ? i : d)),
          ),
      })),
      two.map(([a, b]) => ({
        name: `flatten ${Math.min(a, b)} ${Math.max(a, b)}`,
        tensor: (x) => x.flatten({ startDim: Math.min(a, b), endDim: Math.max(a, b) }),
        grid: (x) => {
          const [i, j] = [Math.min(a, b), Math.max(a, b)];
          return {
            shape: [...x.shape.slice(0, i), sizeOf(x.shape.slice(i, j + 1)), ...x.shape.slice(j + 1)],
            data: x.data,
          };
        },
      })),
      fc.tuple(two, fc.integer({ min: -3, max: 3 })).map(([[i, j], offset]) => ({
        name: `diagonal ${offset} ${i} ${j}`,
        tensor: (x) => x.diagonal({ offset, dim1: i, dim2: j }),
        grid: (x) => {
          const length = indicesOf([x.shape[i]!, x.shape[j]!]).filter(([r, c]) => c! - r! === offset).length;
          return build([...x.shape.filter((_, d) => d !== i && d !== j), length], (index) => {
            const rest = index.slice(0, -1);
            const k = index.at(-1)!;
            return get(
              x,
              dims.map((d) => (d === i ? k + Math.max(-offset, 0) : d === j ? k + Math.max(offset, 0) : rest.shift()!)),
            );
          });
        },
      })),
      fc.tuple(two, fc.integer({ min: -5, max: 5 })).map(([plane, k]) => ({
        name: `rot90 ${k} ${plane}`,
        tensor: (x) => x.rot90({ k, dims: plane }),
        grid: (x) => {
          const [i, j] = plane;
          let out = x;
          // A quarter turn from the first dimension of the plane towards the second.
          for (let turn = 0; turn < ((k % 4) + 4) % 4; turn++) {
            const before: Grid = out;
            out = build(
              before.shape.map((n, d) => (d === i ? before.shape[j]! : d === j ? before.shape[i]! : n)),
              (index) =>
                get(
                  before,
                  index.map((v, d) => (d === i ? index[j]! : d === j ? before.shape[j]! - 1 - index[i]! : v)),
                ),
            );
          }
          return out;
        },
      })),
    );
  }
  return fc.oneof(...options);
}

/** A chain of steps, each for the shape that the one before leaves. */
const chain = (shape: readonly number[], length: number): fc.Arbitrary<Step[]> =>
  length === 0
    ? fc.constant([])
    : stepFor(shape).chain((step) => {
        const next = step.grid(count(shape)).shape;
        return (sizeOf(next) > 600 || next.length > 6 ? fc.constant<Step[]>([]) : chain(next, length - 1)).map(
          (rest) => [step, ...rest],
        );
      });

describe('chains of shape ops', () => {
  it('agree with index arithmetic at every step', () => {
    fc.assert(
      fc.property(
        sizes(0).chain((shape) =>
          fc.tuple(
            fc.constant(shape),
            fc.integer({ min: 1, max: 4 }).chain((n) => chain(shape, n)),
          ),
        ),
        ([shape, steps]) => {
          let grid = count(shape);
          let x = toTensor(grid);
          for (const step of steps) {
            x = step.tensor(x);
            grid = step.grid(grid);
            expect(contents(x), steps.map((s) => s.name).join(' → ')).toEqual({
              shape: [...grid.shape],
              data: [...grid.data],
            });
            expect(x.isContiguous() ? x.contiguous() : x).toBe(x);
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it('view is a view of the same memory exactly where reshape makes no copy', () => {
    fc.assert(
      fc.property(
        sizes(1).chain((shape) => fc.tuple(fc.constant(shape), chain(shape, 2), regroupings(sizeOf(shape), 3))),
        ([shape, steps]) => {
          const x = steps.reduce((t, step) => step.tensor(t), toTensor(count(shape)));
          const to = [sizeOf(x.shape)];
          const same = x.reshape(to).storage === x.storage;
          if (same) expect(contents(x.view(to))).toEqual(contents(x.reshape(to)));
          else expect(() => x.view(to)).toThrow('use reshape, which copies where it must');
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** A shape, and cuts of one of its dimensions. */
const cut = sizes(0)
  .filter((s) => s.length > 0)
  .chain((shape) =>
    fc
      .nat({ max: shape.length - 1 })
      .chain((dim) =>
        fc
          .array(fc.nat({ max: shape[dim]! }), { maxLength: 4 })
          .map((cuts) => ({ shape, dim, cuts: cuts.sort((a, b) => a - b) })),
      ),
  );

describe('joining and taking apart', () => {
  it('cat undoes split, chunk, tensorSplit', () => {
    fc.assert(
      fc.property(cut, fc.integer({ min: 1, max: 4 }), ({ shape, dim, cuts }, n) => {
        const x = toTensor(count(shape));
        const bounds = [0, ...cuts, shape[dim]!];
        const parts = x.split(
          bounds.slice(1).map((b, i) => b - bounds[i]!),
          { dim },
        );
        for (const pieces of [
          parts,
          x.split(n, { dim }),
          x.chunk(n, { dim }),
          x.tensorSplit(n, { dim }),
          x.tensorSplit(cuts, { dim: dim - shape.length }),
        ]) {
          for (const piece of pieces) expect(piece.storage).toBe(x.storage);
          expect(contents(nn.cat(pieces, { dim }))).toEqual(contents(x));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stack undoes unbind', () => {
    fc.assert(
      fc.property(cut, ({ shape, dim }) => {
        fc.pre(shape[dim]! > 0);
        const x = toTensor(count(shape)).T.contiguous().T;
        expect(contents(nn.stack(x.unbind({ dim }), { dim }))).toEqual(contents(x));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['split 7 by 3', () => tensor([0, 0, 0, 0, 0, 0, 0]).split(3), [3, 3, 1]],
    ['split nothing', () => nn.zeros([0]).split(3), [0]],
    ['split nothing by 0', () => nn.zeros([0]).split(0), [0]],
    ['chunk 6 in 4', () => nn.zeros([6]).chunk(4), [2, 2, 2]],
    ['chunk 3 in 5', () => nn.zeros([3]).chunk(5), [1, 1, 1]],
    ['chunk nothing in 2', () => nn.zeros([0]).chunk(2), [0, 0]],
    ['tensorSplit 7 in 3', () => nn.zeros([7]).tensorSplit(3), [3, 2, 2]],
    ['tensorSplit 2 in 3', () => nn.zeros([2]).tensorSplit(3), [1, 1, 0]],
    ['tensorSplit beyond the ends', () => nn.zeros([5]).tensorSplit([-2, 9]), [3, 2, 0]],
    ['tensorSplit backwards', () => nn.zeros([5]).tensorSplit([3, 1]), [3, 0, 4]],
  ])('sizes: %s', (_, run, expected) => {
    expect(run().map((piece) => piece.shape[0])).toEqual(expected);
  });

  it('joins by rows, columns, depth and along the diagonal', () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    expect(nn.hstack([a, b]).toArraySync()).toEqual([1, 2, 3, 4]);
    expect(nn.vstack([a, b]).toArraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(nn.dstack([a, b]).toArraySync()).toEqual([
      [
        [1, 3],
        [2, 4],
      ],
    ]);
    expect(nn.columnStack([a, b]).toArraySync()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(
      nn
        .columnStack([
          a,
          tensor([
            [5, 6],
            [7, 8],
          ]),
        ])
        .toArraySync(),
    ).toEqual([
      [1, 5, 6],
      [2, 7, 8],
    ]);
    expect(nn.hstack([tensor(1), tensor(2)]).toArraySync()).toEqual([1, 2]);
    expect(nn.blockDiag([tensor([[1, 2]]), tensor(3), tensor([4, 5])]).toArraySync()).toEqual([
      [1, 2, 0, 0, 0],
      [0, 0, 3, 0, 0],
      [0, 0, 0, 4, 5],
    ]);
    expect(nn.blockDiag([nn.zeros([0, 2]), tensor([[1]])]).toArraySync()).toEqual([[0, 0, 1]]);
  });

  it('promotes dtypes', () => {
    expect(nn.cat([tensor([1], { dtype: 'int32' }), tensor([true])]).dtype).toBe('int32');
    expect(nn.stack([tensor(1, { dtype: 'int64' }), tensor(0.5)]).dtype).toBe('float32');
    expect(nn.cat([nn.zeros([0], { dtype: 'float64' }), tensor([[1, 2]])]).dtype).toBe('float64');
  });

  it('runs through all combinations', () => {
    const x = tensor([1, 2, 3]);
    expect(nn.combinations(x, { r: 3 }).toArraySync()).toEqual([[1, 2, 3]]);
    expect(nn.combinations(x, { withReplacement: true }).toArraySync()).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 2],
      [2, 3],
      [3, 3],
    ]);
    expect(nn.combinations(x, { r: 4 }).shape).toEqual([0, 4]);
    expect(nn.combinations(x, { r: 0 }).shape).toEqual([0]);
    expect(nn.cartesianProd([tensor([1, 2]), tensor([3]), tensor([4, 5])]).toArraySync()).toEqual([
      [1, 3, 4],
      [1, 3, 5],
      [2, 3, 4],
      [2, 3, 5],
    ]);
    expect(nn.meshgrid([x, tensor(4)], { indexing: 'xy' }).map((t) => t.shape)).toEqual([
      [1, 3],
      [1, 3],
    ]);
    expect(
      nn
        .meshgrid([tensor([1, 2]), x, tensor([7])], { indexing: 'xy' })[0]!
        .at(0)
        .toArraySync(),
    ).toEqual([[1], [2]]);
  });

  it('crops before it goes round, as PyTorch does', () => {
    for (const [padding, expected] of [
      [
        [-1, 1],
        [1, 2, 3, 4, 1],
      ],
      [
        [-2, 3],
        [2, 3, 4, 2, 3, 4],
      ],
      [
        [3, -2],
        [0, 1, 2, 0, 1, 2],
      ],
      [
        [-4, 1],
        [4, 4],
      ],
      [
        [-1, -1],
        [1, 2, 3],
      ],
    ] as const)
      expect(nn.pad(nn.arange(5), padding, { mode: 'circular' }).toArraySync()).toEqual(expected);
    expect(() => nn.pad(nn.arange(5), [4, -2], { mode: 'circular' })).toThrow('too much for dimension 0 with size 3');
  });

  it('rearranges channels and pixels, and back', () => {
    fc.assert(
      fc.property(
        sizes(1, 2),
        fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 3 }))),
        fc.integer({ min: 1, max: 3 }),
        (batch, [c, h, w], r) => {
          const shape = [...batch, c! * r * r, h!, w!];
          const x = toTensor(count(shape));
          const y = nn.pixelShuffle(x, r);
          const grid = build([...batch, c!, h! * r, w! * r], (index) => {
            const [k, i, j] = index.slice(-3) as [number, number, number];
            return get(count(shape), [
              ...index.slice(0, -3),
              k * r * r + (i % r) * r + (j % r),
              Math.floor(i / r),
              Math.floor(j / r),
            ]);
          });
          expect(contents(y)).toEqual(grid);
          expect(contents(nn.pixelUnshuffle(y, r))).toEqual(contents(x));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('memory', () => {
  it('ravel is dense: a view of what is, else a copy', () => {
    const x = tensor([1, 2, 3, 4]);
    x.at('::2').ravel().fill_(9);
    expect([...x.dataSync()]).toEqual([1, 2, 3, 4]);
    expect(tensor(7).expand([2, 2]).ravel().stride()).toEqual([1]);
    x.reshape([2, 2]).ravel().fill_(9);
    expect([...x.dataSync()]).toEqual([9, 9, 9, 9]);
    expect(tensor(7).ravel().shape).toEqual([1]);
  });

  it('tells strides, offset, size of the storage', () => {
    const x = toTensor(count([3, 4]));
    const y = x.at('1:', '::2');
    expect([y.stride(), y.stride(-1), y.storageOffset(), y.storageSize(), y.isContiguous()]).toEqual([
      [4, 2],
      2,
      4,
      12,
      false,
    ]);
    expect(
      tensor([10, 20, 30])
        .expandAs(toTensor(count([3, 3])))
        .storageSize(),
    ).toBe(3);
    expect([
      nn.zeros([0]).storageSize(),
      tensor(1).stride(),
      tensor([[1]])
        .unsqueeze(0)
        .stride(),
    ]).toEqual([0, [], [1, 1, 1]]);
  });

  it('asStrided stays inside of the memory', () => {
    const x = toTensor(count([10]));
    const y = x.at('2:8');
    expect(nn.asStrided(y, [2, 2], [3, 1]).toArraySync()).toEqual([
      [2, 3],
      [5, 6],
    ]);
    expect(nn.asStrided(y, [2], [9], { storageOffset: 0 }).toArraySync()).toEqual([0, 9]);
    expect(() => nn.asStrided(y, [2], [9], { storageOffset: 1 })).toThrow(
      'covers elements 1 to 10, the memory has 0 to 9',
    );
    expect(() => nn.asStrided(y, [2], [-1])).toThrow('whole numbers ≥ 0, got -1');
    expect(nn.asStrided(y, [0], [100]).shape).toEqual([0]);
  });

  it('shares memory in views, so that writes are seen', () => {
    const x = toTensor(count([2, 3]));
    x.view([3, 2]).fill_(1);
    x.diagonal().fill_(9);
    x.unbind({ dim: 1 })[2]!.fill_(5);
    expect(x.toArraySync()).toEqual([
      [9, 1, 5],
      [1, 9, 5],
    ]);
  });

  it('gives memory back when the handles of a composite are gone', () => {
    const x = toTensor(count([4, 3]));
    for (const make of [
      (): Tensor => x.at(1, '1:', null),
      (): Tensor => x.repeat([2, 2]),
      (): Tensor => nn.cat([x, x]),
      (): Tensor => x.at([0, 1], [1, 2]),
      (): Tensor => x.flip([0]),
      (): Tensor => nn.pad(x, [1, 1], { mode: 'reflect' }),
      (): Tensor => x.roll([1, 1], { dims: [0, 1] }),
      (): Tensor => x.t().reshape([12]),
      (): Tensor => nn.maskedScatter(x, x.gt(3), x),
      (): Tensor => x.scatter(0, tensor([[0, 1, 2]], { dtype: 'int64' }), 5),
    ]) {
      const before = x.storage.references;
      const out = make();
      const { storage } = out;
      if (storage !== x.storage) expect(storage.references, make.toString()).toBe(1);
      out.dispose();
      if (storage === x.storage) expect(x.storage.references, make.toString()).toBe(before);
    }
  });
});

describe('errors', () => {
  it.each([
    ['reshape: counts', () => (nn.zeros([2, 3]) as Tensor).reshape([4]), '[reshape] (2, 3) has 6 elements, (4,) has 4'],
    [
      'reshape: no multiple',
      () => (nn.zeros([2, 3]) as Tensor).reshape([-1, 4]),
      "[reshape] (2, 3) has 6 elements, which (-1, 4) can't divide",
    ],
    ['reshape: two holes', () => (nn.zeros([4]) as Tensor).reshape([-1, -1]), 'at most one may be -1'],
    ['reshape: any size', () => (nn.zeros([0]) as Tensor).reshape([0, -1]), '-1 in (0, -1) could be any size'],
    ['reshape: negative', () => (nn.zeros([4]) as Tensor).reshape([-2, 2]), '[reshape] -2 is not a size'],
    ['reshape: fraction', () => (nn.zeros([4]) as Tensor).reshape([1.5, 2]), '[reshape] 1.5 is not a size'],
    [
      'view: strides',
      () => (nn.zeros([2, 3]) as Tensor).t().view([6]),
      "[view] (6,) can't be a view of (3, 2) with strides (1, 3)",
    ],
    [
      'permute',
      () => (nn.zeros([2, 3]) as Tensor).permute([0, 0]),
      '[permute] (0, 0) is not an order of the 2 dimensions of (2, 3)',
    ],
    [
      'transpose',
      () => (nn.zeros([2, 3]) as Tensor).transpose(0, 2),
      '[transpose] dimension 2 is out of range for rank 2',
    ],
    ['t', () => (nn.zeros([1, 1, 1]) as Tensor).t(), '[t] expected at most 2 dimensions, got 3'],
    ['mT', () => nn.zeros([1]).mT, '[mT] a matrix has 2 dimensions at least'],
    ['squeeze', () => (nn.zeros([2, 2]) as Tensor).squeeze(5), '[squeeze] dimension 5 is out of range for rank 2'],
    [
      'unsqueeze',
      () => (nn.zeros([2]) as Tensor).unsqueeze(3),
      '[unsqueeze] dimension 3 is out of range for a result of rank 2',
    ],
    [
      'flatten',
      () => (nn.zeros([2, 2]) as Tensor).flatten({ startDim: 1, endDim: 0 }),
      '[flatten] startDim 1 comes after endDim 0',
    ],
    [
      'unflatten',
      () => nn.zeros([6]).unflatten(0, [4, -1]),
      "[unflatten] (6,) has 6 elements, which (4, -1) can't divide",
    ],
    ['movedim', () => nn.zeros([2, 2]).movedim([0, 1], [0]), "[movedim] 2 dimensions can't move to 1 places"],
    ['movedim, twice', () => nn.zeros([2, 2]).movedim([0, 0], [0, 1]), '[movedim] dimension 0 appears twice'],
    ['expand', () => (nn.zeros([2, 3]) as Tensor).expand([3, 3]), "[expand] size 2 in dimension 0 can't become 3"],
    ['expand: fewer', () => (nn.zeros([2, 3]) as Tensor).expand([3]), '[expand] (3,) has fewer dimensions than (2, 3)'],
    [
      'expand: new -1',
      () => (nn.zeros([3]) as Tensor).expand([-1, 3]),
      '[expand] a new dimension has no size for -1 to keep',
    ],
    ['sumToSize', () => nn.zeros([2, 3]).sumToSize([2]), "[sumToSize] (2, 3) can't be summed to (2,)"],
    ['expect', () => (nn.zeros([2, 3]) as Tensor).expect([2, 4]), '[expect] size 3 of dimension 1 is not 4'],
    ['expect: rank', () => (nn.zeros([2, 3]) as Tensor).expect([2]), '[expect] rank 2 is not 1'],
    [
      'cat',
      () => nn.cat([nn.zeros([2, 3]), nn.zeros([2, 2])] as Tensor[]),
      '[cat] shapes (2, 3) and (2, 2) differ outside dimension 0',
    ],
    [
      'cat: rank',
      () => nn.cat([nn.zeros([2, 3]), nn.zeros([2])] as Tensor[]),
      '[cat] shapes (2, 3) and (2,) differ in rank',
    ],
    ['cat: scalars', () => nn.cat([tensor(1)] as Tensor[]), '[cat] a tensor without dimensions cannot be joined'],
    ['cat: none', () => nn.cat([] as Tensor[]), '[cat] no tensors given'],
    ['stack', () => nn.stack([nn.zeros([2]), nn.zeros([3])] as Tensor[]), '[stack] shapes (2,) and (3,) differ'],
    ['split', () => nn.zeros([4]).split([1, 2]), '[split] sizes (1, 2) add up to 3, dimension 0 of (4,) has 4'],
    ['split by 0', () => nn.zeros([4]).split(0), '[split] the size of a piece must be a whole number ≥ 1, got 0'],
    ['chunk', () => nn.zeros([4]).chunk(0), '[chunk] the number of chunks must be a whole number ≥ 1'],
    ['unbind', () => tensor(1).unbind(), '[unbind] a tensor without dimensions has none'],
    ['narrow', () => nn.zeros([4]).narrow(0, 2, 3), '[narrow] start 2 and length 3 leave dimension 0 with size 4'],
    ['select', () => nn.zeros([4]).select(0, 4), '[select] index 4 is out of bounds for dimension 0 with size 4'],
    ['unfold', () => nn.zeros([4]).unfold(0, 5, 1), '[unfold] a window of 5 does not fit dimension 0 with size 4'],
    ['repeat', () => nn.zeros([2, 2]).repeat([2]), '[repeat] 1 repeats given for rank 2'],
    [
      'repeatInterleave',
      () => nn.zeros([2]).repeatInterleave([1, 2, 3]),
      '[repeatInterleave] 3 repeats given for dimension 0 with size 2',
    ],
    ['pad: odd', () => nn.pad(nn.zeros([2]), [1]), '[pad] 1 numbers given for (2,)'],
    ['pad: negative size', () => nn.pad(nn.zeros([2]), [-2, -1]), 'a negative size of -1'],
    [
      'pad: reflect',
      () => nn.pad(nn.zeros([2]), [2, 0], { mode: 'reflect' }),
      '[pad] reflect padding of 2 is too much for dimension 0 with size 2',
    ],
    [
      'pad: circular',
      () => nn.pad(nn.zeros([2]), [0, 3], { mode: 'circular' }),
      '[pad] circular padding of 3 is too much',
    ],
    ['pad: replicate', () => nn.pad(nn.zeros([0]), [1, 0], { mode: 'replicate' }), 'there is no edge to repeat'],
    ['diagonal', () => nn.zeros([2]).diagonal(), '[diagonal] expected 2 dimensions at least'],
    ['diag', () => nn.zeros([2, 2, 2]).diag(), '[diag] expected a vector or a matrix'],
    ['rot90', () => nn.zeros([2, 2]).rot90({ dims: [0, 0] }), '[rot90] dimension 0 appears twice'],
    ['roll', () => nn.zeros([2, 2]).roll([1, 2], { dims: 0 }), '[roll] 2 shifts for 1 dimensions'],
    [
      'pixelShuffle',
      () => nn.pixelShuffle(nn.zeros([3, 2, 2]), 2),
      '[pixelShuffle] 3 channels are not a multiple of 2² = 4',
    ],
    ['meshgrid', () => nn.meshgrid([nn.zeros([2, 2])]), '[meshgrid] expected vectors, got shape (2, 2)'],
    ['blockDiag', () => nn.blockDiag([nn.zeros([1, 1, 1])]), '[blockDiag] blocks have 2 dimensions at most'],
    ['to', () => (tensor([1]) as Tensor).to('float8' as 'float32'), "[to] 'float8' is not a dtype"],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  it.each(['view', 'reshape', 'expand', 'permute', 'repeat'])('%s of numbers that are no array', (name) => {
    const x = nn.zeros([2, 3]) as unknown as Record<string, (...sizes: number[]) => unknown>;
    expect(() => x[name]!(3, 2)).toThrow(`[${name}] got 3; give an array of numbers, such as [2, 3]`);
  });
});

describe('dtypes', () => {
  it('converts as PyTorch does', () => {
    const x = tensor([1.7, -1.7, 0, Number.NaN]);
    expect(x.int().toArraySync()).toEqual([1, -1, 0, 0]);
    expect(x.bool().toArraySync()).toEqual([true, true, false, true]);
    expect(x.double().dtype).toBe('float64');
    expect(x.float()).toBe(x);
    expect(tensor([true, false]).float().toArraySync()).toEqual([1, 0]);
    expect(
      tensor([3.5])
        .byte()
        .typeAs(tensor([1], { dtype: 'int64' })).dtype,
    ).toBe('int64');
  });
});

it('repeatInterleaveAsync takes what repeatInterleave takes', async () => {
  const x = tensor([1, 2, 3]);
  for (const repeats of [2, [1, 0, 2], tensor([1, 0, 2], { dtype: 'int64' })] as const)
    expect(await (await repeatInterleaveAsync(x, repeats)).toArray()).toEqual(
      await repeatInterleave(x, repeats).toArray(),
    );
});
