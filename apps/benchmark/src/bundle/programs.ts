/** The smallest program that trains 784-50-10, as a page would ship it: ours and the peers'. Sources of bundles, never run here. */
import type { PeerName } from '../cases/case.ts';

const ours = (open: string, call: string): string => `
${open}
import { crossEntropy, Linear, ReLU, Sequential } from '@nn/nn';
import { SGD } from '@nn/optim';
import { setBackend, tensor } from '@nn/tensor';

export async function train(batches) {
  setBackend(await ${call});
  const model = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
  const optimizer = new SGD(model.parameters(), { lr: 0.5 });
  for (const [x, y] of batches) {
    const loss = crossEntropy(model.forward(tensor(x).reshape([-1, 784])), tensor(y, { dtype: 'int64' }));
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    console.log(await loss.item());
  }
}
`;

/** The one that carries nothing in vain. */
export const leanest = 'ours, in parts';

/** By name: with the whole backend, and with the parts of it that the program computes with. */
export const ourPrograms: Readonly<Record<string, string>> = {
  ours: ours("import { wasm } from '@nn/backend-wasm';", 'wasm()'),
  [leanest]: ours(
    "import { gather, map, matmul, reduce, rows, wasmOf } from '@nn/backend-wasm/parts';",
    'wasmOf([map, reduce, rows, matmul, gather])',
  ),
};

interface PeerProgram {
  readonly source: string;
  /** Files that it loads besides, by package and path. */
  readonly files: readonly string[];
  readonly note: string;
}

/** PyTorch ships no programs for pages. */
export const peerPrograms: { readonly [Name in PeerName]?: PeerProgram } = {
  tfjs: {
    source: `
import { add, matMul, oneHot, relu, tensor1d, tensor2d, train as optimizers, losses, variable, randomUniform, setBackend, ready } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-backend-wasm';

export async function train(batches) {
  await setBackend('wasm');
  await ready();
  const [w1, b1, w2, b2] = [[784, 50], [50], [50, 10], [10]].map((shape) => variable(randomUniform(shape, -0.1, 0.1)));
  const optimizer = optimizers.sgd(0.5);
  for (const [x, y] of batches) {
    const loss = optimizer.minimize(() => {
      const logits = add(matMul(relu(add(matMul(tensor2d(x, [64, 784]), w1), b1)), w2), b2);
      return losses.softmaxCrossEntropy(oneHot(tensor1d(y, 'int32'), 10), logits);
    }, true);
    console.log(await loss.data());
  }
}
`,
    files: ['@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'],
    note: 'with its .wasm file',
  },
  jax: {
    source: `
import { init, nn, numpy as np, random, tree, valueAndGrad, jit } from '@jax-js/jax';

export async function train(batches) {
  await init('wasm');
  const loss = (p, x, y) => {
    const h = nn.relu(np.matmul(x, p[0]).add(p[1]));
    return nn.logSoftmax(np.matmul(h, p[2]).add(p[3]), -1).mul(nn.oneHot(y, 10)).sum().mul(-1 / 64);
  };
  const step = jit((p, x, y) => {
    const [value, g] = valueAndGrad(loss)(tree.ref(p), x, y);
    return [p.map((each, i) => each.sub(g[i].mul(0.5))), value];
  });
  let p = [[784, 50], [50], [50, 10], [10]].map((shape, i) => random.uniform(random.key(i), shape));
  for (const [x, y] of batches) {
    const [next, value] = step(p, np.array(x).reshape([64, 784]), np.array(y));
    p = next;
    console.log(await value.data());
  }
}
`,
    files: [],
    note: 'without the devices that it loads when asked for them',
  },
};
