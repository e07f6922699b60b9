/** The shape types as users meet them, on the real Tensor: right programs have exact types, wrong ones don't compile. */
import { add, cat, einsum, matmul, randn, stack, type Tensor, tensor, zeros } from '@nn/tensor';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is =
  <Expected>(): (<Actual>(_: Actual & (Equal<Actual, Expected> extends true ? unknown : never)) => void) =>
  () => {};

const x = randn([64, 784]);
const w = randn([784, 50]);

is<Tensor<[64, 50], 'float32'>>()(x.matmul(w));
is<Tensor<[64, 50], 'float32'>>()(
  matmul(x, w)
    .add(zeros([50]))
    .relu(),
);
is<Tensor<[784], 'float32'>>()(x.sum({ dim: 0 }));
is<Tensor<[64, 1], 'float32'>>()(x.mean({ dim: 1, keepdim: true }));
is<Tensor<[784, 64], 'float32'>>()(x.transpose(0, 1));
is<Tensor<[64, 28, 28], 'float32'>>()(x.reshape([64, 28, -1]));
is<Tensor<[64, 50], 'float32'>>()(einsum('ij,jk->ik', x, w));
is<Tensor<[2, 64, 784], 'float32'>>()(stack([x, x]));
is<Tensor<[128, 784], 'float32'>>()(cat([x, x]));
is<Tensor<[64], 'int64'>>()(x.argmax({ dim: 1 }));
is<Tensor<[2, 2], 'float32'>>()(
  tensor([
    [1, 2],
    [3, 4],
  ]),
);
is<Tensor<[64, 784], 'bool'>>()(x.gt(0));

// @ts-expect-error matmul: inner sizes 784 and 100 differ
x.matmul(randn([100, 50]));
// @ts-expect-error matmul: inner sizes 784 and 100 differ
matmul(x, randn([100, 50]));
// @ts-expect-error add: sizes 784 and 100 do not broadcast
x.add(randn([100]));
// @ts-expect-error the same for the function
add(x, randn([100]));
// @ts-expect-error transpose: dimension 2 is out of range for rank 2
x.transpose(0, 2);
// @ts-expect-error sum: dimension 5 is out of range for rank 2
x.sum({ dim: 5 });
// @ts-expect-error reshape: (64, 784) has 50176 elements, (100, 500) has 50000
x.reshape([100, 500]);
// @ts-expect-error einsum: index j is both 784 and 100
einsum('ij,jk->ik', x, randn([100, 50]));
// @ts-expect-error misspelt option
x.sum({ keepDim: true });

/** Unknown sizes and generic ones are never in the way. */
export function forward<B extends number>(input: Tensor<[B, 784], 'float32'>): Tensor<[B, 50], 'float32'> {
  return input.matmul(w).relu();
}
export function anything(a: Tensor, b: Tensor): Tensor {
  let h: Tensor = a.matmul(b).add(1);
  h = h.transpose(0, 1).reshape([2, -1]);
  return h.sum({ dim: 0 });
}
const n: number = 3;
is<Tensor<[number, 50], 'float32'>>()(randn([n, 784]).matmul(w));
is<Tensor<[8, 50], 'float32'>>()(forward(randn([8, 784])));
