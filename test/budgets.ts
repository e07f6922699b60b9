/*
 * What the repository may weigh: compressed bytes of each package's entries and lines of each source file. A limit is there
 * to be looked at when it is reached: raise it in the change that needs it, and say why there.
 */

/** Lines of one source file, tests and generated data aside. */
export const longestFile = 400;

/** Source files that may be longer, each with its reason. Only generated data belongs here. */
export const longFiles: Readonly<Record<string, string>> = {
  'packages/mnist/src/digits.generated.ts': 'the built-in digits, packed; loaded only when they are asked for',
};

/** Trains a multilayer perceptron; true if it learnt. */
const perceptron = `
  import { crossEntropy, Linear, ReLU, Sequential } from '@nn/nn';
  import { SGD } from '@nn/optim';
  import { randn, setBackend, tensor } from '@nn/tensor';
  async function train(backend) {
    setBackend(backend);
    const model = new Sequential(new Linear(8, 5), new ReLU(), new Linear(5, 3));
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const [x, y] = [randn([4, 8]), tensor([0, 1, 2, 0], { dtype: 'int64' })];
    const losses = [];
    for (let step = 0; step < 5; step++) {
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      losses.push(await loss.item());
    }
    return losses.at(-1) < losses[0];
  }`;

/**
 * Bytes of programs: all that a browser loads for them but a backend that they are given, minified and compressed. Each is a module whose `run` answers whether it did
 * what it should.
 */
export const programs: Readonly<Record<string, { readonly limit: number; readonly code: string }>> = {
  'a sum': {
    // 0.2 of it: softmax over other dimensions than the last by reductions, in half to three quarters of the time.
    limit: 29_400,
    code: `
      import { randn, setBackend } from '@nn/tensor';
      export async function run(backend) {
        setBackend(backend);
        const x = randn([2]);
        return (await x.sub(x).sum().item()) === 0;
      }`,
  },
  'a multilayer perceptron': {
    // The last 650: sizes that aren't an array and options without names are refused by every op; a launch gets memory that is only kept for reuse; an optimiser looks at
    // what it is given, and a failed load changes nothing. The last 70: a generator may have laws of its own. 0.2: gradients of softmax along any dimension
    // in half of the time. 0.1: what is no tensor is refused by in-place ops and reductions, too, and rates are looked at. 0.25: layers say what they got where no tensor
    // came, fields that aren't there are no sizes and no numbers. 0.25: plans, idle memory and backends that were disposed of are let go of; an optimiser prints itself.
    // 0.25: devices may draw random floats themselves.
    limit: 47_850,
    code: `${perceptron}
      export const run = train;`,
  },
  'a multilayer perceptron with the wasm backend': {
    // 0.6 kB of it: a Sequential gives back what passes between its layers and ends them with the ReLU behind, 7 % of a small CNN's step. 0.4: threads take blocks
    // of k, a tenth of the time of a large data set's pass. 0.2: sums of millions keep what rounding would lose. 3.2: convolutions of 3x3 by minimal filtering, a third
    // to a half of their time. 0.6: gathers by fours in two thirds of the time, long rows sorted in a quarter. 0.25: remainders of floats in a fifteenth. 0.6: kernels
    // for vectors of 256 bits, products in half of the time. 0.35: two threads share a small batch's weights by blocks of k, a fifteenth of its step. 0.35: sums of long
    // rows take two segments at once, a tenth of their time. 2.2: random floats are drawn here, in a quarter of the host's time.
    // 1.8: functions of float64 in vectors, in two fifths of their time; powers, exp2 and GELU in less. 1.2: maps of bytes by sixteens, in a sixth of theirs. 0.5: running
    // sums down columns, in a twentieth. 0.2: functions of functions, in half to two thirds.
    limit: 101_750,
    code: `${perceptron}
      import { wasm } from '@nn/backend-wasm';
      export const run = async () => train(await wasm({ threads: 1 }));`,
  },
  'a multilayer perceptron with the parts of wasm that it needs': {
    // 24 kB less than the whole: no convolutions, scatter, scans, sorts, threads, draws, bytes, and of the mathematical functions exp and log. 0.13 of it: rows of large data
    // sets are read in one stream, a twentieth of their products' time. 0.5: exponentials and logarithms of float64 in vectors. 0.2: functions of functions
    // in half to two thirds of their time.
    limit: 77_750,
    code: `${perceptron}
      import { gather, map, matmul, reduce, rows, wasmOf } from '@nn/backend-wasm/parts';
      export const run = async () => train(await wasmOf([map, reduce, rows, matmul, gather], { threads: 1 }));`,
  },
};

/**
 * Bytes of an entry, minified and compressed by gzip, other `@nn` packages left out. What an entry imports dynamically is not
 * counted, and neither are Node's modules.
 */
export const entryBytes: Readonly<Record<string, number>> = {
  '@nn/backend': 30_000,
  '@nn/backend/default': 10_000,
  '@nn/backend-wasm': 53_350,
  '@nn/backend-wasm/parts': 53_350,
  '@nn/backend-webgpu': 38_000,
  '@nn/conformance': 22_500,
  // Every op, typed method and error sentence of the language, and the gradients that ops bring; what an app doesn't use and no method names is shaken off.
  '@nn/tensor': 80_550,
  '@nn/tensor/internal': 21_050,
  '@nn/tensor/methods': 67_400,
  '@nn/autograd': 13_000,
  // Every layer and loss; 4.8 kB of it are averages of models, calls with other weights, spectral norms and padded sequences.
  '@nn/nn': 74_300,
  '@nn/nn/hooks': 1_500,
  // Every optimiser and schedule; one alone is 3 kB.
  '@nn/optim': 15_000,
  '@nn/data': 10_000,
  '@nn/mnist': 10_000,
};
