/**
 * Modules, losses and samplers as the seed documents show them. Modules that this app doesn't know by type are
 * constructed by name, so that one that is missing fails its own example only.
 */

import '@nn/tensor/methods';
import { BCELoss, CrossEntropyLoss, Linear, type Module, NLLLoss } from '@nn/nn';
import { arange, ones, type Tensor, tensor } from '@nn/tensor';
import { callFunction, callMethod, construct } from '../../run/library.ts';
import { MLP, RunningAverage } from '../example-modules.ts';
import { collectPrograms, type Programs, type Translation } from '../program.ts';

const forward = (module: unknown, x: Tensor): Tensor => callMethod(module, 'forward', [x]) as Tensor;
const dropped = (p: number): Tensor => (callFunction('dropout', [ones([50, 50]), { p }]) as Tensor).max();
const countElements = (module: Module): number =>
  [...module.parameters()].reduce((total, parameter) => total + parameter.numel(), 0);

/** Expressions that need no program before them. */
export const withoutProgram: Readonly<Record<string, () => unknown>> = {
  'F.dropout(torch.ones(50, 50), 0.9).max()': () => dropped(0.9),
  'F.dropout(torch.ones(50, 50), 0.1).max()': () => dropped(0.1),
  'F.dropout(torch.ones(50, 50), 0.5).max()': () => dropped(0.5),
};

const linears = collectPrograms<Translation>(
  [
    'lin = nn.Linear(10, 2)',
    () => {
      const lin = new Linear(10, 2);
      return { 'lin.weight.shape': lin.weight.shape, 'lin.bias.shape': lin.bias?.shape };
    },
  ],
  [
    `
class MLP(nn.Module):
    def __init__(self, n_inps, nh, n_outs):
        super().__init__()
        self.l1 = nn.Linear(n_inps, nh)
        self.l2 = nn.Linear(nh, n_outs)
        self.relu = nn.ReLU()
model = MLP(784, 50, 10)`,
    () => ({
      '[p.shape for p in model.parameters()]': [...new MLP(784, 50, 10).parameters()].map(({ shape }) => shape),
    }),
  ],
  [
    'linear = nn.Linear(10, 1); linear.weight.data = tensor([[.0978, -.1878, .0189, .3040, .1120, .1977, .2137, -.2841, -.0718, .2079]]); linear.bias.data = tensor([.2796]); out = []; linear.register_forward_hook(lambda m, i, o: out.append(o)); y = linear(torch.ones([8, 10]))',
    () => {
      const linear = new Linear(10, 1);
      linear.loadStateDict({
        weight: tensor([[0.0978, -0.1878, 0.0189, 0.304, 0.112, 0.1977, 0.2137, -0.2841, -0.0718, 0.2079]]),
        bias: tensor([0.2796]),
      });
      const out: unknown[] = [];
      linear.registerForwardHook((_, __, output) => {
        out.push(output);
      });
      linear.forward(ones([8, 10]));
      return { 'out[0]': out[0] };
    },
  ],
  [
    `
class Model(nn.Module):
    def __init__(self):
        super(Model, self).__init__()
        self.register_buffer('running_average', torch.Tensor([0.0]))
        self.register_buffer('count', torch.Tensor([0.0]))
    def forward(self, x):
        self.count += 1
        self.running_average = self.running_average.mul(self.count-1).add(x).div(self.count)
        return x
model = Model(); out = []
for v in (10, 10, 5, 15, 1):
    model(v); out.append([model.count.item(), model.running_average.item()])`,
    async () => {
      const model = new RunningAverage('running_average', 'count');
      const out: unknown[] = [];
      for (const value of [10, 10, 5, 15, 1]) {
        model.forward(value);
        out.push([await model.currentCount.item(), await model.currentAverage.item()]);
      }
      return { out, 'len(list(model.parameters()))': [...model.parameters()].length };
    },
  ],
);

