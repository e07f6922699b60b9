/** Gradients as the seed documents show them: descent written out, optimisers, clipping, hooks on tensors. */

import '@nn/tensor/methods';
import { noGrad } from '@nn/autograd';
import { clipGradNorm_, Linear, mseLoss } from '@nn/nn';
import { SGD } from '@nn/optim';
import {
  allclose,
  clampMin,
  full,
  manualSeed,
  ones,
  onesLike,
  pow,
  randint,
  randn,
  sub,
  sum,
  type Tensor,
  tensor,
  zeros,
} from '@nn/tensor';
import { collectPrograms, type Programs, type Translation } from '../program.ts';

const tracked = (value: number): Tensor => tensor(value, { requiresGrad: true });

/** `parameter.data = parameter.data - lr * parameter.grad` */
function descend(parameter: Tensor, rate: number): void {
  noGrad(() => parameter.copy_(parameter.sub((parameter.grad as Tensor).mul(rate))));
}

/** (5 - guess²)² */
function missBy(guess: Tensor): Tensor {
  return pow(sub(5, pow(guess, 2)), 2);
}

/** Steps of descent on `parameters`; the guesses, before or after each update. */
async function search(
  parameters: readonly Tensor[],
  makeGuess: () => Tensor,
  {
    rate,
    steps,
    reportAfter = false,
  }: { readonly rate: number; readonly steps: number; readonly reportAfter?: boolean },
): Promise<number[]> {
  const out: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const guess = makeGuess();
    for (const parameter of parameters) parameter.grad = null;
    missBy(guess).backward();
    for (const parameter of parameters) descend(parameter, rate);
    out.push(await (reportAfter ? makeGuess() : guess).item());
  }
  return out;
}

const descent = collectPrograms<Translation>(
  [
    `
guess = torch.tensor(4.0, requires_grad=True); lr = 0.01; out = []
for _ in range(20):
    loss = torch.pow(5 - torch.pow(guess, 2), 2)
    guess.grad = None
    loss.backward()
    guess.data = guess.data - lr * guess.grad
    out.append(guess.item())`,
    async () => {
      const guess = tracked(4);
      return { out: await search([guess], () => guess, { rate: 0.01, steps: 20, reportAfter: true }) };
    },
  ],
  [
    `
input_val = torch.tensor(4.0); shift = torch.tensor(1.0, requires_grad=True); lr = 0.01; out = []
for _ in range(30):
    guess = input_val + shift
    loss = torch.pow(5 - torch.pow(guess, 2), 2)
    shift.grad = None
    loss.backward()
    shift.data = shift.data - lr * shift.grad
    out.append(guess.item())`,
    async () => {
      const [input, shift] = [tensor(4), tracked(1)];
      return { out: await search([shift], () => input.add(shift), { rate: 0.01, steps: 30 }) };
    },
  ],
  ...([0.0005, 0.001] as const).map(
    (rate) =>
      [
        `
input_val = torch.tensor(4.0); shift = torch.tensor(1.0, requires_grad=True); scale = torch.tensor(1.0, requires_grad=True); lr = ${rate}; out = []
for _ in range(30):
    guess = input_val*scale + shift
    loss = torch.pow(5 - torch.pow(guess, 2), 2)
    shift.grad = None; scale.grad = None
    loss.backward()
    shift.data = shift.data - lr * shift.grad
    scale.data = scale.data - lr * scale.grad
    out.append(guess.item())`,
        async () => {
          const [input, shift, scale] = [tensor(4), tracked(1), tracked(1)];
          return { out: await search([shift, scale], () => input.mul(scale).add(shift), { rate, steps: 30 }) };
        },
      ] as const,
  ),
);

/** Thirty steps of SGD on one neuron that starts with weight 0 and the given bias. */
async function trainNeuron(bias: number, lossOf: (guess: Tensor) => Tensor): Promise<number[]> {
  const neuron = new Linear(1, 1);
  noGrad(() => {
    neuron.weight.fill_(0);
    neuron.bias?.fill_(bias);
  });
  const x = tensor(4).view([1, -1]);
  const optimizer = new SGD(neuron.parameters(), { lr: 0.001 });
  const out: number[] = [];
  for (let step = 0; step < 30; step += 1) {
    const guess = neuron.forward(x);
    optimizer.zeroGrad();
    lossOf(guess).backward();
    optimizer.step();
    out.push(await guess.item());
  }
  return out;
}

const neuronProgram = (bias: string, loss: string): string => `
out = []; neuron = nn.Linear(1, 1); neuron.weight.data.fill_(0.0); neuron.bias.data.fill_(${bias}); x = torch.tensor(4.0).view(1, -1); opt = torch.optim.SGD(neuron.parameters(), lr=0.001)
for _ in range(30):
    guess = neuron(x); loss = ${loss}
    opt.zero_grad(); loss.backward(); opt.step(); out.append(guess.item())`;

