/** Promotion: PyTorch's results (1.13.1) for tensors, for tensors without dimensions, for numbers. */
import type { DType } from '@nn/backend';
import { add, cat, div, exp, float, gt, mul, pow, relu, type Tensor, tensor, where, zeros } from '../../index.ts';
import type { DTypeOf, FloatOf, Promote, PromoteAll, TotalOf, TruthOf } from '../index.ts';
import { flag, gives, is, n, untyped } from './assert.test-d.ts';

const bool = zeros([3], { dtype: 'bool' });
const uint8 = zeros([3], { dtype: 'uint8' });
const int32 = zeros([3], { dtype: 'int32' });
const int64 = zeros([3], { dtype: 'int64' });
const float16 = zeros([3], { dtype: 'float16' });
const float32 = zeros([3]);
const float64 = zeros([3], { dtype: 'float64' });

// Row by column; every pair, both ways round.
type Row<A extends DType> = { [B in DType]: Promote<A, B> };
type Column<B extends DType> = { [A in DType]: Promote<A, B> };
interface Floats {
  float16: 'float16';
  float32: 'float32';
  float64: 'float64';
}
interface Expected {
  bool: { bool: 'bool'; uint8: 'uint8'; int32: 'int32'; int64: 'int64' } & Floats;
  uint8: { bool: 'uint8'; uint8: 'uint8'; int32: 'int32'; int64: 'int64' } & Floats;
  int32: { bool: 'int32'; uint8: 'int32'; int32: 'int32'; int64: 'int64' } & Floats;
  int64: { bool: 'int64'; uint8: 'int64'; int32: 'int64'; int64: 'int64' } & Floats;
  float16: { bool: 'float16'; uint8: 'float16'; int32: 'float16'; int64: 'float16' } & Floats;
}
gives<{ [A in keyof Expected]: Row<A> }, { [A in keyof Expected]: Expected[A] }>();
gives<{ [A in keyof Expected]: Column<A> }, { [A in keyof Expected]: Expected[A] }>();
gives<Row<'float32'>, { [B in DType]: B extends 'float64' ? 'float64' : 'float32' }>();
gives<Column<'float32'>, { [B in DType]: B extends 'float64' ? 'float64' : 'float32' }>();
gives<Row<'float64'>, { [B in DType]: 'float64' }>();
gives<Column<'float64'>, { [B in DType]: 'float64' }>();
gives<Promote<'int32' | 'float32', 'bool'>, 'int32' | 'float32'>();
gives<Promote<DType, DType>, DType>();

is<[3], 'int64'>()(int32.add(int64));
is<[3], 'float32'>()(int64.mul(float32));
is<[3], 'int32'>()(pow(int32, uint8));
is<[3], 'bool'>()(bool.mul(bool));
is<[3], 'int64'>()(bool.maximum(int64));
is<[3], 'float64'>()(where(bool, float32, float64));
is<[3], 'float16'>()(float16.add(int64));
is<[3], 'float32'>()(float16.mul(float32));

// A tensor without dimensions counts only if its kind is higher.
const scalar = <D extends DType>(dtype: D): Tensor<[], D> => zeros([]).to(dtype);
is<[3], 'float32'>()(float32.add(scalar('float64')));
is<[3], 'float32'>()(scalar('float64').add(float32));
is<[3], 'float16'>()(float16.add(scalar('float32')));
is<[3], 'float16'>()(int32.add(scalar('float16')));
is<[3], 'uint8'>()(uint8.add(scalar('int32')));
is<[3], 'int32'>()(int32.add(scalar('int64')));
is<[3], 'float32'>()(int64.add(scalar('float32')));
is<[3], 'float64'>()(int64.add(scalar('float64')));
is<[3], 'int32'>()(bool.add(scalar('int32')));
is<[3], 'uint8'>()(bool.add(scalar('uint8')));
is<[], 'float64'>()(scalar('float32').add(scalar('float64')));
is<[], 'int64'>()(scalar('int32').add(scalar('int64')));
// Where the rank is unknown, either.
const ranked: Tensor<readonly number[], 'float32'> = float32;
is<readonly number[], 'float32' | 'float64'>()(ranked.add(scalar('float64')));
is<readonly number[], 'float32'>()(ranked.add(scalar('int64')));

