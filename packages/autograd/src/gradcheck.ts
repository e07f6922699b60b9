/** Gradients against finite differences; PyTorch: `torch.autograd.gradcheck`, `gradgradcheck`. */
import { AutogradError } from '@nn/backend';
import { randn, type Tensor } from '@nn/tensor';
import { alias, filledLike } from '@nn/tensor/internal';
import { gradients } from './backward.ts';
import { enableGrad, noGrad } from './no-grad.ts';

export interface GradcheckOptions {
  /** Step of the central difference; 1e-6 (use float64 inputs). */
  readonly eps?: number;
  /** |analytical − numerical| ≤ atol + rtol · |numerical|; 1e-5 and 1e-3. */
  readonly atol?: number;
  readonly rtol?: number;
}

type Differentiable = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

const asList = (value: Tensor | readonly Tensor[]): readonly Tensor[] =>
  Array.isArray(value) ? (value as readonly Tensor[]) : [value as Tensor];

/** A tracked tensor over a copy of the values. */
function variable(t: Tensor): Tensor {
  const copy = t.detach().clone();
  return copy.requiresGrad_();
}

/** Numerical derivative of every output element with respect to element `i` of an input. */
async function difference(
  f: Differentiable,
  inputs: readonly Tensor[],
  k: number,
  i: number,
  eps: number,
): Promise<Float64Array[]> {
  const at = async (step: number): Promise<Float64Array[]> => {
    const values = Float64Array.from(await inputs[k]!.data());
    values[i]! += step;
    const { dtype } = inputs[k]!;
    const moved = filledLike(inputs[k]!, 0);
    moved.backend.write(
      moved.storage.block,
      moved.storage.origin,
      dtype,
      dtype === 'float64' ? values : Float32Array.from(values),
    );
    const results = noGrad<Tensor[]>(() => [...asList(f(...inputs.map((t, j) => (j === k ? moved : t.detach()))))]);
    return Promise.all(results.map(async (t) => Float64Array.from(await t.data())));
  };
  const [up, down] = [await at(eps), await at(-eps)];
  return up.map((values, o) => values.map((v, e) => (v - down[o]![e]!) / (2 * eps)));
}

/**
 * Compares the gradients of a function with central differences, for every element of every float input; throws an `AutogradError` that says where they differ. Use
 * float64 inputs. The function must be the same at each call (no dropout).
 * @example
 * ```ts
 * import { gradcheck } from '@nn/autograd';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([0.5, -1], { dtype: 'float64' });
 * console.log(await gradcheck((v) => v.mul(v).exp(), [x])); // prints: true
 * ```
 */
export async function gradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): Promise<true> {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  const isFloat = inputs.map((t) => t.layout.differentiable);
  const variables = inputs.map((t, i) => (isFloat[i] ? variable(t) : t));
  const tracked = variables.filter((_, i) => isFloat[i]);
  const outputs = enableGrad<Tensor[]>(() => [...asList(f(...variables))]).filter((t) => t.requiresGrad);
  if (outputs.length === 0)
    throw new AutogradError('gradcheck', 'no output of the function is tracked; it must compute with its arguments');
  const numerical = new Map<string, number>();
  for (const [k, t] of variables.entries()) {
    if (!isFloat[k]) continue;
    for (let i = 0; i < t.numel(); i++)
      (await difference(f, variables, k, i, eps)).forEach((values, o) => {
        for (const [e, v] of values.entries()) numerical.set(`${o} ${e} ${k} ${i}`, v);
      });
  }
  for (const [o, out] of outputs.entries())
    for (let e = 0; e < out.numel(); e++) {
      const seed = unit(out, e);
      const found = gradients(out, tracked, { gradOutputs: seed, retainGraph: true, allowUnused: true });
      let position = 0;
      for (const [k, t] of variables.entries()) {
        if (!isFloat[k]) continue;
        const g = found[position++] ?? filledLike(t, 0);
        const values = await g.data();
        for (let i = 0; i < values.length; i++) {
          const expected = numerical.get(`${o} ${e} ${k} ${i}`)!;
          if (!(Math.abs(values[i]! - expected) <= atol + rtol * Math.abs(expected)))
            throw new AutogradError(
              'gradcheck',
              `d output ${o}[${e}] / d input ${k}[${i}] is ${values[i]} by backward and ${expected} by differences of ${eps}`,
            );
        }
      }
    }
  return true;
}

/** Zeros with a 1 at one element. */
function unit(like: Tensor, element: number): Tensor {
  const t = filledLike(alias(like, like.layout.shape, like.layout.strides, like.start), 0);
  const values = like.dtype === 'float64' ? new Float64Array(like.numel()) : new Float32Array(like.numel());
  values[element] = 1;
  t.backend.write(t.storage.block, t.storage.origin, like.dtype, values);
  return t;
}

/** Checks second derivatives: gradcheck of the gradients, with random gradients of the outputs. */
export async function gradgradcheck(
  f: Differentiable,
  inputs: readonly Tensor[],
  options: GradcheckOptions = {},
): Promise<true> {
  const outputs = noGrad<Tensor[]>(() => [...asList(f(...inputs))]);
  const seeds = outputs.map((t) => randn(t.shape as number[], { dtype: t.dtype as 'float64' }));
  const first: Differentiable = (...all) => {
    const [xs, gs] = [all.slice(0, inputs.length), all.slice(inputs.length)];
    const outs = asList(f(...xs));
    const floats = xs.filter((t) => t.requiresGrad);
    // Differences call this without tracking, where the gradients still need a graph of their own.
    if (floats.length === 0) return enableGrad<Tensor[]>(() => detachedGradients(f, xs, gs));
    return gradients(outs, floats, { gradOutputs: gs, createGraph: true, allowUnused: true }).map(
      (g, i) => g ?? floats[i]!.mul(0),
    );
  };
  return gradcheck(first, [...inputs, ...seeds], options);
}

function detachedGradients(f: Differentiable, xs: readonly Tensor[], gs: readonly Tensor[]): Tensor[] {
  const variables = xs.map((t) => (t.layout.differentiable ? variable(t) : t));
  const floats = variables.filter((t) => t.requiresGrad);
  return gradients(asList(f(...variables)), floats, { gradOutputs: gs, allowUnused: true }).map(
    (g, i) => g ?? filledLike(floats[i]!, 0),
  );
}
