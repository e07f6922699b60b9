/** The statistics of batch normalization for weights that no batch was trained with, such as averages. */
import { noGrad } from '@nn/autograd';
import { type Backend, ValueError } from '@nn/backend';
import { Tensor } from '@nn/tensor';
import { checkNamed } from '@nn/tensor/internal';
import { BatchNorm } from '../layers/normalization/batch-norm.ts';
import { Module } from '../module/module.ts';
import { refusePromise } from '../module/synchronous.ts';

export interface UpdateBnOptions {
  /** Where batches are moved before the model gets them; they stay where they are. PyTorch: `device`. */
  readonly backend?: Backend | undefined;
}

type Batches = Iterable<Tensor | readonly unknown[]> | AsyncIterable<Tensor | readonly unknown[]>;

/**
 * Computes the running statistics of all `BatchNorm1d` … `3d` of a model anew: their means over the batches of a loader, each a tensor or a list whose first element is the input. The model
 * is in training mode for that long, and each module in its own again afterwards; don't use it in between. Without such layers the loader isn't asked. PyTorch: `torch.optim.swa_utils.update_bn`.
 * @throws ValueError for a batch without a tensor, or a `forward` that returns a promise
 * @example
 * ```ts
 * import { BatchNorm1d, updateBn } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const model = new BatchNorm1d(1);
 * await updateBn([tensor([[1], [3]]), tensor([[5], [7]])], model);
 * console.log(await model.running_mean!.toArray(), await model.running_var!.toArray()); // prints: [ 4 ] [ 2 ]
 * ```
 */
export async function updateBn(loader: Batches, model: Module, options: UpdateBnOptions = {}): Promise<void> {
  const { backend } = checkNamed('updateBn', options);
  if (!(model instanceof Module)) throw new ValueError('updateBn', `got ${String(model)} where the model belongs`);
  if (!isIterable(loader))
    throw new ValueError('updateBn', `got ${String(loader)} where batches belong; give a DataLoader, or an array`);
  const modules = model.modules();
  const norms = modules.filter((module) => module instanceof BatchNorm);
  if (norms.length === 0) return;
  const modes = modules.map((module) => module.training);
  const momenta = norms.map((norm) => norm.momentum);
  try {
    model.train();
    for (const norm of norms) {
      norm.resetRunningStats();
      setMomentum(norm, null);
    }
    for await (const batch of loader) {
      const given = Array.isArray(batch) ? (batch[0] as unknown) : batch;
      if (!(given instanceof Tensor))
        throw new ValueError('updateBn', `a batch is ${String(given)}; give tensors, or lists that begin with one`);
      const input = backend === undefined ? given : await given.to(backend);
      refusePromise(
        'updateBn',
        model,
        noGrad<unknown>(() => model.forward(input) as unknown),
      );
    }
  } finally {
    for (const [i, norm] of norms.entries()) setMomentum(norm, momenta[i]!);
    for (const [i, module] of modules.entries()) module.training = modes[i]!;
  }
}

const isIterable = (given: unknown): boolean =>
  [Symbol.asyncIterator, Symbol.iterator].some(
    (key) => typeof (given as Partial<Batches> | null)?.[key as never] === 'function',
  );

/** Null: the statistics are means over all batches. */
function setMomentum(norm: { -readonly [K in 'momentum']: BatchNorm[K] }, momentum: number | null): void {
  norm.momentum = momentum;
}