const POWER_LOSS = 'torch.pow(5 - torch.pow(guess, 2), 2)';
const MODULE_LOSS = 'nn.MSELoss()(torch.pow(guess, 2), torch.tensor(5.0).view(1, -1))';

const neurons = collectPrograms<Translation>(
  [
    neuronProgram('0.2342168092727661', POWER_LOSS),
    async () => ({ out: await trainNeuron(0.2342168092727661, missBy) }),
  ],
  [
    neuronProgram('1.4186859130859375', POWER_LOSS),
    async () => ({ out: await trainNeuron(1.4186859130859375, missBy) }),
  ],
  [
    neuronProgram('3.8363184928894043', MODULE_LOSS),
    async () => {
      const target = tensor(5).view([1, -1]);
      return { out: await trainNeuron(3.8363184928894043, (guess) => mseLoss(pow(guess, 2), target)) };
    },
  ],
);

const gradientOf = (parameter: Tensor | null): Tensor => parameter?.grad as Tensor;

/** Whether two tensors differ by less than 1e-4 everywhere. */
const near = (actual: Tensor, expected: Tensor): Tensor => actual.sub(expected).abs().max().lt(1e-4);

const layers = collectPrograms<Translation>(
  [
    'linear = nn.Linear(5, 2); x = torch.randn(8, 5); linear(x).backward(torch.ones(8, 2))',
    () => {
      const linear = new Linear(5, 2);
      const x = randn([8, 5]);
      linear.forward(x).backward(ones([8, 2]));
      return {
        'linear.bias.grad': gradientOf(linear.bias),
        '(linear.weight.grad - x.sum(0)).abs().max() < 1e-4': near(gradientOf(linear.weight), x.sum({ dim: 0 })),
      };
    },
  ],
  [
    'linear = nn.Linear(5, 2); x1 = torch.randn(2, 5); x2 = torch.randn(3, 5); y1, y2 = linear(x1), linear(x2); ((1 - y1).sum() + 2*(1 - y2).sum()).backward()',
    () => {
      const linear = new Linear(5, 2);
      const [x1, x2] = [randn([2, 5]), randn([3, 5])];
      const [y1, y2] = [linear.forward(x1), linear.forward(x2)];
      sum(sub(1, y1))
        .add(sum(sub(1, y2)).mul(2))
        .backward();
      const negative = x1
        .sum({ dim: 0 })
        .add(x2.sum({ dim: 0 }).mul(2))
        .neg();
      return {
        'linear.bias.grad': gradientOf(linear.bias),
        '(linear.weight.grad + x1.sum(0) + 2*x2.sum(0)).abs().max() < 1e-4': near(gradientOf(linear.weight), negative),
      };
    },
  ],
  [
    'a = torch.zeros(2, 5, requires_grad=True); b = torch.zeros(2, requires_grad=True); a.grad = torch.full((2, 5), 8.7584/10**.5); b.grad = torch.full((2,), 8.0); total = torch.nn.utils.clip_grad_norm_([a, b], 3)',
    () => {
      const [a, b] = [zeros([2, 5], { requiresGrad: true }), zeros([2], { requiresGrad: true })];
      a.grad = full([2, 5], 8.7584 / 10 ** 0.5);
      b.grad = full([2], 8, { dtype: 'float32' });
      const total = clipGradNorm_([a, b], 3);
      return { total, 'a.grad.norm()': gradientOf(a).norm(), 'b.grad.norm()': gradientOf(b).norm() };
    },
  ],
  [
    'linear = nn.Linear(4, 4); y0 = torch.randn(10, 4); y1 = linear(y0); y1 = y1.detach(); y2 = linear(y1); y2.backward(torch.ones(10, 4))',
    () => {
      const linear = new Linear(4, 4);
      const y1 = linear.forward(randn([10, 4])).detach();
      linear.forward(y1).backward(ones([10, 4]));
      return {
        'linear.bias.grad': gradientOf(linear.bias),
        '(linear.weight.grad - y1.sum(0)).abs().max() < 1e-4': near(gradientOf(linear.weight), y1.sum({ dim: 0 })),
      };
    },
  ],
  [
    'linear = nn.Linear(4, 4); y0 = torch.randn(10, 4); y2 = linear(linear(y0)); y2.backward(torch.ones(10, 4))',
    () => {
      const linear = new Linear(4, 4);
      linear.forward(linear.forward(randn([10, 4]))).backward(ones([10, 4]));
      const expected = linear.weight.sum({ dim: 0 }).mul(10).add(10);
      return {
        '(linear.bias.grad - (10 + linear.weight.sum(0) * 10)).abs().max() < 1e-4': near(
          gradientOf(linear.bias),
          expected,
        ),
      };
    },
  ],
  [
    'linear = nn.Linear(3, 1); x = torch.ones([8, 3]) * 10; y = linear(x); y.backward(torch.ones_like(y) * 1.5)',
    () => {
      const linear = new Linear(3, 1);
      const y = linear.forward(ones([8, 3]).mul(10));
      y.backward(onesLike(y).mul(1.5));
      return { 'linear.bias.grad': gradientOf(linear.bias), 'linear.weight.grad': gradientOf(linear.weight) };
    },
  ],
);

