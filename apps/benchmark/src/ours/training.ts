/** Training steps: a model filled with the numbers that everybody starts from, batches, an optimiser. Written as one writes training. */
import { noGrad } from '@nn/autograd';
import { crossEntropy } from '@nn/nn';
import { Adam, AdamW, SGD } from '@nn/optim';
import { type Tensor, tensor } from '@nn/tensor';
import { type Batch, batchOf } from '../cases/batches.ts';
import { initial } from '../cases/numbers.ts';
import { parametersOf } from '../cases/parameters.ts';
import { batchCount, rates, type TrainingSpec } from '../cases/spec.ts';
import type { Prepared } from '../players/performer.ts';
import { modelOf } from './models.ts';
import { settler } from './settle.ts';

/** A model in training. */
export interface Trainee {
  readonly parameters: readonly Tensor[];
  /** Forward and backward for the batch of a step. */
  loss(step: number): Tensor;
  /** The optimiser's step; gradients are cleared. */
  update(): void;
}

function fill(parameters: readonly Tensor[], spec: TrainingSpec): void {
  const rows = parametersOf(spec);
  if (rows.length !== parameters.length) {
    throw new Error(`the model has ${parameters.length} parameters, ${rows.length} were expected`);
  }
  noGrad(() => {
    for (const [i, { name, shape, kind }] of rows.entries()) {
      const parameter = parameters[i]!;
      if (parameter.shape.join() !== shape.join()) {
        throw new Error(`${name} should be (${shape.join(', ')}), the model has (${parameter.shape.join(', ')})`);
      }
      parameter.copy_(tensor(initial(i, shape, kind)).reshape([...shape]) as never);
    }
  });
}

function optimizerOf(spec: TrainingSpec, parameters: readonly Tensor[]): Adam | AdamW | SGD {
  if (spec.kind === 'gpt') return new AdamW(parameters, { lr: rates.adamw });
  if (spec.kind === 'cnn' || spec.optimizer === 'adam') return new Adam(parameters, { lr: rates.adam });
  return new SGD(parameters, { lr: rates.sgd });
}

const tensorsOf = ({ inputs, shape, isWhole, labels }: Batch): readonly [x: Tensor, y: Tensor] => [
  (isWhole ? tensor(Int32Array.from(inputs), { dtype: 'int64' }) : tensor(Float32Array.from(inputs))).reshape([
    ...shape,
  ]),
  tensor(labels, { dtype: 'int64' }),
];

/** Builds everything on the default backend. */
export async function trainee(spec: TrainingSpec): Promise<Trainee> {
  const model = await modelOf(spec);
  const parameters = [...model.parameters()];
  fill(parameters, spec);
  const optimizer = optimizerOf(spec, parameters);
  const batches = Array.from({ length: batchCount }, (_, i) => tensorsOf(batchOf(spec, i)));
  return {
    parameters,
    loss: (step) => {
      const [x, y] = batches[step % batches.length]!;
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      return loss;
    },
    update: () => {
      optimizer.step();
      optimizer.zeroGrad();
    },
  };
}

export async function training(spec: TrainingSpec): Promise<Prepared> {
  const { loss, update } = await trainee(spec);
  let step = 0;
  const values: number[] = [];
  for (; step < 2; step++) {
    values.push(await loss(step).item());
    update();
  }
  return {
    values,
    settle: settler(),
    repeat: (calls) => {
      for (let i = 0; i < calls; i++) {
        loss(step++);
        update();
      }
    },
    release: () => {},
  };
}
