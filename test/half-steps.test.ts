/**
 * An op on float16 computes in float32 and rounds what it gives, once: so it gives what the same op gives of the same values in float32, rounded. Where a gradient
 * goes through several ops each of them rounds, which bounds allow for.
 */
import { grad } from '@nn/autograd';
import '@nn/tensor/methods';
import { wasm } from '@nn/backend-wasm';
import * as N from '@nn/nn';
import { Adam, SGD } from '@nn/optim';
import * as F from '@nn/tensor';
import { Generator, getDefaultDType, randn, setDefaultDType, type Tensor, tensor, zeros } from '@nn/tensor';
import { afterEach, describe, expect, it } from 'vitest';

const functions = { ...F, ...N } as unknown as Record<string, (...args: unknown[]) => Tensor>;
/** Random halves, the same in every run. */
const halves = (shape: readonly number[], seed: number, scale = 1, shift = 0): Tensor =>
  (
    randn(shape, { generator: new Generator(seed) })
      .mul(scale)
      .add(shift) as Tensor
  ).half();
const whole = (data: unknown): Tensor => tensor(data as never, { dtype: 'int64' }) as Tensor;
const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];

type Formula = (...operands: Tensor[]) => Tensor;

/** What of a formula's operands is one that float16 enters. */
const floats = (operands: readonly Tensor[]): Tensor[] =>
  operands.map((t) => (t.dtype === 'float16' ? (t.float() as Tensor) : t));

async function expectRounded(formula: Formula, operands: readonly Tensor[]): Promise<void> {
  const [found, wide] = [formula(...operands), formula(...floats(operands))];
  if (wide.dtype !== 'float32') {
    expect(found.dtype).toBe(wide.dtype);
    expect(await values(found)).toEqual(await values(wide));
    return;
  }
  expect(found.dtype).toBe('float16');
  expect(found.shape).toEqual(wide.shape);
  expect(await values(found)).toEqual(await values(wide.half()));
}

const x = halves([3, 4], 1, 2);
const y = halves([3, 4], 2, 2);
const inside = halves([3, 4], 3, 0.3);
const positive = x.abs().add(0.5) as Tensor;

