/** Indexing: integers, slices, new dimensions, ellipsis, tensors, arrays, masks. */

import { randn, type Tensor, zeros } from '../../index.ts';
import type { CanSelect, Select, Shape } from '../index.ts';
import { anything, batch, flag, gives, is, n, sizes, unknown } from './assert.test-d.ts';

const x = randn([64, 784]);
const image = randn([64, 1, 28, 28]);
const indices = zeros([5, 7], { dtype: 'int64' });
const mask = zeros([64], { dtype: 'bool' });

// integers, slices, new dimensions
is<[784]>()(x.at(0));
is<[784]>()(x.at(-64));
is<[784]>()(x.at(n));
is<[]>()(x.at(0, 1));
is<[64, 784]>()(x.at());
is<[number, 1, 28, 28]>()(image.at('1:3'));
is<[64, 28, 28]>()(image.at(':', 0, '...'));
is<[number, 784]>()(x.at('::2'));
is<[1, 64, 1, 784]>()(x.at(null, ':', null));
is<[number, 1, 28, 28]>()(image.at(0, '0:1', null, '...').at('...'));
is<[number, 1, 28, 28]>()(image.at('0:9', null, 0));
is<[1]>()(randn([]).at(null));
is<[]>()(randn([]).at('...'));
// ellipsis
is<[64, 1, 28]>()(image.at('...', 0));
is<[1, 28]>()(image.at(0, '...', 2));
is<[64, 784, 1]>()(x.at('...', null));
is<[]>()(x.at(0, '...', 1));
is<[64, 784]>()(x.at(':', '...', ':'));
// tensors, arrays, masks
is<[5, 7, 784]>()(x.at(indices));
is<[64, 5, 7]>()(x.at(':', indices));
is<[5, 7]>()(x.at(0, indices));
is<[5, 7, 784]>()(x.at(indices.to('int32')));
is<[2, 784]>()(x.at([0, 2]));
is<[number, 784]>()(x.at(sizes));
is<[number, 784]>()(x.at(mask));
is<[number]>()(x.at(x.gt(0)));
is<[number, 784]>()(x.at([true, false] as boolean[]));
is<[64, number, 28]>()(image.at('...', randn([1, 28]).gt(0), ':'));
is<[number, 64, 784]>()(x.at(true));
is<[number, 784]>()(x.at({ start: 1, stop: null, step: 2 }));
is<[number, 784]>()(x.at(new Int32Array(3)));
is<Shape>()(
  x.at([
    [0, 1],
    [2, 3],
  ]),
);
is<Shape>()(x.at([[true, false]]));
is<Shape>()(image.at('...', 5, [[true, false]]));
is<Shape>()(x.at(indices, indices));
is<Shape>()(x.at(zeros([3], { dtype: 'uint8' })));
is<Shape>()(x.at(unknown.gt(0)));
// unknown sizes and ranks
is<[784]>()(randn([n, 784]).at(100));
is<[typeof batch]>()(randn([batch, 784]).at(':', 3));
is<Shape>()(unknown.at(0));
is<Shape>()(x.at(...(anything as number[])));

// @ts-expect-error at: 3 indices for rank 2
x.at(0, 1, 2);
// @ts-expect-error at: 3 indices for rank 2
x.at(0, 1, { start: 0, stop: 1, step: 1 });
// @ts-expect-error at: index 784 is out of bounds for dimension 1 with size 784
x.at(true, 0, 784);
// @ts-expect-error at: 1 indices for rank 0
randn([]).at(0);
// @ts-expect-error at: 3 indices for rank 2
x.at(0, '...', 1, 2);
// @ts-expect-error at: 2 indices for rank 1
mask.at(x.gt(0));
// @ts-expect-error at: only one '...' is allowed
x.at('...', '...');
// @ts-expect-error at: index 64 is out of bounds for dimension 0 with size 64
x.at(64);
// @ts-expect-error at: index -785 is out of bounds for dimension 1 with size 784
x.at(':', -785);
// @ts-expect-error at: index 784 is out of bounds for dimension 1 with size 784
x.at('...', 784);
// @ts-expect-error at: index 0 is out of bounds for dimension 0 with size 0
randn([0]).at(0);
// @ts-expect-error at: a mask of size 64 does not fit dimension 1 of size 784
x.at(':', mask);
// @ts-expect-error Argument of type '{}' is not assignable to parameter of type 'Index'
x.at({});
gives<CanSelect<[64, 784], [0, 1, 2]>, 'at: 3 indices for rank 2'>();
gives<CanSelect<[3], [-4]>, 'at: index -4 is out of bounds for dimension 0 with size 3'>();
gives<Select<[3], [-3]>, []>();
gives<CanSelect<[3], ['...', '...']>, "at: only one '...' is allowed">();

// Unions and any.
const either = flag ? randn([64, 784]) : randn([32, 784]);
const row: Tensor<[784], 'float32'> = either.at(40);
const part: Tensor<[64] | [32], 'float32'> = either.at(':', flag ? 0 : 1);
// @ts-expect-error at: 3 indices for rank 2
either.at(0, 0, 0);
const any1: Tensor = x.at(anything);
const any2: Tensor = x.at(0, anything);
// biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
const any3: Tensor = (anything as Tensor<any>).at(0, ':');
void [row, part, any1, any2, any3];
