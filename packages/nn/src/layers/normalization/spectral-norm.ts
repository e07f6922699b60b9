/** Spectral normalization of a module: before every `forward` a parameter is divided by its largest singular value, as far as power iteration knows it. */
import { isGradEnabled, noGrad } from '@nn/autograd';
import { ValueError } from '@nn/backend';
import { div, dot, matmul, normalize, randn, scope, type Tensor } from '@nn/tensor';
import { assign, checkNamed, clone, dimension, permute, reshape, sizeOf } from '@nn/tensor/internal';
import type { Module } from '../../module/module.ts';
import { fieldsOf, plainParameter, renew, restore } from './normalized.ts';

export interface SpectralNormOptions {
  /** The parameter; 'weight'. */
  readonly name?: string | undefined;
  /** How many steps of power iteration each `forward` in training mode takes; 1. */
  readonly nPowerIterations?: number | undefined;
  /** The smallest length that vectors are divided by; 1e-12. */
  readonly eps?: number | undefined;
  /** The dimension of the outputs, whose rows make the matrix; 0, of transposed convolutions 1. */
  readonly dim?: number | undefined;
}

/** A weight as a matrix with a row for each place of a dimension: a view, or a copy where there is none. */
function matrixOf(weight: Tensor, dim: number): Tensor {
  const { shape } = weight.layout;
  const others = shape.map((_, d) => d).filter((d) => d !== dim);
  const front = dim === 0 ? weight : permute(weight, [dim, ...others]);
  return reshape(front, [shape[dim]!, sizeOf(others.map((d) => shape[d]!))]);
}

const random = (size: number, { dtype, backend }: Tensor, eps: number): Tensor => {
  const drawn = randn([size], { dtype: dtype as 'float32', backend }) as Tensor;
  const out = normalize(drawn, { dim: 0, eps });
  drawn.dispose();
  return out;
};

/** Writes the direction of a vector over another, and gives the vector back. */
function direct(target: Tensor, vector: Tensor, eps: number): void {
  const direction = normalize(vector, { dim: 0, eps });
  assign(target, direction);
  for (const t of [vector, direction]) t.dispose();
}

/**
 * Divides a parameter by its spectral norm uᵀ W v, before every `forward`: W is the weight as a matrix, u and v are its first singular vectors, which come closer to that by power iteration at
 * each `forward` in training mode. Learnt is `weight_orig`; `weight_u` and `weight_v` are buffers; the field is a plain tensor, until the first `forward` of the value that it had. Returns the
 * module. Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018. PyTorch: `torch.nn.utils.spectral_norm`, whose state dicts these are; those of
 * `torch.nn.utils.parametrizations.spectral_norm` have other names.
 * @param options `name` ('weight'), `nPowerIterations` (1), `eps` (1e-12), `dim` (0, of transposed convolutions 1)
 * @throws ValueError if there is no such parameter, it is normalized already, or `nPowerIterations` is no whole number above 0
 * @example
 * ```ts
 * import { Linear, spectralNorm } from '@nn/nn';
 * import { eye } from '@nn/tensor';
 * const layer = spectralNorm(new Linear(3, 3, { bias: false }));
 * console.log(Object.entries(layer.stateDict()).map(([name, { shape }]) => `${name} ${shape.join('x')}`).join(', '));
 * // prints: weight_orig 3x3, weight_u 3, weight_v 3
 * layer.loadStateDict({ weight_orig: eye(3).mul(4) }, { strict: false });
 * console.log(await layer.forward(eye(3)).max().item()); // prints: 1
 * ```
 */
export function spectralNorm<M extends Module>(module: M, options: SpectralNormOptions = {}): M {
  const { name = 'weight', nPowerIterations = 1, eps = 1e-12, ...given } = checkNamed('spectralNorm', options);
  if (!(Number.isInteger(nPowerIterations) && nPowerIterations > 0))
    throw new ValueError('spectralNorm', `nPowerIterations must be a whole number above 0, got ${nPowerIterations}`);
  const fields = fieldsOf(module);
  const weight = plainParameter('spectralNorm', module, name);
  const { shape } = weight.layout;
  const isTransposed = (module as { readonly transposed?: unknown }).transposed === true;
  const dim = dimension('spectralNorm', given.dim ?? (isTransposed ? 1 : 0), shape.length);
  fields[name] = undefined;
  module.registerParameter(`${name}_orig`, weight);
  module.registerBuffer(`${name}_u`, random(shape[dim]!, weight, eps));
  module.registerBuffer(`${name}_v`, random(sizeOf(shape.filter((_, d) => d !== dim)), weight, eps));
  fields[name] = weight.detach();
  const computed = (iterates: boolean): Tensor =>
    scope(() => {
      const [orig, u, v] = ['orig', 'u', 'v'].map((part) => fields[`${name}_${part}`]) as [Tensor, Tensor, Tensor];
      const matrix = matrixOf(orig, dim);
      const iterate = (): void => {
        for (let i = 0; i < nPowerIterations; i++) {
          direct(v, matmul(u, matrix) as Tensor, eps);
          direct(u, matmul(matrix, v) as Tensor, eps);
        }
      };
      if (iterates) noGrad<void>(iterate);
      // The next forward changes both; gradients of this one read them as they are now.
      const [left, right] = iterates && isGradEnabled() && orig.requiresGrad ? [clone(u), clone(v)] : [u, v];
      return div(orig, dot(left, matmul(matrix, right) as never) as Tensor) as Tensor;
    });
  renew('spectralNorm', module, name, ['orig', 'u', 'v'], computed);
  return module;
}

/**
 * Makes a spectrally normalized weight an ordinary parameter again, of the value that it has in `eval()` mode. Returns the module. PyTorch: `torch.nn.utils.remove_spectral_norm`.
 * @throws ValueError if it isn't normalized
 */
export function removeSpectralNorm<M extends Module>(module: M, name = 'weight'): M {
  restore('removeSpectralNorm', 'spectralNorm', module, name);
  return module;
}