describe('rounded once', () => {
  it.each(
    'abs acosh asinh atan ceil celu cos cosh deg2rad digamma elu erf erfc exp exp2 expm1 floor frac gelu hardshrink hardsigmoid hardswish hardtanh i0 isfinite leakyRelu lgamma logSigmoid mish neg rad2deg reciprocal relu relu6 round selu sigmoid sign silu sin sinc sinh softplus softshrink softsign square tan tanh tanhshrink trunc'.split(' ').filter((name) => name in functions),
  )('%s', (name) => expectRounded(functions[name]!, [name === 'acosh' ? (positive.add(1) as Tensor) : x])); // biome-ignore format: a list

  it.each('acos asin atanh erfinv log1p'.split(' '))('%s', (name) => expectRounded(functions[name]!, [inside]));
  it.each('log log10 log2 rsqrt sqrt'.split(' '))('%s', (name) => expectRounded(functions[name]!, [positive]));

  it.each('add sub mul div atan2 hypot maximum minimum fmod remainder floorDivide logaddexp xlogy copysign heaviside eq lt ge'.split(' ').filter((name) => name in functions))(
    '%s of two',
    (name) => expectRounded(functions[name]!, [x, name === 'xlogy' ? positive : y]),
  ); // biome-ignore format: a list

  it.each<[string, Formula]>([
    ['sum', (t) => t.sum()],
    ['mean over a dimension', (t) => t.mean({ dim: 0 })],
    ['prod', (t) => t.prod({ dim: 1 })],
    ['stdMean', (t) => F.stdMean(t, { dim: 1 })[0] as Tensor],
    ['varMean', (t) => F.varMean(t, { dim: 0, keepdim: true })[1] as Tensor],
    ['norm of order 3', (t) => F.norm(t, { p: 3, dim: 1 })],
    ['logsumexp', (t) => F.logsumexp(t, { dim: 0 })],
    ['softmax', (t) => F.softmax(t, 0)],
    ['logSoftmax', (t) => F.logSoftmax(t, 1)],
    ['cumsum', (t) => F.cumsum(t, 1)],
    ['cumprod', (t) => F.cumprod(t, 1)],
    ['cummax', (t) => F.cummax(t, 1).values],
    ['logcumsumexp', (t) => F.logcumsumexp(t, 1)],
    ['median', (t) => F.median(t, { dim: 1 } as never).values as Tensor],
    ['quantile', (t) => F.quantile(t, 0.3, { dim: 1 })],
    ['nanmean', (t) => F.nanmean(t)],
    ['topk', (t) => F.topk(t, 2).values],
    ['histc', (t) => F.histc(t, { bins: 3 })],
    ['matmul', (t) => t.matmul(t.transpose(0, 1) as never) as Tensor],
    ['dot', (t) => t.flatten().matmul(t.flatten() as never) as Tensor],
    ['einsum', (t) => F.einsum('ij,ij->i', t as never, t as never) as Tensor],
    ['cdist', (t) => F.cdist(t, t)],
    ['pdist', (t) => F.pdist(t)],
    ['pad', (t) => F.pad(t, [1, 2], { mode: 'reflect' })],
    ['clamp', (t) => F.clamp(t, { min: -0.3, max: 0.7 } as never) as Tensor],
    ['lerp', (t) => F.lerp(t, t.neg() as never, 0.3) as Tensor],
    ['addcmul', (t) => F.addcmul(t, t as never, t as never, { value: 0.3 }) as Tensor],
    ['linear', (t) => F.linear(t, t as never, t.flatten().narrow(0, 0, 3) as never) as Tensor],
    ['diff', (t) => F.diff(t)],
    ['scatterReduce', (t) => F.scatterReduce(t, 0, whole([[0, 1, 2, 0]]), t, 'amax')],
    ['searchsorted', (t) => F.searchsorted(F.sort(t.flatten() as Tensor).values, t.flatten() as Tensor)],
  ])('%s', (_, formula) => expectRounded(formula, [x]));

  it('a variance far from 0', () => expectRounded((t) => t.var({ dim: 1 }), [halves([3, 40], 1, 0.5, 100)]));
});

const image = halves([2, 4, 5, 5], 4);
const line = halves([2, 4, 6], 5, 0.1, 100);
const filters = halves([6, 4, 3, 3], 6);
const perChannel = halves([4], 7);
const scores = halves([5, 7], 8, 3);
const classes = whole([0, 3, 6, 2, 2]);
const tokens = halves([2, 3, 4], 9, 3);