const hooks = collectPrograms<Translation>(
  [
    'seen = []; x = torch.tensor([1.,2.,3.], requires_grad=True); y = x*x; y.register_hook(lambda g: seen.append(g)); z = torch.sum(y); z.backward()',
    () => {
      const seen: Tensor[] = [];
      const x = tensor([1, 2, 3], { requiresGrad: true });
      const y = x.mul(x);
      y.registerHook((gradient) => {
        seen.push(gradient);
      });
      const z = sum(y);
      z.backward();
      return { z, 'seen[0]': seen[0], 'x.grad': x.grad, 'y.grad is None': y.grad === null };
    },
  ],
  [
    'noise = tensor([1.1173, 1.2854, .0611]); x = torch.tensor([1.,2.,3.], requires_grad=True); y = x*x; z = torch.sum(y); y.register_hook(lambda g: g + noise); z.backward()',
    () => {
      const noise = tensor([1.1173, 1.2854, 0.0611]);
      const x = tensor([1, 2, 3], { requiresGrad: true });
      const y = x.mul(x);
      const z = sum(y);
      y.registerHook((gradient) => gradient.add(noise));
      z.backward();
      return { 'x.grad': x.grad };
    },
  ],
);

const byHand = collectPrograms<Translation>([
  `
torch.manual_seed(0); x = torch.randn(64, 784); y = torch.randint(0, 10, (64,)).float(); w1 = (torch.randn(784, 50) * math.sqrt(2/784)).requires_grad_(); b1 = torch.zeros(50, requires_grad=True); w2 = (torch.randn(50, 1) * math.sqrt(2/50)).requires_grad_(); b2 = torch.zeros(1, requires_grad=True)
l1 = x @ w1 + b1; l2 = torch.clamp_min(l1, 0.) - 0.5; out = l2 @ w2 + b2; loss = (out.squeeze(1) - y).pow(2).mean(); loss.backward()
og = 2. * (out.squeeze() - y).unsqueeze(-1) / 64; w2g = l2.t() @ og; l2g = og @ w2.t(); l1g = (l1 > 0).float() * l2g; w1g = x.t() @ l1g`,
  () => {
    manualSeed(0);
    const x = randn([64, 784]);
    const y = randint(0, 10, [64]).to('float32');
    const w1 = randn([784, 50])
      .mul(Math.sqrt(2 / 784))
      .requiresGrad_();
    const b1 = zeros([50], { requiresGrad: true });
    const w2 = randn([50, 1])
      .mul(Math.sqrt(2 / 50))
      .requiresGrad_();
    const b2 = zeros([1], { requiresGrad: true });
    const l1 = x.matmul(w1).add(b1);
    const l2 = clampMin(l1, 0).sub(0.5);
    const out = l2.matmul(w2).add(b2);
    out.squeeze(1).sub(y).pow(2).mean().backward();
    const outGradient = out.squeeze().sub(y).unsqueeze(-1).mul(2).div(64);
    const l1Gradient = l1.gt(0).to('float32').mul(outGradient.matmul(w2.t()));
    const close = (actual: Tensor, expected: Tensor): unknown => allclose(actual, expected, { rtol: 1e-3, atol: 1e-5 });
    return {
      'torch.allclose(w1.grad, w1g, rtol=1e-3, atol=1e-5)': close(gradientOf(w1), x.t().matmul(l1Gradient)),
      'torch.allclose(w2.grad, w2g, rtol=1e-3, atol=1e-5)': close(gradientOf(w2), l2.t().matmul(outGradient)),
      'torch.allclose(b2.grad, og.sum(0), rtol=1e-3, atol=1e-5)': close(gradientOf(b2), outGradient.sum({ dim: 0 })),
      'torch.allclose(b1.grad, l1g.sum(0), rtol=1e-3, atol=1e-5)': close(gradientOf(b1), l1Gradient.sum({ dim: 0 })),
    };
  },
]);

export const gradientSeeds: Programs<Translation> = new Map([...descent, ...neurons, ...layers, ...hooks, ...byHand]);