const losses = collectPrograms<Translation>(
  [
    'lp = tensor([[-3.3124,-2.3836,-1.1339,-1.4844,-1.1303],[-1.9481,-1.3503,-2.9377,-1.4468,-1.1712],[-2.1393,-1.8147,-4.4871,-1.4645,-.7404],[-3.1521,-2.6411,-1.9489,-2.7951,-.3821],[-1.6078,-1.3891,-2.0410,-3.2716,-.9610],[-1.2204,-2.6508,-1.1108,-2.0820,-1.7130],[-2.0168,-.9498,-1.7237,-1.5997,-2.3051],[-2.3434,-1.8218,-2.2064,-.5169,-3.3294]]); targets = torch.tensor([4,2,3,4,0,0,1,2])',
    () => {
      const logProbabilities = tensor([
        [-3.3124, -2.3836, -1.1339, -1.4844, -1.1303],
        [-1.9481, -1.3503, -2.9377, -1.4468, -1.1712],
        [-2.1393, -1.8147, -4.4871, -1.4645, -0.7404],
        [-3.1521, -2.6411, -1.9489, -2.7951, -0.3821],
        [-1.6078, -1.3891, -2.041, -3.2716, -0.961],
        [-1.2204, -2.6508, -1.1108, -2.082, -1.713],
        [-2.0168, -0.9498, -1.7237, -1.5997, -2.3051],
        [-2.3434, -1.8218, -2.2064, -0.5169, -3.3294],
      ]);
      const targets = tensor([4n, 2n, 3n, 4n, 0n, 0n, 1n, 2n]);
      return {
        'nn.NLLLoss()(lp, targets)': () => new NLLLoss().forward(logProbabilities, targets),
        'nn.CrossEntropyLoss()(lp, targets)': () => new CrossEntropyLoss().forward(logProbabilities, targets),
      };
    },
  ],
  [
    'x = tensor([[.4929,.8562,.5976],[.3183,.7167,.5629],[.4342,.5078,.7811],[.6997,.6790,.7381]]); targets = torch.FloatTensor([[0,1,1],[1,1,0],[0,0,0],[1,0,0]])',
    () => {
      const x = tensor([
        [0.4929, 0.8562, 0.5976],
        [0.3183, 0.7167, 0.5629],
        // biome-ignore lint/suspicious/noApproximativeNumericConstant: data that a document prints, not log10(e)
        [0.4342, 0.5078, 0.7811],
        [0.6997, 0.679, 0.7381],
      ]);
      const targets = tensor([
        [0, 1, 1],
        [1, 1, 0],
        [0, 0, 0],
        [1, 0, 0],
      ]);
      return { 'nn.BCELoss()(x, targets)': new BCELoss().forward(x, targets) };
    },
  ],
  ['p = 0.6', () => ({ 'F.dropout(torch.ones(50, 50), 0.6).max()': dropped(0.6) })],
);

const normalization = collectPrograms<Translation>(
  [
    'x = torch.arange(2*3*4).view(2,3,4).float()',
    () => {
      const x = arange(2 * 3 * 4)
        .view([2, 3, 4])
        .to('float32');
      return {
        'nn.InstanceNorm1d(3)(x)': () => forward(construct('InstanceNorm1d', [3]), x),
        'nn.LayerNorm(4, elementwise_affine=False)(x)': () =>
          forward(construct('LayerNorm', [4, { elementwiseAffine: false }]), x),
      };
    },
  ],
  [
    'x = torch.arange(2*3*4*5).view(2,3,4,5).float()',
    () => {
      const x = arange(2 * 3 * 4 * 5)
        .view([2, 3, 4, 5])
        .to('float32');
      const layerNorm = (shape: number | readonly number[]): Tensor =>
        forward(construct('LayerNorm', [shape, { elementwiseAffine: false }]), x).at(0, 0);
      return {
        'nn.InstanceNorm2d(3)(x)[0,0]': () => forward(construct('InstanceNorm2d', [3]), x).at(0, 0),
        'nn.LayerNorm([4,5], elementwise_affine=False)(x)[0,0]': () => layerNorm([4, 5]),
        'nn.LayerNorm(5, elementwise_affine=False)(x)[0,0]': () => layerNorm(5),
      };
    },
  ],
);

const normExceptDim = (v: Tensor, pow: number, dim: number): Tensor =>
  callFunction('normExceptDim', [v, { pow, dim }]) as Tensor;

