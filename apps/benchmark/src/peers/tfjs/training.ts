/** Training in TensorFlow.js: its optimisers' `minimize`, with labels as one-hot rows, which its loss wants. */
import { batchOf, fullBatchOf } from '../../cases/batches.ts';
import { batchCount, type FullBatchSpec, rates, type TrainingSpec } from '../../cases/spec.ts';
import type { Prepared } from '../../players/performer.ts';
import { tfModel } from './models.ts';
import type { Tf } from './open.ts';
import { orUnsupported } from './operations.ts';

type Scalar = import('@tensorflow/tfjs-core').Scalar;

export function tfTraining(tf: Tf, spec: TrainingSpec): Prepared {
  const { variables, logits } = tfModel(tf, spec);
  const isSgd = spec.kind === 'mlp' && spec.optimizer === 'sgd';
  const optimizer = isSgd
    ? tf.train.sgd(rates.sgd)
    : tf.train.adam(spec.kind === 'gpt' ? rates.adamw : rates.adam, 0.9, 0.999, 1e-8);
  const classes = spec.kind === 'mlp' ? spec.sizes.at(-1)! : spec.kind === 'cnn' ? 10 : spec.vocabulary;
  const batches = Array.from({ length: batchCount }, (_, i) => {
    const { inputs, shape, isWhole, labels } = batchOf(spec, i);
    const x = tf.tensor(inputs, [...shape], isWhole ? 'int32' : 'float32');
    return { x, y: tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32') };
  });
  const step = (number: number, read: boolean): number => {
    const { x, y } = batches[number % batches.length]!;
    const loss = orUnsupported(() =>
      optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, logits(x)) as Scalar, true, variables),
    )!;
    const value = read ? loss.dataSync()[0]! : 0;
    loss.dispose();
    return value;
  };
  const values = [step(0, true), step(1, true)];
  let number = 2;
  return {
    values,
    ...(spec.kind === 'gpt' && { note: 'embedding as one-hot product; Adam, as it has no AdamW' }),
    repeat: (calls) => {
      for (let i = 0; i < calls; i++) step(number++, false);
    },
    settle: () => {},
    release: () => {
      optimizer.dispose();
      tf.dispose([...variables, ...batches.flatMap(({ x, y }) => [x, y])]);
    },
  };
}

export function tfFullBatch(tf: Tf, spec: FullBatchSpec): Prepared {
  const { rows, inputs, hidden } = spec;
  const data = fullBatchOf(spec);
  const x = tf.tensor2d(data.x, [rows, inputs]);
  const t = tf.tensor2d(data.t, [rows, 1]);
  const w1 = tf.variable(tf.tensor2d(data.w1, [inputs, hidden]));
  const w2 = tf.variable(tf.tensor2d(data.w2, [hidden, 1]));
  const loss = (): Scalar => tf.mean(tf.square(tf.sub(tf.matMul(tf.relu(tf.matMul(x, w1)), w2), t))) as Scalar;
  const call = (read: boolean): number[] => {
    const { value, grads } = orUnsupported(() => tf.variableGrads(loss, [w1, w2]));
    const gradients = [grads[w1.name]!, grads[w2.name]!];
    const values = read ? [value, ...gradients].map((each) => each.dataSync()[0]!) : [];
    tf.dispose([value, ...gradients]);
    return values;
  };
  return {
    values: call(true),
    repeat: (calls) => {
      for (let i = 0; i < calls; i++) call(false);
    },
    settle: () => {},
    release: () => tf.dispose([x, t, w1, w2]),
  };
}
