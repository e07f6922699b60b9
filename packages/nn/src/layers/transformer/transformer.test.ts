/** Multi-head attention against a slow clear version, head by head; its masks and options; the layers and stacks above it. */
import { gradcheck } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { cat, getBackend, linear, manualSeed, matmul, ones, randn, setBackend, softmax, type Tensor, tensor, transpose, zeros } from '@nn/tensor'; // biome-ignore format: a list
import { slice } from '@nn/tensor/internal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';

const initial = getBackend();
beforeEach(() => void manualSeed(3));
afterEach(() => setBackend(initial));

const double = (...shape: number[]): Tensor => randn(shape, { dtype: 'float64' }) as Tensor;
const lowest = Number.NEGATIVE_INFINITY;

async function expectNear(actual: Tensor, wanted: Tensor): Promise<void> {
  expect(actual.shape).toEqual(wanted.shape);
  const values = await wanted.data();
  for (const [i, x] of (await actual.data()).entries()) expect(x).toBeCloseTo(values[i]!, 10);
}

/** One sequence, head by head, in plain ops; `mask` (L, S + added) is added to the scores. */
function slow(
  layer: nn.MultiheadAttention,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | null,
): [Tensor, Tensor] {
  const { embedDim: size, numHeads, headDim } = layer;
  const weights = [layer.q_proj_weight, layer.k_proj_weight, layer.v_proj_weight].map(
    (own, i) => own ?? slice(layer.in_proj_weight!, 0, i * size, size),
  );
  const projected = [query, key, value].map((x, i) => {
    const bias = layer.in_proj_bias === null ? null : slice(layer.in_proj_bias, 0, i * size, size);
    let rows = linear(x, weights[i] as never, bias as never) as Tensor;
    const learnt = [null, layer.bias_k, layer.bias_v][i] ?? null;
    if (learnt !== null) rows = cat([rows, learnt.reshape([1, size]) as Tensor]) as Tensor;
    if (i > 0 && layer.addZeroAttn) rows = cat([rows, zeros([1, size], { dtype: 'float64' }) as Tensor]) as Tensor;
    return rows;
  }) as [Tensor, Tensor, Tensor];
  const heads = Array.from({ length: numHeads }, (_, h) => {
    const [q, k, v] = projected.map((x) => slice(x, 1, h * headDim, headDim)) as [Tensor, Tensor, Tensor];
    const scores = (matmul(q, transpose(k, 0, 1) as never) as Tensor).mul((1 / Math.sqrt(headDim)) as never) as Tensor;
    const shares = softmax((mask === null ? scores : scores.add(mask as never)) as Tensor, 1 as never) as Tensor;
    return { shares, output: matmul(shares, v as never) as Tensor };
  });
  const joined = cat(
    heads.map(({ output }) => output),
    { dim: 1 } as never,
  ) as Tensor;
  const mean = heads.map(({ shares }) => shares).reduce((x, y) => x.add(y as never) as Tensor);
  return [layer.out_proj.forward(joined) as Tensor, mean.div(numHeads as never) as Tensor];
}

/** A mask of floats from rows of which 1 leaves out. */
const hiding = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(
    rows.flat().map((hidden) => (hidden === 1 ? lowest : 0)),
    { dtype: 'float64', shape: [rows.length, rows[0]!.length] as never },
  ) as Tensor;
const bools = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(rows.flat().map(Boolean), { shape: [rows.length, rows[0]!.length] as never }) as Tensor;

const options: [string, nn.MultiheadAttentionOptions][] = [
  ['plain', {}],
  ['without bias', { bias: false }],
  ['keys and values of other sizes', { kdim: 3, vdim: 5 }],
  ['a learnt key and value', { addBiasKv: true }],
  ['a key and value of zeros', { addZeroAttn: true }],
  ['both', { addBiasKv: true, addZeroAttn: true }],
];

