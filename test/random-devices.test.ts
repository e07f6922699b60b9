/** Random floats that a device makes itself are those that the host makes, bit for bit: long draws of every law, dense and strided, on one thread and on two. */
import { type Backend, reference } from '@nn/backend';
import { type WasmBackend, wasm } from '@nn/backend-wasm';
import {
  empty,
  manualSeed,
  multinomial,
  normal,
  ones,
  rand,
  randn,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from '@nn/tensor';
import '@nn/autograd';
import '@nn/tensor/methods';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

interface Place {
  readonly dtype: 'float32' | 'float64';
  readonly backend: Backend;
}

const laws: { readonly [name: string]: (place: Place) => Tensor } = {
  rand: (place) => rand([3, 5003], place),
  randn: (place) => randn([3, 5003], place),
  'randn of an odd number': (place) => randn([1025], place),
  normal: (place) => normal(0.3, 2.7, [4001], place),
  'uniform_ of a permuted view': (place) => empty([3, 1001, 7], place).permute([2, 0, 1]).uniform_(-0.3, 1.7) as Tensor,
  'uniform_ where rounding reaches the end': (place) => empty([3333], place).uniform_(1, 1 + 2 ** -22),
  'normal_ of a transposed view': (place) => empty([3, 1001, 7], place).transpose(0, 2).normal_(-0.3, 1.7) as Tensor,
  'normal_ of a part': (place) => zeros([3, 2001, 7], place).narrow(1, 3, 1500).normal_(-0.3, 1.7) as Tensor,
  exponential_: (place) => empty([3333], place).exponential_(1.7),
  multinomial: (place) => multinomial(ones([200, 50], place), 7) as Tensor,
};

describe.each([
  ['one thread', { threads: 1 }],
  ['two threads', { threads: 2 }],
  ['without relaxed instructions', { threads: 1, relaxed: false }],
] as const)('%s', (_, options) => {
  let device: WasmBackend;
  beforeAll(async () => {
    device = await wasm(options);
    // A law that was asked for little is made on the host: from here on devices make them.
    const place = { dtype: 'float32', backend: device } as const;
    const much = empty([2 ** 18], place);
    for (const make of [() => much.uniform_(), () => much.normal_(), () => much.exponential_()]) make();
    for (const make of [rand, randn]) make([2 ** 18], place);
  });
  afterAll(() => device.dispose());

  it.each(Object.keys(laws))('%s', (name) => {
    for (const dtype of ['float32', 'float64'] as const)
      for (const seed of [0, 77777777777]) {
        const drawn = [device, reference()].map((backend) => {
          manualSeed(seed);
          return laws[name]!({ dtype, backend }).dataSync();
        });
        expect(drawn[0]).toEqual(drawn[1]);
      }
  });

  it('takes a launch, and no values from the host', () => {
    const writes: number[] = [];
    const watched = new Proxy(device, {
      get: (target, key) => {
        const value = Reflect.get(target, key) as unknown;
        if (key === 'write') writes.push(1);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    randn([1024], { backend: watched });
    rand([1024], { backend: watched });
    expect(writes).toEqual([]);
    randn([1023], { backend: watched });
    expect(writes).toEqual([1]);
  });
});

describe('beside a graph', () => {
  afterEach(() => setBackend(reference()));

  it('what is overwritten gets no gradient', async () => {
    setBackend(await wasm({ threads: 1 }));
    const x = tensor(new Float32Array(2 ** 18).fill(3), { requiresGrad: true });
    const y = x.mul(2);
    y.normal_();
    y.sum().backward();
    expect(x.grad!.dataSync().every((g) => g === 0)).toBe(true);
    expect(() => x.normal_()).toThrow('a leaf');
  });
});
