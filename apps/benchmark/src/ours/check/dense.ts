/**
 * Networks of linear layers in plain loops and float64: forward, backward and both optimisers, from the equations and with nothing of our library, so that they can
 * judge it.
 */
import { batchOf, fullBatchOf } from '../../cases/batches.ts';
import { initial } from '../../cases/numbers.ts';
import { parametersOf } from '../../cases/parameters.ts';
import { type FullBatchSpec, type MlpSpec, rates } from '../../cases/spec.ts';

/** c (m, n) = Σ over l of a[i · aRow + l · aStep] · b[l · bStep + j · bColumn]. */
function product(
  [m, k, n]: readonly [number, number, number],
  a: ArrayLike<number>,
  [aRow, aStep]: readonly [number, number],
  b: ArrayLike<number>,
  [bStep, bColumn]: readonly [number, number],
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const left = a[i * aRow + l * aStep]!;
      if (left === 0) continue;
      for (let j = 0; j < n; j++) c[i * n + j]! += left * b[l * bStep + j * bColumn]!;
    }
  }
  return c;
}

/** The loss of a batch, and the gradients of weights (outputs, inputs) and biases, in the parameters' order. */
export function lossOf(
  { sizes, batch }: MlpSpec,
  parameters: readonly Float64Array[],
  inputs: ArrayLike<number>,
  labels: ArrayLike<number>,
): { readonly loss: number; readonly gradients: readonly Float64Array[] } {
  const layers = sizes.length - 1;
  const activations: ArrayLike<number>[] = [inputs];
  for (let layer = 0; layer < layers; layer++) {
    const [from, to] = [sizes[layer]!, sizes[layer + 1]!];
    const [w, b] = [parameters[2 * layer]!, parameters[2 * layer + 1]!];
    const y = product([batch, from, to], activations[layer]!, [from, 1], w, [1, from]);
    for (let i = 0; i < y.length; i++) {
      y[i]! += b[i % to]!;
      if (layer < layers - 1) y[i] = Math.max(y[i]!, 0);
    }
    activations.push(y);
  }
  // Softmax and cross entropy: the gradient of the logits is (softmax − one-hot) / batch.
  const classes = sizes.at(-1)!;
  let g = new Float64Array(activations.at(-1)!.length);
  let loss = 0;
  for (let i = 0; i < batch; i++) {
    const row = Float64Array.from({ length: classes }, (_, j) => activations[layers]![i * classes + j]!);
    const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    loss += (total - row[labels[i]!]!) / batch;
    for (let j = 0; j < classes; j++) {
      g[i * classes + j] = (Math.exp(row[j]! - total) - (j === labels[i] ? 1 : 0)) / batch;
    }
  }
  const gradients: Float64Array[] = new Array(2 * layers);
  for (let layer = layers - 1; layer >= 0; layer--) {
    const [from, to] = [sizes[layer]!, sizes[layer + 1]!];
    const x = activations[layer]!;
    gradients[2 * layer] = product([to, batch, from], g, [1, to], x, [from, 1]);
    const bias = new Float64Array(to);
    for (let i = 0; i < g.length; i++) bias[i % to]! += g[i]!;
    gradients[2 * layer + 1] = bias;
    if (layer === 0) break;
    const back = product([batch, to, from], g, [to, 1], parameters[2 * layer]!, [from, 1]);
    g = back.map((value, i) => (x[i]! > 0 ? value : 0));
  }
  return { loss, gradients };
}

/** The first two losses and the first gradients. */
export function trainDense(spec: MlpSpec): {
  readonly losses: readonly number[];
  readonly gradients: readonly Float64Array[];
} {
  const parameters = parametersOf(spec).map(({ shape, kind }, i) => Float64Array.from(initial(i, shape, kind)));
  const batches = [0, 1].map((i) => batchOf(spec, i));
  const first = lossOf(spec, parameters, batches[0]!.inputs, batches[0]!.labels);
  for (const [i, parameter] of parameters.entries()) {
    const gradient = first.gradients[i]!;
    for (let j = 0; j < parameter.length; j++) {
      // At Adam's first step (Kingma & Ba 2015) both bias-corrected means are the gradient and its square.
      parameter[j]! -=
        spec.optimizer === 'sgd'
          ? rates.sgd * gradient[j]!
          : (rates.adam * gradient[j]!) / (Math.abs(gradient[j]!) + 1e-8);
    }
  }
  const second = lossOf(spec, parameters, batches[1]!.inputs, batches[1]!.labels);
  return { losses: [first.loss, second.loss], gradients: first.gradients };
}

/** Loss and gradients of the pass over a whole data set. */
export function passInPlainLoops(spec: FullBatchSpec): {
  readonly loss: number;
  readonly w1: Float64Array;
  readonly w2: Float64Array;
} {
  const { rows, inputs, hidden } = spec;
  const { x, t, w1, w2 } = fullBatchOf(spec);
  const h = product([rows, inputs, hidden], x, [inputs, 1], w1, [hidden, 1]).map((value) => Math.max(value, 0));
  const error = product([rows, hidden, 1], h, [hidden, 1], w2, [1, 1]);
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    error[i]! -= t[i]!;
    loss += error[i]! ** 2 / rows;
    error[i]! *= 2 / rows;
  }
  const back = h.map((value, at) => (value > 0 ? error[Math.floor(at / hidden)]! * w2[at % hidden]! : 0));
  return {
    loss,
    w1: product([inputs, rows, hidden], x, [1, inputs], back, [hidden, 1]),
    w2: product([hidden, rows, 1], h, [1, hidden], error, [1, 1]),
  };
}
