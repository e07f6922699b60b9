import * as ops from '../../ops/random/index.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';

export abstract class MoreRandomMethods {
  exponential_<A extends Tensor>(this: A, rate?: number, options?: ops.GeneratorOptions): A {
    return ops.exponential_(this, rate, options);
  }
  bernoulli_<A extends Tensor>(this: A, p?: number | Tensor, options?: ops.GeneratorOptions): A {
    return ops.bernoulli_(this, p, options);
  }
  random_<A extends Tensor>(this: A, ...range: readonly (number | ops.GeneratorOptions)[]): A {
    return ops.random_(this, ...range);
  }
  bernoulli<A extends Tensor>(this: A, options?: ops.GeneratorOptions): Tensor<A['~shape'], A['dtype']> {
    return ops.bernoulli(this, options);
  }
  multinomial(this: Tensor, n: number, options?: ops.MultinomialOptions): Tensor<Shape, 'int64'> {
    return ops.multinomial(this, n, options);
  }
}