/** Functions of networks, by what float16 enters. */
const layers: readonly (readonly [string, Formula, readonly Tensor[]])[] = [
  ['layerNorm', (t, w) => N.layerNorm(t, 4, { weight: w!, bias: w! }), [tokens, perChannel]],
  ['batchNorm', (t, w) => N.batchNorm(t, null, null, { training: true, weight: w!, bias: w! }), [line, perChannel]],
  ['groupNorm', (t, w) => N.groupNorm(t, 2, { weight: w! }), [line, perChannel]],
  ['instanceNorm', (t) => N.instanceNorm(t), [line]],
  ['localResponseNorm', (t) => N.localResponseNorm(t, 3), [image]],
  ['conv2d', (t, w) => N.conv2d(t, w!, { padding: 1, stride: 2 }) as Tensor, [image, filters]],
  ['convTranspose2d', (t, w) => N.convTranspose2d(t, w!, { stride: 2 }) as Tensor, [halves([1, 6, 3, 3], 1), filters]],
  ['avgPool2d', (t) => N.avgPool2d(t, 2), [image]],
  ['avgPool2d at edges', (t) => N.avgPool2d(t, 3, { padding: 1, countIncludePad: false }), [image]],
  ['adaptiveAvgPool2d', (t) => N.adaptiveAvgPool2d(t, 3), [image]],
  ['maxPool2d', (t) => N.maxPool2d(t, 3, { stride: 1, padding: 1 }) as Tensor, [image]],
  ['lpPool2d', (t) => N.lpPool2d(t, 2, 2), [image]],
  ['unfold', (t) => N.unfold(t, 3, { padding: 1 }), [image]],
  ['fold', (t) => N.fold(t, [5, 6], 2, { padding: 1, stride: [1, 2] }), [halves([2, 4, 24], 10)]],
  ['multilabelMarginLoss', (t) => N.multilabelMarginLoss(t, whole([[0, 3, -1, 6, 2, 2, 2], [6, 1, 2, -1, 0, 0, 0]])), [halves([2, 7], 8, 3)]],
  ['crossEntropy', (t) => N.crossEntropy(t, classes), [scores]],
  ['mseLoss', (t, u) => N.mseLoss(t, u!), [x, y]],
  ['huberLoss', (t, u) => N.huberLoss(t, u!), [x, y]],
  ['binaryCrossEntropyWithLogits', (t, u) => N.binaryCrossEntropyWithLogits(t, u!.sigmoid()), [x, y]],
  ['embedding', (t) => N.embedding(whole([[0, 2], [4, 4]]), t), [scores]],
  ['attention', (t) => N.scaledDotProductAttention(t, t, t, { isCausal: true }), [tokens]],
]; // biome-ignore format: a table

const largest = (numbers: readonly number[]): number => Math.max(...numbers.map(Math.abs));

describe('of networks', () => {
  it.each(layers)('%s is near its value in float32', async (_, formula, operands) => {
    const found = formula(...operands);
    const wide = await values(formula(...floats(operands)));
    expect(found.dtype).toBe('float16');
    for (const [i, value] of (await values(found)).entries())
      expect(Math.abs(value - wide[i]!)).toBeLessThanOrEqual(2 ** -9 * Math.max(Math.abs(wide[i]!), 2 ** -5));
  });

  it.each(layers)('%s sends float16 gradients back, near those in float32', async (_, formula, operands) => {
    const leaves = operands.map((t) => (t.detach().clone() as Tensor).requiresGrad_());
    const wide = floats(operands).map((t) => (t.detach().clone() as Tensor).requiresGrad_());
    // A weighted sum, as a plain one is constant under a normalization.
    const weigh = (t: Tensor): Tensor => (t.mul(halves(t.shape, 11).to(t.dtype) as never) as Tensor).sum();
    weigh(formula(...leaves)).backward();
    weigh(formula(...wide)).backward();
    for (const [k, leaf] of leaves.entries()) {
      expect(leaf.grad!.dtype).toBe('float16');
      const [found, expected] = [await values(leaf.grad!), await values(wide[k]!.grad!)];
      const bound = 2 ** -7 * Math.max(largest(expected), 2 ** -6);
      for (const [i, value] of found.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(bound);
    }
  });

  it.each<[string, Formula]>([
    ['layerNorm', (t) => N.layerNorm(t, 4)],
    ['batchNorm', (t) => N.batchNorm(t, null, null, { training: true })],
    ['groupNorm', (t) => N.groupNorm(t, 1)],
    ['a variance', (t) => t.var({ dim: 1 })],
    ['softmax', (t) => F.softmax(t, 1)],
  ])('second derivatives of %s are near those in float32', async (_, formula) => {
    const second = (t: Tensor): Tensor => {
      const leaf = (t.detach().clone() as Tensor).requiresGrad_();
      const weigh = (u: Tensor): Tensor => (u.mul(halves(u.shape, 12).to(u.dtype) as never) as Tensor).sum();
      const [first] = grad(weigh(formula(leaf)), [leaf], { createGraph: true });
      return grad(weigh(first!), [leaf])[0]!;
    };
    const [found, expected] = [second(x), await values(second(x.float()))];
    expect(found.dtype).toBe('float16');
    const bound = 2 ** -7 * Math.max(largest(expected), 2 ** -6);
    for (const [i, value] of (await values(found)).entries())
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(bound);
  });

  it('statistics of float16 keep their digits', async () => {
    const layer = new N.BatchNorm1d(4).half();
    layer.forward(line);
    expect(layer.running_var!.dtype).toBe('float16');
    const wide = new N.BatchNorm1d(4);
    wide.forward(line.float());
    expect(await values(layer.running_var!)).toEqual(await values(wide.running_var!.half()));
    expect(await values(layer.running_mean!)).toEqual(await values(wide.running_mean!.half()));
  });

  it('scores beyond float16 are scaled in time', async () => {
    const loud = tensor([[[200, 200], [100, 0]]], { dtype: 'float16' }) as Tensor; // biome-ignore format: a matrix
    const found = await values(N.scaledDotProductAttention(loud, loud, loud));
    expect(found).toEqual([200, 200, 200, 200]);
  });

  it.each([
    ['SGD', (p: Iterable<Tensor>) => new SGD(p, { lr: 0.25, momentum: 0.5 })],
    ['Adam', (p: Iterable<Tensor>) => new Adam(p, { lr: 0.05 })],
  ])('%s trains a module of halves', async (_, optimizerOf) => {
    const model = new N.Sequential(new N.Linear(4, 8), new N.Tanh(), new N.Linear(8, 1)).half();
    const optimizer = optimizerOf(model.parameters());
    const target = x.sum({ dim: 1, keepdim: true }).mul(0.2).detach() as Tensor;
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) {
      const loss = N.mseLoss(model.forward(x) as Tensor, target);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(await loss.item());
    }
    expect(losses.at(-1)!).toBeLessThan(0.1 * losses[0]!);
    for (const p of model.parameters()) expect([p.dtype, p.grad!.dtype]).toEqual(['float16', 'float16']);
    for (const state of optimizer.state.values())
      for (const t of Object.values(state)) if (typeof t === 'object') expect((t as Tensor).dtype).toBe('float16');
  });
});

