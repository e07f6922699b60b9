/** Kernels for vectors of 256 bits give the bits of those for 128, in this engine joined or not. */
import '@nn/autograd';
import '@nn/tensor/methods';
import { grad } from '@nn/autograd';
import { type WasmBackend, wasm } from '@nn/backend-wasm';
import { conv2d, crossEntropy, layerNorm } from '@nn/nn';
import * as T from '@nn/tensor';
import { manualSeed, type Tensor } from '@nn/tensor';
import { beforeAll, describe, expect, it } from 'vitest';

const widths = [128, 256] as const;
const backends = {} as Record<128 | 256, WasmBackend>;
beforeAll(async () => {
  for (const vectors of widths) backends[vectors] = await wasm({ threads: 1, vectors });
});

type Made = readonly (Tensor | null)[];

/** Both often enough that kernels which are written for their sizes come in. */
function expectSame(make: () => Made): void {
  const [single, paired] = widths.map((vectors) => {
    T.setBackend(backends[vectors]);
    let made: Made = [];
    for (let i = 0; i < 6; i++) {
      manualSeed(1);
      made = make();
    }
    return made.map((t) => {
      const values = t!.dataSync();
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    });
  });
  expect(paired!.length).toBeGreaterThan(0);
  for (const [i, bytes] of paired!.entries()) expect(Buffer.compare(bytes, single![i]!)).toBe(0);
}

const sizes = [1, 2, 3, 4, 5, 7, 8, 11, 12, 13, 16, 17, 24, 29, 33, 48];
const dtypes = ['float32', 'float64', 'int32', 'uint8'] as const;

describe('products', () => {
  it.each(dtypes)(
    'of %s, of every kind of tile',
    (dtype) => {
      for (const m of [1, 2, 3, 5, 6, 8, 12, 13, 17, 25])
        for (const n of sizes)
          expectSame(() => {
            const [a, b] = [T.randint(0, 9, [m, 40]), T.randint(0, 9, [40, n])].map((t) => t.to(dtype) as Tensor);
            const [x, y] = [a!, b!.t() as Tensor] as const;
            return [T.matmul(x, b!), T.matmul(b!.t() as Tensor, x.t() as Tensor), T.matmul(x, y.contiguous().t() as Tensor)]; // biome-ignore format: three products
          });
    },
    60_000,
  );
  it('of fractions, long and with an epilogue', () => {
    for (const [m, k, n] of [[37, 784, 300], [97, 311, 53], [64, 1100, 50], [300, 2100, 8], [5, 1024, 14]] as const)
      expectSame(() => {
        const [x, w, b] = [T.randn([m, k]), T.randn([n, k]), T.randn([n])] as const;
        return [T.addmm(b, x, w.t()).relu() as Tensor, T.matmul(x.t(), T.randn([m, n])) as Tensor];
      }); // biome-ignore format: a list of sizes
  });
});

describe('convolutions', () => {
  it.each([
    [[4, 1, 14, 14], [16, 1, 3, 3], {}],
    [[2, 16, 14, 14], [32, 16, 3, 3], { padding: 1 }],
    [[2, 7, 13, 11], [12, 7, 5, 5], { padding: 2 }],
    [[2, 8, 12, 12], [9, 8, 1, 1], {}],
    [[2, 3, 17, 16], [8, 3, 3, 3], { stride: 2 }],
    [[2, 6, 10, 10], [8, 3, 3, 3], { groups: 2, dilation: 2 }],
    [[2, 4, 20, 20], [3, 4, 3, 3], { padding: 1 }],
    [[2, 5, 9, 33], [2, 5, 2, 4], { stride: [1, 2] }],
  ] as const)('%j, %j, %j, with gradients', (image, kernel, options) => {
    for (const dtype of ['float32', 'float64'] as const)
      expectSame(() => {
        const x = (T.randn(image, { dtype }) as Tensor).requiresGrad_();
        const w = (T.randn(kernel, { dtype }) as Tensor).requiresGrad_();
        const b = T.randn([kernel[0]], { dtype }) as Tensor;
        const y = conv2d(x, w, { ...options, bias: b } as never) as Tensor;
        return [y.detach() as Tensor, ...grad(y.relu() as Tensor, [x, w], { gradOutputs: [T.randn(y.shape, { dtype })] } as never)];
      }); // biome-ignore format: one list
  });
});

describe('elements and rows', () => {
  it.each(['exp', 'tanh', 'sigmoid', 'gelu', 'erf', 'log', 'sin', 'relu', 'softplus', 'sqrt'] as const)(
    '%s',
    (name) => {
      for (const n of [1, 5, 8, 100, 1003])
        expectSame(() => {
          const x = (T.randn([n]) as Tensor).requiresGrad_();
          const y = (T as unknown as Record<string, (x: Tensor) => Tensor>)[name]!(x);
          return [y.detach() as Tensor, ...grad(y.sum() as Tensor, [x])];
        });
    },
  );
  it('softmax, layer norm, cross entropy, dropout, sums', () => {
    for (const n of [3, 8, 10, 65, 256, 1001])
      expectSame(() => {
        const x = (T.randn([7, n]) as Tensor).requiresGrad_();
        const loss = crossEntropy(x, T.randint(0, n, [7])) as Tensor;
        const normal = layerNorm(x, [n]) as Tensor;
        const all = T.softmax(x, 1).sum({ dim: 0 }).sum().add(normal.pow(2).sum()).add(loss) as Tensor;
        return [all.detach() as Tensor, T.softmax(x.detach(), 1) as Tensor, T.logSoftmax(x.detach(), 0) as Tensor, T.dropout(x.detach() as Tensor), ...grad(all, [x])];
      }); // biome-ignore format: one list
  });
});