// Numbers: whole ones count as integers, `float` says otherwise, booleans count as booleans.
is<[3], 'float32'>()(float32.add(2).add(2.5).add(true));
is<[3], 'float64'>()(float64.add(2).add(2.5).add(true));
is<[3], 'float16'>()(float16.add(2).add(2.5).add(true));
is<[3], 'int32'>()(int32.add(2).mul(true));
is<[3], 'float32'>()(int32.add(2.5));
is<[3], 'float32'>()(int32.add(float(2)));
is<[3], 'int64'>()(int64.add(2));
is<[3], 'float32'>()(int64.mul(2.5));
is<[3], 'uint8'>()(uint8.add(2).add(true));
is<[3], 'float32'>()(uint8.add(2.5));
is<[3], 'int64'>()(bool.add(2));
is<[3], 'int64'>()(mul(2, bool));
is<[3], 'float32'>()(bool.mul(2.5));
is<[3], 'bool'>()(bool.mul(true));
is<[3], 'int32' | 'float32'>()(int32.add(n));
is<[3], 'int64' | 'float32'>()(bool.add(n));
is<[3], 'float32'>()(float32.add(n));
is<[3], 'int32'>()(int32.add(-2));
is<[], 'float32'>()(scalar('int32').add(0.5));

// Division, functions of real numbers, comparisons.
is<[3], 'float32'>()(int32.div(2));
is<[3], 'float32'>()(div(bool, uint8));
is<[3], 'float64'>()(float64.div(2));
is<[3], 'float64'>()(int32.div(float64));
is<[3], 'int32'>()(int32.div(2, { roundingMode: 'floor' }));
is<[3], 'int64'>()(div(int32, int64, { roundingMode: 'trunc' }));
is<[3], 'float32'>()(div(int32, 2, { roundingMode: null }));
is<[3], 'float32'>()(exp(int32));
is<[3], 'float64'>()(float64.exp());
is<[3], 'float16'>()(float16.exp());
is<[3], 'float16'>()(float32.half());
is<[3], 'int32'>()(relu(int32));
is<[3], 'bool'>()(gt(int32, 2.5));
is<[3], 'bool'>()(float64.lt(true));

// Joining
is<[6], 'float32'>()(cat([int64, float32]));
is<[6], 'int64'>()(cat([bool, int64]));
is<[9], 'float64'>()(cat([float32, bool, float64]));
gives<PromoteAll<[Tensor<[2], 'bool'>, Tensor<[2], 'int32'>]>, 'int32'>();
gives<PromoteAll<Tensor<[2], 'bool' | 'int32'>[]>, 'bool' | 'int32'>();

gives<
  [TotalOf<'bool'>, TotalOf<'uint8'>, TotalOf<'int32'>, TotalOf<'float64'>],
  ['int64', 'int64', 'int64', 'float64']
>();
gives<[FloatOf<'bool'>, FloatOf<'int64'>, FloatOf<'float64'>], ['float32', 'float32', 'float64']>();
gives<[TruthOf<'bool'>, TruthOf<'uint8'>, TruthOf<'float64'>], ['bool', 'uint8', 'bool']>();
gives<DTypeOf<Tensor>, DType>();

// Unions, unknown dtypes, declared ones.
is<[3], 'float32' | 'float64'>()((flag ? float32 : float64).add(int32));
is<[3], DType>()(
  (untyped as Tensor<[3]>)
    .add(float32)
    .add(tensor([1, 2, 3]))
    .to('float32') as Tensor<[3]>,
);
gives<Promote<DType, 'float32'>, 'float32' | 'float64'>();
is<[3], 'float64'>()(float32.to('float64'));
is<[3], 'float32' | 'float64'>()(float32.to(flag ? 'float32' : 'float64'));
is<[3], 'int32'>()(add(int32, int32));