describe.each(options)('MultiheadAttention, %s', (_, given) => {
  const make = (): nn.MultiheadAttention => {
    const layer = new nn.MultiheadAttention(4, 2, { ...given, dtype: 'float64' });
    for (const parameter of layer.parameters()) nn.init.normal_(parameter);
    return layer;
  };
  const added = Number(given.addBiasKv === true) + Number(given.addZeroAttn === true);
  const padded = (rows: readonly (readonly number[])[]): Tensor =>
    hiding(rows.map((row) => [...row, ...new Array<number>(added).fill(0)]));
  const inputs = (): [Tensor, Tensor, Tensor] => [double(3, 4), double(3, given.kdim ?? 4), double(3, given.vdim ?? 4)];

  it.each<[string, nn.MultiheadForwardOptions, () => Tensor | null]>([
    ['no mask', {}, () => null],
    [
      'a bool mask',
      {
        attnMask: bools([
          [0, 1, 0],
          [1, 0, 0],
          [0, 0, 1],
        ]),
      },
      () =>
        padded([
          [0, 1, 0],
          [1, 0, 0],
          [0, 0, 1],
        ]),
    ],
    [
      'a float mask',
      {
        attnMask: hiding([
          [0, 1, 0],
          [0, 0, 0],
          [1, 0, 1],
        ]),
      },
      () =>
        padded([
          [0, 1, 0],
          [0, 0, 0],
          [1, 0, 1],
        ]),
    ],
    [
      'padding',
      { keyPaddingMask: tensor([false, true, false]) as Tensor },
      () =>
        padded([
          [0, 1, 0],
          [0, 1, 0],
          [0, 1, 0],
        ]),
    ],
    [
      'the causal bound',
      { isCausal: true },
      () =>
        padded([
          [0, 1, 1],
          [0, 0, 1],
          [0, 0, 0],
        ]),
    ],
    [
      'all of them, of both types',
      {
        isCausal: true,
        keyPaddingMask: tensor([false, true, false]) as Tensor,
        attnMask: hiding([
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 1],
        ]),
      },
      () =>
        padded([
          [0, 1, 1],
          [0, 1, 1],
          [0, 1, 1],
        ]),
    ],
    [
      'all of them, as bools',
      {
        isCausal: true,
        keyPaddingMask: tensor([false, true, false]) as Tensor,
        attnMask: bools([
          [0, 0, 0],
          [0, 0, 0],
          [0, 0, 1],
        ]),
      },
      () =>
        padded([
          [0, 1, 1],
          [0, 1, 1],
          [0, 1, 1],
        ]),
    ],
  ])('%s', async (_name, forward, mask) => {
    const layer = make();
    const [q, k, v] = inputs();
    const [output, weights] = layer.forward(q, k, v, forward);
    const [wanted, shares] = slow(layer, q, k, v, mask());
    await expectNear(output, wanted);
    await expectNear(weights!, shares);
  });

  it('has gradients', async () => {
    const layer = make();
    const run = (q: Tensor, k: Tensor, v: Tensor): Tensor => layer.forward(q, k, v, { isCausal: true })[0];
    expect(await gradcheck(run as never, inputs())).toBe(true);
  });
});