const weightNorm = collectPrograms<Translation>(
  [
    'v = tensor([[.2782, .1382, -.0764, -.0963, .3820], [.0089, -.2772, .0862, -.3995, -.0354], [.2126, .4394, -.0193, .2077, -.2931]]); g = tensor([[.5075], [.4952], [.6064]])',
    () => {
      const v = tensor([
        [0.2782, 0.1382, -0.0764, -0.0963, 0.382],
        [0.0089, -0.2772, 0.0862, -0.3995, -0.0354],
        [0.2126, 0.4394, -0.0193, 0.2077, -0.2931],
      ]);
      const g = tensor([[0.5075], [0.4952], [0.6064]]);
      return {
        'torch.norm_except_dim(v, 2, 0)': () => normExceptDim(v, 2, 0),
        'v.norm(dim=1)': () => v.norm({ dim: 1 }),
        'torch._weight_norm(v, g)': () => callFunction('weightNormalize', [v, g]),
      };
    },
  ],
  [
    'linear = nn.Linear(5,3); a = sum(p.numel() for p in linear.parameters()); _ = nn.utils.weight_norm(linear); b = sum(p.numel() for p in linear.parameters())',
    () => {
      const linear = new Linear(5, 3);
      const a = countElements(linear);
      callFunction('weightNorm', [linear]);
      const shapes = [...linear.parameters()].map(({ shape }) => shape);
      return { a, b: countElements(linear), '[list(p.shape) for p in linear.parameters()]': shapes };
    },
  ],
  [
    'ones = torch.ones(5,5,5)',
    () => {
      const cube = ones([5, 5, 5]);
      return {
        'torch.norm_except_dim(ones, 2, 0)': () => normExceptDim(cube, 2, 0),
        'torch.norm_except_dim(ones, 3, 0)': () => normExceptDim(cube, 3, 0),
        'torch.norm_except_dim(ones, 2, 2)': () => normExceptDim(cube, 2, 2),
        'torch.norm_except_dim(ones, 2, -1)': () => normExceptDim(cube, 2, -1),
        'ones.norm()': () => cube.norm(),
        'torch.norm_except_dim(ones, 2, 0).size()': () => normExceptDim(cube, 2, 0).shape,
        'torch.norm_except_dim(ones, 2, 2).size()': () => normExceptDim(cube, 2, 2).shape,
      };
    },
  ],
);

const others = collectPrograms<Translation>(
  [
    `
x = (torch.arange(16.) + 1).view(1, 16, 1, 1).expand(2, 16, 10, 10); nets = [nn.Conv2d(16, 4, 1, groups=g) for g in (1, 2, 4)]
for i, c in enumerate(nets, 1):
    nn.init.constant_(c.weight, i); nn.init.constant_(c.bias, 0)`,
    () => {
      const x = arange(16, { dtype: 'float32' }).add(1).view([1, 16, 1, 1]).expand([2, 16, 10, 10]);
      const nets = [1, 2, 4].map(
        (groups) => construct('Conv2d', [16, 4, 1, { groups }]) as Module & { weight: Tensor; bias: Tensor },
      );
      for (const [position, net] of nets.entries()) {
        callFunction('init.constant_', [net.weight, position + 1]);
        callFunction('init.constant_', [net.bias, 0]);
      }
      return {
        '[c.weight.size() for c in nets]': () => nets.map(({ weight }) => weight.shape),
        '[c(x).mean().item() for c in nets]': () => nets.map((net) => forward(net, x).mean().item()),
        '[nets[2](x)[:, i].mean().item() for i in range(4)]': () =>
          [0, 1, 2, 3].map((channel) => forward(nets[2], x).at(':', channel).mean().item()),
        '[c(x).size() for c in nets]': () => nets.map((net) => forward(net, x).shape),
      };
    },
  ],
  [
    'import torch.utils.data as D',
    () => {
      const indices = construct('SequentialSampler', [Array.from({ length: 20 }, (_, i) => i)]);
      const batches = construct('BatchSampler', [indices, 4, { dropLast: false }]) as Iterable<unknown>;
      return { 'list(D.BatchSampler(D.SequentialSampler(range(20)), 4, False))': () => [...batches] };
    },
  ],
);

export const moduleSeeds: Programs<Translation> = new Map([
  ...linears,
  ...losses,
  ...normalization,
  ...weightNorm,
  ...others,
]);
