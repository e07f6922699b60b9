/**
 * The public page of @nn/tensor/methods. Importing it puts the less common methods on tensors, such as `at`, `median` and the in-place elementwise ones, whose types
 * `Tensor` has in any case. Each of them is a function of @nn/tensor too.
 */
import * as families from './methods/more/index.ts';
import { Tensor } from './tensor.ts';

for (const { prototype } of Object.values(families)) {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(prototype);
  Object.defineProperties(Tensor.prototype, methods);
}
