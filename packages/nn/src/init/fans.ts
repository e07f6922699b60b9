/** How many inputs and outputs a weight connects, and how much a nonlinearity shrinks what passes through it. */
import { ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { shapeText } from '@nn/tensor/internal';

/** By PyTorch's names. */
export type Nonlinearity =
  | 'linear' | 'conv1d' | 'conv2d' | 'conv3d' | 'conv_transpose1d' | 'conv_transpose2d' | 'conv_transpose3d'
  | 'sigmoid' | 'tanh' | 'relu' | 'leaky_relu' | 'selu'; // biome-ignore format: one glance

const gains: { readonly [N in Nonlinearity]: (slope: number) => number } = {
  linear: () => 1,
  conv1d: () => 1,
  conv2d: () => 1,
  conv3d: () => 1,
  conv_transpose1d: () => 1,
  conv_transpose2d: () => 1,
  conv_transpose3d: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leaky_relu: (slope) => Math.sqrt(2 / (1 + slope * slope)),
  selu: () => 3 / 4,
};

/**
 * The factor by which weights before a nonlinearity should be larger; PyTorch: `init.calculate_gain`.
 * @param param the negative slope of 'leaky_relu'; 0.01
 * @throws ValueError for an unknown nonlinearity
 * @example
 * ```ts
 * import { init } from '@nn/nn';
 * console.log(init.calculateGain('relu') ** 2); // prints: 2.0000000000000004
 * ```
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  if (!Object.hasOwn(gains, nonlinearity))
    throw new ValueError(
      'calculateGain',
      `there is no gain for '${nonlinearity}'; there are ${Object.keys(gains).join(', ')}`,
    );
  return gains[nonlinearity](param);
}

/**
 * `[fanIn, fanOut]` of a weight (out, in, …): how many inputs each output sees, and the other way round. PyTorch: `init._calculate_fan_in_and_fan_out`.
 * @throws ValueError for fewer than two dimensions
 * @example
 * ```ts
 * import { init } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(init.calculateFanInAndFanOut(zeros([20, 10, 3, 3]))); // prints: [ 90, 180 ]
 * ```
 */
export function calculateFanInAndFanOut(tensor: Tensor): [fanIn: number, fanOut: number] {
  const [outputs, inputs, ...window] = tensor.layout.shape;
  if (outputs === undefined || inputs === undefined)
    throw new ValueError(
      'calculateFanInAndFanOut',
      `a weight has 2 dimensions at least, this has shape ${shapeText(tensor.layout.shape)}; use normal_ or uniform_ for it`,
    );
  const area = window.reduce((product, n) => product * n, 1);
  return [inputs * area, outputs * area];
}