describe('MultiheadAttention', () => {
  const layer = (given: nn.MultiheadAttentionOptions = {}): nn.MultiheadAttention =>
    new nn.MultiheadAttention(4, 2, { ...given, dtype: 'float64' });

  it('in any order of batch and sequence is the same for each sequence', async () => {
    const [first, second] = [layer({ batchFirst: true }), layer()];
    second.loadStateDict(first.stateDict());
    const [x, memory] = [double(2, 3, 4), double(2, 5, 4)];
    const forward = { averageAttnWeights: false, attnMask: double(4, 3, 5) };
    const [output, weights] = first.forward(x, memory, memory, forward);
    const turned = [x, memory, memory].map((t) => transpose(t, 0, 1)) as [Tensor, Tensor, Tensor];
    const [other, sameWeights] = second.forward(...turned, forward);
    await expectNear(transpose(other as Tensor, 0, 1) as Tensor, output);
    expect(weights!.shape).toEqual([2, 2, 3, 5]);
    await expectNear(sameWeights!, weights!);
    const alone = (t: Tensor): Tensor => t.at(1) as Tensor;
    const one = { averageAttnWeights: false, attnMask: slice(forward.attnMask, 0, 2, 2) };
    const [single, singleWeights] = first.forward(alone(x), alone(memory), alone(memory), one);
    await expectNear(single, alone(output));
    expect(singleWeights!.shape).toEqual([2, 3, 5]);
  });

  it('projects one tensor at once, with the same result', async () => {
    const own = layer({ addBiasKv: true });
    const x = double(3, 2, 4);
    const copy = x.clone() as Tensor;
    await expectNear(own.forward(x, x, x)[0], own.forward(x, copy, copy)[0]);
  });

  it('of a query that sees nothing: NaN with weights, zeros before the projection without', async () => {
    const own = layer();
    nn.init.constant_(own.out_proj.bias!, 7);
    const x = double(2, 4);
    const keyPaddingMask = tensor([true, true]) as Tensor;
    expect([...(await own.forward(x, x, x, { keyPaddingMask })[0].data())].every(Number.isNaN)).toBe(true);
    const [output, weights] = own.forward(x, x, x, { keyPaddingMask, needWeights: false });
    expect(weights).toBe(null);
    expect([...(await output.data())]).toEqual(new Array(8).fill(7));
  });

  it('drops weights in training only', async () => {
    const own = layer({ dropout: 0.5 });
    const x = double(8, 4);
    const [, dropped] = own.forward(x, x, x, { averageAttnWeights: false });
    expect([...(await dropped!.data())].filter((share) => share === 0).length).toBeGreaterThan(20);
    const [, whole] = own.eval().forward(x, x, x);
    for (const total of await (whole!.sum({ dim: 1 } as never) as Tensor).data()) expect(total).toBeCloseTo(1, 12);
  });

  it('hooks of the projection hear of it', () => {
    const own = layer();
    const seen: number[][] = [];
    own.out_proj.registerForwardHook((_, inputs) => void seen.push([...(inputs[0] as Tensor).shape]));
    own.forward(double(3, 4), double(3, 4), double(3, 4));
    expect(seen).toEqual([[3, 4]]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['heads that do not divide', () => new nn.MultiheadAttention(5, 2), /embedDim 5 must be divisible by numHeads 2/],
    [
      'vectors',
      () => layer().forward(double(4), double(4), double(4)),
      /must have 3 dimensions, or 2 without a batch: query \(4,\)/,
    ],
    [
      'other sizes',
      () => layer().forward(double(2, 4), double(2, 3), double(2, 4)),
      /last sizes are 4, 3, 4, expected 4, 4, 4/,
    ],
    ['other batches', () => layer().forward(double(2, 3, 4), double(2, 1, 4), double(2, 1, 4)), /their batches differ/],
    ['other numbers', () => layer().forward(double(2, 4), double(2, 4), double(3, 4)), /2 keys and 3 values/],
    [
      'a mask of another shape',
      () => layer().forward(double(2, 4), double(3, 4), double(3, 4), { attnMask: double(3, 2) }),
      /attnMask has shape \(3, 2\), expected \(2, 3\) or \(2, 2, 3\)/,
    ],
    [
      'padding of another shape',
      () => layer().forward(double(2, 4), double(3, 4), double(3, 4), { keyPaddingMask: tensor([true]) as Tensor }),
      /keyPaddingMask has shape \(1,\), expected \(1, 3\) or \(3,\)/,
    ],
    [
      'a mask of another type',
      () => layer().forward(double(1, 4), double(1, 4), double(1, 4), { attnMask: ones([1, 1]) }),
      /attnMask is float32; it must be bool, .* or float64/,
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(message);
    expect(run).toThrow(/^\[MultiheadAttention\]/);
  });

  it('of itself is five launches, and a copy that joins the heads', () => {
    const backend = nullBackend();
    setBackend(backend);
    const own = new nn.MultiheadAttention(32, 4, { batchFirst: true });
    const x = zeros([8, 16, 32]) as Tensor;
    own.forward(x, x, x, { isCausal: true, needWeights: false });
    backend.reset();
    own.forward(x, x, x, { isCausal: true, needWeights: false });
    expect(backend.counts.total).toBe(6);
  });
});

describe('layers of transformers', () => {
  const [batch, length, size] = [2, 3, 4];
  const x = (): Tensor => randn([batch, length, size]) as Tensor;
  const given = { dimFeedforward: 6, dropout: 0.1, batchFirst: true } as const;

  it.each([false, true])('an encoder layer is its parts, normFirst %s', async (normFirst) => {
    const layer = new nn.TransformerEncoderLayer(size, 2, {
      ...given,
      normFirst,
      activation: (t) => t.tanh() as Tensor,
    }).eval();
    const attend = (t: Tensor): Tensor => layer.self_attn.forward(t, t, t, { isCausal: true })[0];
    const feed = (t: Tensor): Tensor =>
      layer.linear2.forward((layer.linear1.forward(t) as Tensor).tanh() as Tensor) as Tensor;
    const plus = (a: Tensor, b: Tensor): Tensor => a.add(b as never) as Tensor;
    const input = x();
    const [one, two] = [layer.norm1, layer.norm2].map((norm) => (t: Tensor) => norm.forward(t) as Tensor) as [
      (t: Tensor) => Tensor,
      (t: Tensor) => Tensor,
    ];
    const middle = normFirst ? plus(input, attend(one(input))) : one(plus(input, attend(input)));
    const wanted = normFirst ? plus(middle, feed(two(middle))) : two(plus(middle, feed(middle)));
    expect(await layer.forward(input, { isCausal: true }).toArray()).toEqual(await wanted.toArray());
  });

  it.each([false, true])('a decoder layer sees its memory, normFirst %s', async (normFirst) => {
    const layer = new nn.TransformerDecoderLayer(size, 2, { ...given, normFirst }).eval();
    const [target, memory] = [x(), x()];
    const hidden = bools([
      [0, 1, 1],
      [0, 1, 1],
      [0, 1, 1],
    ]);
    const changed = cat([slice(memory, 1, 0, 1), slice(x(), 1, 0, 2)], { dim: 1 } as never) as Tensor;
    const run = (m: Tensor, memoryMask: Tensor | null): Promise<unknown> =>
      layer.forward(target, m, { memoryMask, tgtIsCausal: true }).toArray();
    expect(await run(memory, null)).not.toEqual(await run(changed, null));
    expect(await run(memory, hidden)).toEqual(await run(changed, hidden));
  });

  it.each([
    ['encoder', new nn.TransformerEncoderLayer(size, 2, { ...given, bias: false })],
    ['decoder', new nn.TransformerDecoderLayer(size, 2, given)],
  ] as const)('a copy of an %s layer has the same values in memory of its own', async (_, layer) => {
    layer.linear2.weight.requiresGrad_(false);
    layer.eval().norm1.train();
    const copy = layer.copy();
    expect([String(copy), copy.training, copy.norm1.training, copy.norm2.training]).toEqual([
      String(layer),
      false,
      true,
      false,
    ]);
    expect(copy.parameters().map((p) => p.requiresGrad)).toEqual(layer.parameters().map((p) => p.requiresGrad));
    expect(copy.linear2.weight.requiresGrad).toBe(false);
    const weight = await copy.linear1.weight.toArray();
    expect(weight).toEqual(await layer.linear1.weight.toArray());
    nn.init.zeros_(layer.linear1.weight);
    expect(await copy.linear1.weight.toArray()).toEqual(weight);
  });

  it.each([nn.TransformerEncoderLayer, nn.TransformerDecoderLayer])(
    '%o refuses an activation that there is not',
    (Kind) => {
      expect(() => new Kind(size, 2, { ...given, activation: 'tanh' as never })).toThrow(
        `[${Kind.name}] activation is 'tanh'; it must be 'relu', 'gelu' or a function`,
      );
    },
  );

  it('stacks run their layers in order, and the norm', async () => {
    const layer = new nn.TransformerEncoderLayer(size, 2, given);
    const norm = new nn.LayerNorm(size);
    const encoder = new nn.TransformerEncoder(layer, 2, { norm }).eval();
    nn.init.normal_((encoder.layers.at(1) as nn.TransformerEncoderLayer).linear1.weight);
    const input = x();
    const mask = nn.Transformer.generateSquareSubsequentMask(length);
    let wanted = input;
    for (const each of encoder.layers) wanted = each.forward(wanted, { srcMask: mask }) as Tensor;
    expect(await encoder.forward(input, { mask }).toArray()).toEqual(await (norm.forward(wanted) as Tensor).toArray());
    expect(Object.keys(encoder.stateDict())[0]).toBe('layers.0.self_attn.in_proj_weight');
    await expectNear(
      encoder.forward(input, { isCausal: true }).to('float64') as Tensor,
      encoder.forward(input, { mask }).to('float64') as Tensor,
    );
  });

  it('a whole transformer trains', async () => {
    const model = new nn.Transformer({ ...given, dModel: size, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 2 });
    expect(model.decoder.layers).toHaveLength(2);
    model.forward(x(), x(), { tgtIsCausal: true, srcIsCausal: true }).sum().backward();
    for (const [name, parameter] of model.namedParameters())
      expect([name, parameter.grad === null]).toEqual([name, false]);
  });
});
