/**
 * Programs that must fail, each as the same mistake in our library. Shapes are given as numbers that the compiler does not
 * know, since it would refuse most of these programs. A mistake in values may show only when the result is read.
 */

import '@nn/tensor/methods';
import { crossEntropy, Dropout, Linear, nllLoss } from '@nn/nn';
import { SGD } from '@nn/optim';
import { arange, cat, einsum, linear, mean, ones, stack, type Tensor, tensor } from '@nn/tensor';
import { callMethod, construct } from '../run/library.ts';
import { collectPrograms, type FailingTranslation, type Programs } from './program.ts';

const filled = (...sizes: readonly number[]): Tensor => ones(sizes);
/** Rows of two lengths, which the compiler would refuse as a literal. */
const ragged: readonly (readonly number[])[] = [[1, 2], [3]];
const integers = (values: readonly number[]): Tensor => tensor(values, { dtype: 'int64' });

const shapes = collectPrograms<FailingTranslation>(
  ['torch.ones(3, 3) * torch.ones(2, 3)', () => filled(3, 3).mul(filled(2, 3))],
  ['torch.ones(2) + torch.ones(2, 3)', () => filled(2).add(filled(2, 3))],
  ['torch.ones(2, 3) @ torch.ones(2, 3)', () => filled(2, 3).matmul(filled(2, 3))],
  ['torch.ones(3) @ torch.ones(4)', () => filled(3).matmul(filled(4))],
  ['torch.ones(6).view(4)', () => filled(6).view([4])],
  ['torch.ones(2, 3).view(-1, 4)', () => filled(2, 3).view([-1, 4])],
  ['torch.ones(2, 3).t().view(6)', () => filled(2, 3).t().view([6])],
  ['torch.cat([torch.ones(2, 3), torch.ones(2, 2)])', () => cat([filled(2, 3), filled(2, 2)])],
  ['torch.stack([torch.ones(2), torch.ones(3)])', () => stack([filled(2), filled(3)])],
  ['torch.ones(2, 3).expand(3, 3)', () => filled(2, 3).expand([3, 3])],
  [
    'torch.einsum("ij,jk->ik", torch.ones(2, 3), torch.ones(2, 3))',
    () => einsum('ij,jk->ik', filled(2, 3), filled(2, 3)),
  ],
  ['torch.ones(2, 3).permute(0, 0)', () => filled(2, 3).permute([0, 0])],
  ['torch.ones(4).reshape(3, -1)', () => filled(4).reshape([3, -1])],
  ['torch.tensor([[1, 2], [3]])', () => tensor(ragged)],
);

const ranges = collectPrograms<FailingTranslation>(
  ['torch.ones(3)[5]', () => filled(3).at(5)],
  ['torch.ones(2, 3).sum(2)', () => filled(2, 3).sum({ dim: 2 })],
  ['torch.ones(2).max(1)', () => filled(2).max({ dim: 1 })],
  ['torch.ones(2, 2).squeeze(5)', () => filled(2, 2).squeeze(5)],
  ['torch.arange(0, 5, -1)', () => arange(0, 5, -1)],
  [
    'torch.ones(3).index_select(0, torch.tensor([3]))',
    () =>
      filled(3)
        .indexSelect(0, integers([3]))
        .data(),
  ],
  [
    'F.cross_entropy(torch.ones(2, 3), torch.tensor([0, 3]))',
    () => crossEntropy(filled(2, 3), integers([0, 3])).item(),
  ],
  ['F.nll_loss(torch.ones(2, 3), torch.tensor([0, 1, 2]))', () => nllLoss(filled(2, 3), integers([0, 1, 2])).item()],
  ['torch.ones(2).item()', () => filled(2).item()],
  ['bool(torch.ones(2))', async () => Boolean(await filled(2).item())],
);

const tracking = collectPrograms<FailingTranslation>(
  ['torch.ones(2, requires_grad=True).backward()', () => ones([2], { requiresGrad: true }).backward()],
  ['torch.ones(2).sum().backward()', () => filled(2).sum().backward()],
  ['torch.ones(2, requires_grad=True).add_(1)', () => ones([2], { requiresGrad: true }).add_(1)],
  ['torch.tensor([1, 2], requires_grad=True)', () => tensor([1n, 2n], { requiresGrad: true })],
  ['torch.mean(torch.tensor([1, 2]))', () => mean(integers([1, 2]))],
);

/** Modules that this app doesn't know by type are constructed by name. */
const modules = collectPrograms<FailingTranslation>(
  ['F.linear(torch.ones(2, 3), torch.ones(4, 5))', () => linear(filled(2, 3), filled(4, 5))],
  ['nn.Linear(3, 2)(torch.ones(1, 4))', () => new Linear<number, number>(3, 2).forward(filled(1, 4))],
  [
    'nn.Conv2d(3, 2, 3)(torch.ones(1, 1, 5, 5))',
    () => callMethod(construct('Conv2d', [3, 2, 3]), 'forward', [filled(1, 1, 5, 5)]),
  ],
  ['nn.Conv2d(3, 4, 3, groups=2)', () => construct('Conv2d', [3, 4, 3, { groups: 2 }])],
  ['nn.MultiheadAttention(5, 2)', () => construct('MultiheadAttention', [5, 2])],
  ['nn.BatchNorm1d(3)(torch.ones(1, 3))', () => callMethod(construct('BatchNorm1d', [3]), 'forward', [filled(1, 3)])],
  [
    'nn.Linear(2, 2).load_state_dict({"weight": torch.ones(2, 2)})',
    () => new Linear(2, 2).loadStateDict({ weight: filled(2, 2) }),
  ],
  [
    'nn.Linear(2, 2).load_state_dict({"weight": torch.ones(2, 3), "bias": torch.ones(2)})',
    () => new Linear(2, 2).loadStateDict({ weight: filled(2, 3), bias: filled(2) }),
  ],
  ['nn.Dropout(1.5)', () => new Dropout({ p: 1.5 })],
  ['torch.optim.SGD([], lr=0.1)', () => new SGD([], { lr: 0.1 })],
  [
    'torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=-1)',
    () => new SGD([ones([1], { requiresGrad: true })], { lr: -1 }),
  ],
);

export const errorPrograms: Programs<FailingTranslation> = new Map([...shapes, ...ranges, ...tracking, ...modules]);
