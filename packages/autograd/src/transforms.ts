/** Functions of functions: `grad(f)`, `valueAndGrad(f)`; and `grad(outputs, inputs)` as PyTorch has it. */
import { AutogradError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { alias, filledLike } from '@nn/tensor/internal';
import { type GradOptions, gradients } from './backward.ts';
import { checkResult, gradientsOf, scalarOf } from './functional.ts';
import { enableGrad } from './no-grad.ts';

type TensorFunction<Args extends readonly unknown[]> = (...args: Args) => Tensor;

export interface TransformOptions {
  /** Which arguments to differentiate with respect to; the first. */
  readonly argnums?: number | readonly number[];
  /** Record the gradients too, so that `grad(grad(f))` works; true. */
  readonly createGraph?: boolean;
}

/** What a transform gives: one gradient, or one for each of `argnums`. */
/** One R for each of the tensors. */
export type OneEach<I, R> = I extends readonly unknown[] ? { -readonly [K in keyof I]: R } : [R];

type GradientsOf<O> = O extends { readonly argnums: readonly number[] } ? Tensor[] : Tensor;

/**
 * The function that computes f's value and its gradient, which is 0 where the value doesn't depend on an argument; JAX: `value_and_grad`.
 * @example
 * ```ts
 * import { valueAndGrad } from '@nn/autograd';
 * import { tensor, type Tensor } from '@nn/tensor';
 * const square = valueAndGrad((x: Tensor) => x.mul(x).sum());
 * const [value, slope] = square(tensor([1, 3]));
 * console.log(await value.item(), await slope.toArray()); // prints: 10 [ 2, 6 ]
 * ```
 */
export function valueAndGrad<Args extends readonly unknown[], const O extends TransformOptions = TransformOptions>(
  f: TensorFunction<Args>,
  options?: O,
): (...args: Args) => [Tensor, GradientsOf<O>] {
  const argnums = options?.argnums ?? 0;
  const positions = typeof argnums === 'number' ? [argnums] : argnums;
  return (...args) =>
    enableGrad<[Tensor, GradientsOf<O>]>(() => {
      const wrong = positions.find((i) => (args[i] as Tensor | undefined)?.layout === undefined);
      if (wrong !== undefined)
        throw new AutogradError(
          'grad',
          `argument ${wrong} is no tensor: ${String(args[wrong])}; argnums says which are`,
        );
      const variables = new Map<number, Tensor>();
      const own = args.map((arg, i) => {
        if (!positions.includes(i)) return arg;
        const variable = tracked(arg as Tensor);
        variables.set(i, variable);
        return variable;
      });
      const value = checkResult('grad', f(...(own as unknown as Args)));
      const xs = positions.map((i) => variables.get(i)!);
      const each = gradientsOf(scalarOf('grad', value), xs, { createGraph: options?.createGraph ?? true });
      const found = each.map((g, i) => g ?? filledLike(xs[i]!, 0));
      return [value, (typeof argnums === 'number' ? found[0]! : found) as GradientsOf<O>];
    });
}

/** The argument itself where it is tracked already (an outer transform), else a tracked handle on its memory. */
function tracked(t: Tensor): Tensor {
  if (t.requiresGrad) return t;
  return alias(t, t.layout.shape, t.layout.strides, t.start).requiresGrad_();
}

/**
 * `grad(f)`: the function that computes the gradient of a scalar function; JAX: `grad`. `grad(outputs, inputs)`: gradients of tensors that were computed already, returned
 * instead of added to `grad`; PyTorch: `torch.autograd.grad`.
 * @example
 * ```ts
 * import { grad } from '@nn/autograd';
 * import { tensor, type Tensor } from '@nn/tensor';
 * const cube = (x: Tensor) => x.mul(x).mul(x).sum();
 * console.log(await grad(cube)(tensor([2])).toArray()); // prints: [ 12 ]
 * const x = tensor([1, 2], { requiresGrad: true });
 * const [g] = grad(x.mul(x).sum(), [x]);
 * console.log(await g.toArray()); // prints: [ 2, 4 ]
 * ```
 */
export function grad<Args extends readonly unknown[], const O extends TransformOptions = TransformOptions>(
  f: TensorFunction<Args>,
  options?: O,
): (...args: Args) => GradientsOf<O>;
export function grad<const I extends Tensor | readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options: GradOptions & { readonly allowUnused: true },
): OneEach<I, Tensor | null>;
export function grad<const I extends Tensor | readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options?: GradOptions,
): OneEach<I, Tensor>;
export function grad(
  first: TensorFunction<unknown[]> | Tensor | readonly Tensor[],
  second?: unknown,
  options?: GradOptions,
): unknown {
  if (typeof first !== 'function') return gradients(first, second as Tensor | readonly Tensor[], options);
  const both = valueAndGrad(first, second as TransformOptions | undefined);
  return (...args: unknown[]) => both(...args)[1];
}