describe('what would go beyond float16 on the way', () => {
  it.each<[string, () => Tensor, number]>([
    ['a mean of 5000', () => F.full([5000], 100, { dtype: 'float16' }).mean(), 100],
    ['a mean without NaN', () => F.nanmean(F.full([5000], 100, { dtype: 'float16' }) as Tensor), 100],
    ['a norm', () => F.full([4], 30000, { dtype: 'float16' }).norm(), 60000],
    ['a count', () => F.histc(F.ones([3001], { dtype: 'float16' }) as Tensor, { bins: 1, min: 0, max: 2 }), 3000],
  ])('%s', async (_, made, expected) => {
    expect(await made().item()).toBe(expected);
  });

  it('the mean loss of many samples', async () => {
    const logits = zeros([70000, 2], { dtype: 'float16' }) as Tensor;
    const loss = N.crossEntropy(logits, zeros([70000], { dtype: 'int64' }) as Tensor);
    expect(await loss.item()).toBe(await tensor(Math.LN2).half().item());
  });
});

describe('random values', () => {
  const generator = () => new Generator(5);

  it('rand gives multiples of 2^-11 below 1', async () => {
    const found = await values(F.rand([20000], { dtype: 'float16', generator: generator() }));
    expect(found.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2048))).toBe(true);
    expect(new Set(found).size).toBeGreaterThan(2000);
    const wide = await values(F.rand([20000], { generator: generator() }));
    expect(found).toEqual(wide.map((u) => Math.floor(u * 2048) / 2048));
  });

  it.each([[0.9, 1], [-1, -0.5], [0.1, 0.3], [1e-6, 3e-6]])('uniform_ stays in [%d, %d)', async (from, to) => {
    const x = zeros([5000], { dtype: 'float16' }) as Tensor;
    const found = await values(x.uniform_(from, to, { generator: generator() }));
    const start = await tensor(from).half().item();
    expect(found.every((u) => u >= Math.min(from, start) && u < to)).toBe(true);
    expect(new Set(found).size).toBeGreaterThan(20);
  }); // biome-ignore format: a table

  it('randn is that of float32, rounded', async () => {
    const wide = randn([1000], { generator: generator() });
    const found = randn([1000], { dtype: 'float16', generator: generator() });
    expect(await values(found)).toEqual(await values(wide.half()));
  });

  it('whole numbers end where they stop being exact', async () => {
    const found = await values(zeros([5000], { dtype: 'float16' }).random_({ generator: generator() }));
    expect(Math.max(...found)).toBeLessThanOrEqual(2048);
    expect(found.every(Number.isInteger)).toBe(true);
  });

  it('weighted choices see all of many weights', async () => {
    const weights = F.ones([5000], { dtype: 'float16' }) as Tensor;
    const found = await values(F.multinomial(weights, 2000, { replacement: true, generator: generator() }));
    expect(Math.max(...found)).toBeGreaterThan(4900);
  });
});

