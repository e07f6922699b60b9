/** The types that elementwise functions and methods give, and the sentences that they say. Compiled, never run. */
import { float, type Tensor } from '../../index.ts';
import type { Shape } from '../../types/index.ts';
import * as ops from './index.ts';

interface Exact<in out T> {
  readonly both: (value: T) => T;
}

/** `is<[2, 3], 'int64'>()(x)`: x has exactly this shape and dtype. */
declare function is<S extends Shape, D>(): <T extends Tensor>(
  x: Exact<[T['~shape'], T['dtype']]> extends Exact<[S, D]> ? T : ['not', S, D],
) => void;

declare const x: Tensor<[64, 784], 'float32'>;
declare const row: Tensor<[784], 'float32'>;
declare const short: Tensor<[100], 'float32'>;
declare const column: Tensor<[64, 1], 'float64'>;
declare const whole: Tensor<[64, 784], 'int64'>;
declare const truth: Tensor<[64, 1], 'bool'>;
declare const any: Tensor;

// One tensor.
is<[64, 784], 'float32'>()(ops.relu(x).exp().neg().sqrt());
is<[64, 784], 'int64'>()(ops.floor(whole).abs().square());
is<[64, 784], 'float32'>()(ops.sigmoid(whole));
is<[64, 784], 'float32'>()(whole.tanh());
is<[64, 784], 'bool'>()(whole.isnan().logicalNot());
is<[64, 784], 'float32'>()(ops.leakyRelu(ops.gelu(x, { approximate: 'tanh' }), { negativeSlope: 0.2 }));
is<[64, 784], 'int64'>()(ops.round(whole, { decimals: 0 }).nanToNum({ nan: 1 }));
is<[64, 784], 'float32'>()(x.logit({ eps: 0.1 }));
is<Shape, 'bool'>()(any.isfinite());

// Two.
is<[64, 784], 'float64'>()(x.add(column).sub(row, { alpha: 2 }));
is<[64, 784], 'float32'>()(ops.add(2, x));
is<[64, 784], 'int64'>()(whole.mul(2).maximum(1).remainder(3));
is<[64, 784], 'float32'>()(whole.mul(0.5));
is<[64, 784], 'float32'>()(whole.mul(float(2)));
is<[64, 784], 'float32'>()(whole.div(2));
is<[64, 784], 'int64'>()(whole.div(2, { roundingMode: 'floor' }));
is<[64, 784], 'float32'>()(ops.atan2(whole, 1).copysign(-1).xlogy(row));
is<[64, 784], 'bool'>()(x.gt(0).logicalAnd(row).eq(truth));
is<[64, 784], 'bool'>()(ops.isclose(x, row, { equalNan: true }));

// Three.
is<[64, 784], 'float32'>()(ops.where(truth, x, 0));
is<[64, 784], 'int64'>()(ops.where(truth, whole, 0));
is<[64, 784], 'float32'>()(x.where(truth, 0));
is<[64, 784], 'float32'>()(ops.clamp(x, { min: 0 }));
is<[64, 784], 'int64'>()(ops.clamp(whole, { min: 0, max: 9 }));
is<[64, 784], 'float32'>()(whole.clamp({ max: 0.5 }));
is<[64, 784], 'float32'>()(row.clamp({ min: x }));
is<[64, 784], 'float32'>()(ops.lerp(x, row, 0.5));
is<[64, 784], 'float64'>()(x.addcmul(row, column, { value: 2 }));

// In place: what comes in goes out.
is<[64, 784], 'float32'>()(x.add_(row).mul_(2).relu_().clamp_({ min: 0 }).copy_(row).fill_(1).zero_());
is<[64, 784], 'int64'>()(ops.add_(whole, x));

// @ts-expect-error add: sizes 784 and 100 do not broadcast
x.add(short);
// @ts-expect-error add_: sizes 784 and 100 do not broadcast
x.add_(short);
// @ts-expect-error lt: sizes 784 and 100 do not broadcast
ops.lt(x, short);
// @ts-expect-error where: sizes 784 and 100 do not broadcast
ops.where(truth, x, short);
// @ts-expect-error where: sizes 784 and 100 do not broadcast
x.where(truth, short);
// @ts-expect-error addcdiv: sizes 784 and 100 do not broadcast
ops.addcdiv(x, row, short);
// @ts-expect-error copy_: sizes 784 and 100 do not broadcast
x.copy_(short);
// @ts-expect-error no such option
ops.leakyRelu(x, { slope: 1 });
// @ts-expect-error no such rounding
x.div(2, { roundingMode: 'ceil' });

// Generic code is never blocked.
export function scaled<S extends Shape>(t: Tensor<S, 'float32'>): Tensor<S, 'float32'> {
  return t.mul(2).relu().sub(t).exp();
}
export function shifted<B extends number>(t: Tensor<[B, 784], 'float32'>): Tensor<[B, 784], 'float32'> {
  return ops.add(t, row).clamp({ min: 0 });
}
is<[64, 784], 'float32'>()(scaled(shifted(x)));
