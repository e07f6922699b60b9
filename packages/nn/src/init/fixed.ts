/** Initial values that aren't random. Every function fills its tensor in place, outside of any graph, and returns it. */

import { noGrad } from '@nn/autograd';
import { ValueError } from '@nn/backend';
import { fill_, type Tensor } from '@nn/tensor';
import { checkNamed, shapeText } from '@nn/tensor/internal';
import { overwrite } from './host.ts';

/** One value everywhere. PyTorch: `init.constant_`. */
export function constant_<T extends Tensor>(tensor: T, value: number): T {
  noGrad<void>(() => {
    fill_(tensor, value);
  });
  return tensor;
}

/** Ones. PyTorch: `init.ones_`. */
export const ones_ = <T extends Tensor>(tensor: T): T => constant_(tensor, 1);

/** Zeros. PyTorch: `init.zeros_`. */
export const zeros_ = <T extends Tensor>(tensor: T): T => constant_(tensor, 0);

/**
 * The identity: ones on the diagonal of a matrix, else zeros. PyTorch: `init.eye_`.
 * @throws ValueError for anything but a matrix
 */
export function eye_<T extends Tensor>(tensor: T): T {
  const { shape } = tensor.layout;
  if (shape.length !== 2) throw new ValueError('eye_', `takes a matrix, got shape ${shapeText(shape)}`);
  const columns = shape[1]!;
  const values = new Float64Array(tensor.layout.size);
  for (let i = 0; i < Math.min(shape[0]!, columns); i++) values[i * columns + i] = 1;
  return overwrite(tensor, values);
}

/**
 * Convolution kernels (out, in, …) that pass on as many channels as they can, in each group. PyTorch: `init.dirac_`.
 * @throws ValueError unless there are 3 to 5 dimensions and `groups` divides the output channels
 * @example
 * ```ts
 * import { init } from '@nn/nn';
 * import { empty } from '@nn/tensor';
 * console.log(await init.dirac_(empty([2, 2, 3])).toArray()); // prints: [ [ [ 0, 1, 0 ], [ 0, 0, 0 ] ], [ [ 0, 0, 0 ], [ 0, 1, 0 ] ] ]
 * ```
 */
export function dirac_<T extends Tensor>(tensor: T, options: { readonly groups?: number | undefined } = {}): T {
  const { groups = 1 } = checkNamed('dirac_', options);
  const { shape } = tensor.layout;
  if (shape.length < 3 || shape.length > 5)
    throw new ValueError('dirac_', `takes a kernel of 3 to 5 dimensions, got shape ${shapeText(shape)}`);
  const [outputs, inputs, ...window] = shape as readonly [number, number, ...number[]];
  if (outputs % groups !== 0)
    throw new ValueError('dirac_', `${outputs} output channels can't be divided into ${groups} groups`);
  const each = outputs / groups;
  const area = window.reduce((product, n) => product * n, 1);
  const centre = window.reduce((place, n) => place * n + Math.floor(n / 2), 0);
  const values = new Float64Array(tensor.layout.size);
  for (let group = 0; group < groups; group++)
    for (let d = 0; d < Math.min(each, inputs); d++) values[((group * each + d) * inputs + d) * area + centre] = 1;
  return overwrite(tensor, values);
}