describe('conversions', () => {
  it('dtypes of new modules, parameters of modules', () => {
    const model = new N.Linear(2, 2, { dtype: 'float16' });
    expect(model.weight.dtype).toBe('float16');
    expect(new N.Linear(2, 2).half().weight.dtype).toBe('float16');
    expect(new N.Linear(2, 2).half().float().weight.dtype).toBe('float32');
  });

  it('nan_to_num knows the largest half', async () => {
    const t = tensor([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN], { dtype: 'float16' });
    expect(await values(F.nanToNum(t) as Tensor)).toEqual([65504, -65504, 0]);
  });

  it.each<[string, (w: Tensor) => Tensor]>([
    ['a product in float32', (w) => w.prod({ dtype: 'float32' })],
    ['a sum in float32', (w) => w.sum({ dtype: 'float32' })],
    ['a largest element', (w) => F.amax(w)],
    ['a cat with float32', (w) => (F.cat([w, tensor([1])]) as Tensor).sum()],
    ['a stack with float32', (w) => (F.stack([w, tensor([1, 2])]) as Tensor).sum()],
    ['what is written into float32', (w) => (zeros([3]) as Tensor).setAt(['1:'], w).sum()],
    ['a choice beside float32', (w) => (F.where(w.gt(1), w, tensor([1, 2]) as never) as Tensor).sum()],
    ['softmax in float32', (w) => (F.softmax(w, 0, { dtype: 'float32' }).mul(tensor([1, 2])) as Tensor).sum()],
    ['cumsum in float32', (w) => F.cumsum(w, 0, { dtype: 'float32' }).sum()],
    ['a scattered sum', (w) => F.scatterAdd(zeros([2], { dtype: 'float16' }), 0, whole([0, 0]), w).sum()],
  ])('the gradient through %s is float16', (_, formula) => {
    const w = tensor([1, 2], { dtype: 'float16', requiresGrad: true }) as Tensor;
    formula(w).backward();
    expect(w.grad!.dtype).toBe('float16');
  });
});

describe('a backend without float16', () => {
  it('says so', async () => {
    const backend = await wasm({ threads: 1 });
    const says = 'float16 is not a dtype of wasm, which has bool, uint8, int32, int64, float32, float64';
    expect(() => zeros([1], { dtype: 'float16', backend })).toThrow(says);
    expect(() => zeros([1], { backend }).half()).toThrow(says);
    await expect(x.to(backend)).rejects.toThrow(says);
    backend.dispose();
  });
});

describe('as the default', () => {
  afterEach(() => setDefaultDType('float32'));

  it('new tensors and quotients of integers are float16', () => {
    setDefaultDType('float16');
    expect(getDefaultDType()).toBe('float16');
    expect([zeros([1]).dtype, tensor(0.5).dtype, whole([1]).div(2).dtype, F.rand([1]).dtype]).toEqual(
      new Array(4).fill('float16'),
    );
  });
});
