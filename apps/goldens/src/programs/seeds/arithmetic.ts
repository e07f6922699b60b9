/** Elementwise arithmetic, broadcasting, indexing and einsum as the seed documents show them. */

import '@nn/tensor/methods';
import { arange, einsum, max, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { collectPrograms, type Programs, type Translation } from '../program.ts';

const integers = (...values: readonly number[]): Tensor => tensor(values, { dtype: 'int64' });

interface Basics {
  readonly a: Tensor;
  readonly b: Tensor;
  readonly m: Tensor;
  readonly c: Tensor;
}

function makeBasics(): Basics {
  return {
    a: tensor([10, 6, -4]),
    b: tensor([2, 8, 7]),
    m: tensor([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]),
    c: tensor([10, 20, 30]),
  };
}

const BASICS =
  'a = tensor([10., 6, -4]); b = tensor([2., 8, 7]); m = tensor([[1., 2, 3], [4,5,6], [7,8,9]]); c = tensor([10.,20,30])';

const basics = collectPrograms<Translation>(
  [
    BASICS,
    () => {
      const { a, b, m, c } = makeBasics();
      return {
        'a + b': () => a.add(b),
        'a < b': () => a.lt(b),
        '(a < b).all()': () => a.lt(b).all(),
        '(a == b).all()': () => a.eq(b).all(),
        '(a + b).mean().item()': () => a.add(b).mean().item(),
        'm * m': () => m.mul(m),
        'a > 0': () => a.gt(0),
        '(m - 5) / 2.73': () => m.sub(5).div(2.73),
        'm + c': () => m.add(c),
        'c.expand_as(m)': () => c.expandAs(m),
        'c.unsqueeze(0).shape': () => c.unsqueeze(0).shape,
        'c.unsqueeze(1).shape': () => c.unsqueeze(1).shape,
        'c[None,:].shape': () => c.at(null, ':').shape,
        'c[:,None].shape': () => c.at(':', null).shape,
        'c[None].shape': () => c.at(null).shape,
        'c[...,None].shape': () => c.at('...', null).shape,
        'c.unsqueeze(-1)': () => c.unsqueeze(-1),
      };
    },
  ],
  [
    `${BASICS}; t = c.expand_as(m)`,
    () => {
      const { m, c } = makeBasics();
      const t = c.expandAs(m);
      return { 't.stride()': t.stride(), 't.shape': t.shape, 't.storage().size()': t.storageSize() };
    },
  ],
  [
    `${BASICS}; m = tensor([[1., 2, 3], [4,5,6]])`,
    () => ({
      'c + m': makeBasics().c.add(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
    }),
  ],
  [
    `${BASICS}; c = c.unsqueeze(1)`,
    () => {
      const { m, c: row } = makeBasics();
      const c = row.unsqueeze(1);
      return {
        'c.shape': () => c.shape,
        c,
        'c.expand_as(m)': () => c.expandAs(m),
        'c + m': () => c.add(m),
        'c.expand_as(m).stride()': () => c.expandAs(m).stride(),
      };
    },
  ],
  [
    't = tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])',
    () => {
      const t = tensor([
        [1n, 2n, 3n],
        [4n, 5n, 6n],
        [7n, 8n, 9n],
      ]);
      return {
        't[[0, 1, 2], [0, 1, 2]]': () => t.at([0, 1, 2], [0, 1, 2]),
        't[[0, 1, 2], [0, 2, 1]]': () => t.at([0, 1, 2], [0, 2, 1]),
        't[[0, 2], [2, 1]]': () => t.at([0, 2], [2, 1]),
      };
    },
  ],
  [
    'res = torch.zeros(1000, 1); vld_y = torch.zeros(1000)',
    () => {
      const res = zeros([1000, 1]);
      const y = zeros([1000]);
      return {
        '(vld_y - res).shape': () => y.sub(res).shape,
        '(vld_y[:, None] - res).shape': () => y.at(':', null).sub(res).shape,
        'res[:, 0].shape': () => res.at(':', 0).shape,
        'res.squeeze().shape': () => res.squeeze().shape,
      };
    },
  ],
);

const smallEinsums = collectPrograms<Translation>(
  [
    'x = tensor([[.7541, -.8633], [2.2312, .0933]])',
    () => ({
      "torch.einsum('ij->ji', x)": einsum(
        'ij->ji',
        tensor([
          [0.7541, -0.8633],
          [2.2312, 0.0933],
        ]),
      ),
    }),
  ],
  [
    'x = tensor([[-.2458, -.7571], [.0921, .5496]]); y = tensor([[-1.2792, -.0648], [-.2263, -.1153]]); z = tensor([[-.2433, .4558], [.8155, .5406]])',
    () => {
      const x = tensor([
        [-0.2458, -0.7571],
        [0.0921, 0.5496],
      ]);
      const y = tensor([
        [-1.2792, -0.0648],
        [-0.2263, -0.1153],
      ]);
      const z = tensor([
        [-0.2433, 0.4558],
        [0.8155, 0.5406],
      ]);
      return { "torch.einsum('bi,ij,bj->b', x, y, z)": einsum('bi,ij,bj->b', x, y, z) };
    },
  ],
  [
    'x = tensor([[1.4828, -.7057], [-.6288, 1.3791]])',
    () => ({
      "torch.einsum('ii', x)": einsum(
        'ii',
        tensor([
          [1.4828, -0.7057],
          [-0.6288, 1.3791],
        ]),
      ),
    }),
  ],
  [
    'x = tensor([[-1.0796, 1.1161], [2.2944, .6225]])',
    () => ({
      "torch.einsum('ii->i', x)": einsum(
        'ii->i',
        tensor([
          [-1.0796, 1.1161],
          [2.2944, 0.6225],
        ]),
      ),
    }),
  ],
  [
    'x = tensor([.1439, -1.8456, -1.5355]); y = tensor([-.7276, -.5566])',
    () => ({
      "torch.einsum('i,j->ij', x, y)": einsum(
        'i,j->ij',
        tensor([0.1439, -1.8456, -1.5355]),
        tensor([-0.7276, -0.5566]),
      ),
    }),
  ],
  [
    'A = torch.randn(2, 3, 4, 5)',
    () => ({ "torch.einsum('...ij->...ji', A).shape": einsum('...ij->...ji', randn([2, 3, 4, 5])).shape }),
  ],
);

const summation = collectPrograms<Translation>([
  'v = torch.arange(6); w = torch.arange(6) + 6; A = torch.arange(6).reshape(2,3); B = (torch.arange(6) + 6).reshape(3,2); C = torch.arange(9).reshape(3,3)',
  () => {
    const v = arange(6);
    const w = arange(6).add(6);
    const A = arange(6).reshape([2, 3]);
    const B = arange(6).add(6).reshape([3, 2]);
    const C = arange(9).reshape([3, 3]);
    return {
      "torch.einsum('i', v)": () => einsum('i', v),
      "torch.einsum('i->', v)": () => einsum('i->', v),
      "torch.einsum('i,i->i', v, w)": () => einsum('i,i->i', v, w),
      "torch.einsum('i,i,i->i', v, w, w)": () => einsum('i,i,i->i', v, w, w),
      "torch.einsum('i,i->', v, w)": () => einsum('i,i->', v, w),
      "torch.einsum('i,j->ij', v, w)": () => einsum('i,j->ij', v, w),
      "torch.einsum('i,j->ji', v, w)": () => einsum('i,j->ji', v, w),
      "torch.einsum('ij', B)": () => einsum('ij', B),
      "torch.einsum('ij->ji', A)": () => einsum('ij->ji', A),
      "torch.einsum('ii->i', C)": () => einsum('ii->i', C),
      "torch.einsum('ii->', C)": () => einsum('ii->', C),
      "torch.einsum('ij->', A)": () => einsum('ij->', A),
      "torch.einsum('ij->j', B)": () => einsum('ij->j', B),
      "torch.einsum('ij->i', B)": () => einsum('ij->i', B),
      "torch.einsum('ij,ij->ij', A, B.t())": () => einsum('ij,ij->ij', A, B.t()),
      "torch.einsum('ij,ji->ij', C.t(), C)": () => einsum('ij,ji->ij', C.t(), C),
      "torch.einsum('ij,ji->ij', C, C)": () => einsum('ij,ji->ij', C, C),
      "torch.einsum('ij,jk->ik', A, B)": () => einsum('ij,jk->ik', A, B),
      "torch.einsum('ij,jk', A, B)": () => einsum('ij,jk', A, B),
      "torch.einsum('ij,kj->ik', A, C)": () => einsum('ij,kj->ik', A, C),
      "torch.einsum('ij,kj->ikj', A, C)": () => einsum('ij,kj->ikj', A, C),
      "torch.einsum('ij,kl->ijkl', A, B)": () => einsum('ij,kl->ijkl', A, B),
    };
  },
]);

/** Expressions that need no program before them. */
export const withoutProgram: Readonly<Record<string, () => unknown>> = {
  'torch.max(tensor([-5, 2, 3, -4]), tensor([0]))': () => max(integers(-5, 2, 3, -4), integers(0)),
};

export const arithmeticSeeds: Programs<Translation> = new Map([...basics, ...smallEinsums, ...summation]);
