/** Training in jax-js: loss, gradients and update compiled together by `jit`, with labels as one-hot rows. */
import { batchOf, fullBatchOf } from '../../cases/batches.ts';
import { batchCount, type FullBatchSpec, rates, type TrainingSpec } from '../../cases/spec.ts';
import type { Prepared } from '../../players/performer.ts';
import { arrayOf, type Jax, type JaxArray, valuesOf } from './arrays.ts';
import { jaxModel } from './models.ts';

/** Parameters, and for Adam the means of gradients and of their squares. */
type State = readonly (readonly JaxArray[])[];

const [decay1, decay2, epsilon] = [0.9, 0.999, 1e-8];
/** AdamW's, as PyTorch's default. */
const weightDecay = 0.01;

export async function jaxTraining(jax: Jax, spec: TrainingSpec): Promise<Prepared> {
  const { numpy: np, nn, jit, valueAndGrad, tree, blockUntilReady } = jax;
  const { parameters, logits } = jaxModel(jax, spec);
  const classes = spec.kind === 'mlp' ? spec.sizes.at(-1)! : spec.kind === 'cnn' ? 10 : spec.vocabulary;

  const batches: (readonly [x: JaxArray, y: JaxArray])[] = [];
  for (let i = 0; i < batchCount; i++) {
    const { inputs, shape, labels } = batchOf(spec, i);
    const y = new Float32Array(labels.length * classes);
    for (const [row, label] of labels.entries()) y[row * classes + label] = 1;
    const flat = spec.kind === 'gpt' ? [inputs.length] : shape;
    batches.push([arrayOf(jax, inputs, flat), arrayOf(jax, y, [labels.length, classes])]);
    await blockUntilReady([...batches.at(-1)!]);
  }

  const loss = (p: JaxArray[], x: JaxArray, y: JaxArray): JaxArray => {
    const scores = logits(p, x);
    const rows = scores.shape[0]!;
    return nn
      .logSoftmax(scores, -1)
      .mul(y)
      .sum()
      .mul(-1 / rows);
  };
  const gradients = (p: JaxArray[], x: JaxArray, y: JaxArray): readonly [JaxArray, JaxArray[]] =>
    (valueAndGrad(loss) as (...args: unknown[]) => unknown)(tree.ref(p), x, y) as readonly [JaxArray, JaxArray[]];

  const sgd = (p: JaxArray[], x: JaxArray, y: JaxArray): unknown[] => {
    const [value, g] = gradients(p, x, y);
    return [p.map((each, i) => each.sub(g[i]!.mul(rates.sgd))), value];
  };
  const rate = spec.kind === 'gpt' ? rates.adamw : rates.adam;
  const shrink = spec.kind === 'gpt' ? 1 - rate * weightDecay : 1;
  const adam = (p: JaxArray[], m: JaxArray[], v: JaxArray[], c: JaxArray, x: JaxArray, y: JaxArray): unknown[] => {
    const [value, g] = gradients(p, x, y);
    const means = m.map((each, i) => each.mul(decay1).add(g[i]!.ref.mul(1 - decay1)));
    const squares = v.map((each, i) => each.mul(decay2).add(np.square(g[i]!).mul(1 - decay2)));
    const [first, second] = [c.ref.slice(0), c.slice(1)];
    const next = p.map((each, i) => {
      const denominator = np.sqrt(squares[i]!.ref.mul(second.ref)).add(epsilon);
      return each.mul(shrink).sub(means[i]!.ref.mul(first.ref).mul(rate).div(denominator));
    });
    first.dispose();
    second.dispose();
    return [next, means, squares, value];
  };

  const isSgd = spec.kind === 'mlp' && spec.optimizer === 'sgd';
  const compiled = jit((isSgd ? sgd : adam) as never) as unknown as (...args: unknown[]) => unknown[];
  const zeros = (): JaxArray[] => parameters.map(({ shape }) => np.zeros(shape));
  let state: State = isSgd ? [parameters] : [parameters, zeros(), zeros()];
  let number = 0;

  const step = async (): Promise<JaxArray> => {
    const [x, y] = batches[number % batches.length]!;
    number++;
    const corrections = [1 / (1 - decay1 ** number), 1 / (1 - decay2 ** number)];
    const extra = isSgd ? [] : [np.array(Float32Array.from(corrections))];
    const results = compiled(...state, ...extra, x.ref, y.ref);
    await blockUntilReady(results as never);
    state = results.slice(0, -1) as unknown as State;
    return results.at(-1) as JaxArray;
  };
  const values: number[] = [];
  for (let i = 0; i < 2; i++) values.push((await valuesOf(await step()))[0]!);
  return {
    values,
    note: spec.kind === 'gpt' ? 'whole step jit; embedding as one-hot product' : 'whole step jit',
    repeat: async (calls) => {
      for (let i = 0; i < calls; i++) (await step()).dispose();
    },
    settle: () => {},
    release: () => {
      for (const each of [...state.flat(), ...batches.flat()]) each.dispose();
    },
  };
}

export async function jaxFullBatch(jax: Jax, spec: FullBatchSpec): Promise<Prepared> {
  const { numpy: np, nn, jit, valueAndGrad, blockUntilReady } = jax;
  const { rows, inputs, hidden } = spec;
  const data = fullBatchOf(spec);
  const all = [
    arrayOf(jax, data.w1, [inputs, hidden]),
    arrayOf(jax, data.w2, [hidden, 1]),
    arrayOf(jax, data.x, [rows, inputs]),
    arrayOf(jax, data.t, [rows, 1]),
  ];
  await blockUntilReady(all);
  const loss = (w1: JaxArray, w2: JaxArray, x: JaxArray, t: JaxArray): JaxArray =>
    np.square(np.matmul(nn.relu(np.matmul(x, w1)), w2).sub(t)).mean();
  const gradients = (valueAndGrad as (f: unknown, options: object) => unknown)(loss, { argnums: [0, 1] });
  const compiled = jit(gradients as never) as unknown as (
    ...args: JaxArray[]
  ) => readonly [JaxArray, readonly JaxArray[]];
  const call = async (): Promise<readonly JaxArray[]> => {
    const [value, [g1, g2]] = compiled(...all.map((each) => each.ref));
    const results = [value, g1!, g2!];
    await blockUntilReady(results);
    return results;
  };
  const values: number[] = [];
  for (const result of await call()) values.push((await valuesOf(result))[0]!);
  return {
    values,
    note: 'jit',
    repeat: async (calls) => {
      for (let i = 0; i < calls; i++) for (const result of await call()) result.dispose();
    },
    settle: () => {},
    release: () => {
      for (const each of all) each.dispose();
    },
  };
}
