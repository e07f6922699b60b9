import type { DType } from '@nn/backend';
import type { Shape } from '../index.ts';
import type { Tensor } from './typed-tensor.test-d.ts';
declare function take(...t: Tensor[]): void;
export function f<D extends DType, E extends DType>(s: Tensor<[2], D>, t: Tensor<[2], E>): void { take(s.add(t).mul(s).add(t).mul(s).add(t).mul(s)); }
