/** Programs that use calls with other weights, averages of weights, spectral normalization and padded sequences together, for whichever backend is the default. */
import { grad } from '@nn/autograd';
import { type Backend, reference } from '@nn/backend';
import { DataLoader, TensorDataset } from '@nn/data';
import {
  AveragedModel,
  BatchNorm1d,
  Conv2d,
  ConvTranspose2d,
  crossEntropy,
  Embedding,
  functionalCall,
  getEmaMultiAvgFn,
  Linear,
  Module,
  mseLoss,
  padSequence,
  ReLU,
  Sequential,
  spectralNorm,
  unpadSequence,
  updateBn,
} from '@nn/nn';
import { Adam, SGD, SWALR } from '@nn/optim';
import { manualSeed, randint, randn, setBackend, type Tensor } from '@nn/tensor';

/** What a program gives on a backend, from the same seed everywhere. */
export function on(backend: Backend, program: () => Promise<number[]>): Promise<number[]> {
  setBackend(backend);
  manualSeed(4);
  return program();
}

/** Meta-learning: lines through 0, of which five points tell the slope. */
export async function maml(): Promise<number[]> {
  const model = new Sequential(new Linear(1, 8), new ReLU(), new Linear(8, 1));
  const optimizer = new Adam(model.parameters(), { lr: 0.02 });
  const losses: number[] = [];
  for (let step = 0; step < 60; step++) {
    const slope = randn([1]);
    const [x, x2] = [randn([5, 1]), randn([5, 1])];
    const weights: Record<string, Tensor> = Object.fromEntries(model.namedParameters());
    const inner = mseLoss(functionalCall(model, weights, x) as Tensor, x.mul(slope) as Tensor);
    const gradients = grad(inner, Object.values(weights), { createGraph: true }) as Tensor[];
    const fast: Record<string, Tensor> = Object.fromEntries(
      Object.entries(weights).map(([key, t], i) => [key, t.sub(gradients[i]!.mul(0.1) as never)]),
    );
    const outer = mseLoss(functionalCall(model, fast, x2) as Tensor, x2.mul(slope) as Tensor);
    optimizer.zeroGrad();
    outer.backward();
    optimizer.step();
    losses.push(await outer.item());
  }
  return losses;
}

/** Both kinds of averages beside a training, their statistics, and their state. */
export async function averages(): Promise<number[]> {
  const make = (): Sequential<readonly [Linear<4, 8>, BatchNorm1d, ReLU, Linear<8, 2>]> =>
    new Sequential(new Linear(4, 8), new BatchNorm1d(8), new ReLU(), new Linear(8, 2)) as never;
  const model = make();
  const swa = new AveragedModel(model, make());
  const ema = new AveragedModel(model, make(), { multiAvgFn: getEmaMultiAvgFn(0.9), useBuffers: true });
  const optimizer = new SGD(model.parameters(), { lr: 0.1 });
  const scheduler = new SWALR(optimizer, 0.05, { annealEpochs: 3 });
  const x = randn([32, 4]);
  const loader = new DataLoader(new TensorDataset(x, x.sum({ dim: 1 }).gt(0).to('int64')), { batchSize: 8 });
  for (let epoch = 0; epoch < 5; epoch++) {
    for await (const [inputs, targets] of loader) {
      optimizer.zeroGrad();
      crossEntropy(model.forward(inputs), targets as never).backward();
      optimizer.step();
      ema.updateParameters(model);
    }
    swa.updateParameters(model);
    scheduler.step();
  }
  await updateBn(loader, swa);
  const told = [...(await swa.eval().forward(x).data()), ...(await ema.eval().forward(x).data())];
  const resumed = new AveragedModel(model, make());
  resumed.loadStateDict(swa.stateDict());
  for (const averaged of [swa, resumed]) averaged.updateParameters(model);
  const [one, other] = [swa, resumed].map(({ module }) => module.at(0).weight);
  // What was loaded goes on as what was saved: 0.
  const difference = await one!.sub(other!).abs().max().item();
  return [...told, difference, await swa.n_averaged.item(), await ema.n_averaged.item()];
}

/** Steps of two networks against each other, of which one is normalized. */
export async function adversaries(): Promise<number[]> {
  class Critic extends Module {
    readonly first = spectralNorm(new Conv2d(1, 4, 3, { stride: 2, padding: 1 }));
    readonly last = spectralNorm(new Linear(64, 1));
    override forward(images: Tensor): Tensor {
      return this.last.forward(
        (this.first.forward(images) as Tensor).relu().flatten({ startDim: 1 }) as never,
      ) as Tensor;
    }
  }
  const critic = new Critic();
  const generator = spectralNorm(new ConvTranspose2d(6, 1, 8));
  const learns = [critic, generator].map((module) => new Adam(module.parameters(), { lr: 0.01 }));
  const told: number[] = [];
  for (let step = 0; step < 6; step++) {
    const made = (): Tensor => generator.forward(randn([4, 6, 1, 1]) as never) as Tensor;
    const loss = critic
      .forward(made().detach())
      .mean()
      .sub(critic.forward(randn([4, 1, 8, 8]) as Tensor).mean());
    loss.backward();
    learns[0]!.step();
    learns[0]!.zeroGrad();
    critic.forward(made()).mean().neg().backward();
    learns[1]!.step();
    for (const each of learns) each.zeroGrad();
    told.push(await loss.item());
  }
  return [...told, ...(await critic.last.weight.data())];
}

/** Texts of different lengths, through an embedding and back. */
export async function texts(): Promise<number[]> {
  const embedding = new Embedding(9, 3);
  const told: number[] = [];
  for (const paddingSide of ['left', 'right'] as const)
    for (const batchFirst of [false, true]) {
      const tokens = [4, 1, 6].map((length) => randint(0, 9, [length]) as Tensor);
      const ids = padSequence(tokens, { batchFirst, paddingValue: 8, paddingSide });
      const vectors = padSequence(
        tokens.map((each) => embedding.forward(each) as Tensor),
        { batchFirst, paddingSide },
      );
      vectors
        .mul(randn(vectors.shape) as never)
        .sum()
        .backward();
      const parts = unpadSequence(vectors, [3, 6, 2], { batchFirst });
      for (const t of [ids, vectors, embedding.weight.grad!, ...parts]) told.push(...(await t.data()));
    }
  return told;
}

/** Each program on a backend, beside the reference backend: the same numbers, up to rounding. */
export async function besideReference(backend: Backend, program: () => Promise<number[]>): Promise<number> {
  const [found, wanted] = [await on(backend, program), await on(reference(), program)];
  if (found.length !== wanted.length || !wanted.every(Number.isFinite))
    throw new Error(`${found.length} numbers, the reference has ${wanted.length}: ${wanted}`);
  return Math.max(...found.map((value, i) => Math.abs(value - wanted[i]!)));
}

export const programs: readonly (readonly [string, () => Promise<number[]>])[] = [
  ['meta-learning', maml],
  ['averages', averages],
  ['adversaries', adversaries],
  ['texts', texts],
];
