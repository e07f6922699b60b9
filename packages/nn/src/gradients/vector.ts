/** Parameters as one long vector, and back. */

import { noGrad } from '@nn/autograd';
import { ShapeError, ValueError } from '@nn/backend';
import { cat, type Tensor } from '@nn/tensor';
import { reshape, sizeOf, sizesOf, slice } from '@nn/tensor/internal';
import { listed } from '../module/listed.ts';
import { adopt } from '../module/parameter.ts';

/**
 * The elements of all parameters in a row; differentiable. PyTorch: `torch.nn.utils.parameters_to_vector`.
 * @throws ValueError if there are none
 * @example
 * ```ts
 * import { Linear, parametersToVector } from '@nn/nn';
 * console.log(parametersToVector(new Linear(3, 2).parameters()).shape); // prints: [ 8 ]
 * ```
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor<[number]> {
  const parts = listed('parametersToVector', parameters).map((p) =>
    reshape(p, [sizeOf(sizesOf('parametersToVector', p))]),
  );
  if (parts.length === 0) throw new ValueError('parametersToVector', 'got no parameters; pass model.parameters()');
  const vector = cat(parts as never) as Tensor;
  for (const part of parts) part.dispose();
  return vector as Tensor<readonly number[]> as Tensor<[number]>;
}

/**
 * Gives the parameters the values of a vector, in the order of `parametersToVector`. They share its memory from then on, and keep their identity. PyTorch:
 * `torch.nn.utils.vector_to_parameters`.
 * @throws ShapeError unless the vector has as many elements as the parameters
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  const targets = listed('vectorToParameters', parameters);
  sizesOf('vectorToParameters', vector);
  for (const p of targets) sizesOf('vectorToParameters', p);
  const total = targets.reduce((sum, p) => sum + p.layout.size, 0);
  if (vector.layout.shape.length !== 1 || vector.layout.size !== total)
    throw new ShapeError(
      'vectorToParameters',
      `the parameters have ${total} elements, the vector has shape (${vector.layout.shape.join(', ')})`,
    );
  noGrad<void>(() => {
    let start = 0;
    for (const p of targets) {
      const part = slice(vector, 0, start, p.layout.size);
      const shaped = reshape(part, p.layout.shape);
      adopt(p, shaped);
      shaped.dispose();
      part.dispose();
      start += p.layout.size;
    }
  });
}
