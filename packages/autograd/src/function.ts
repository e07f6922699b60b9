// biome-ignore-all lint/suspicious/noShadowRestrictedNames: PyTorch's name
// biome-ignore-all lint/suspicious/noExplicitAny: each subclass has arguments of its own
// biome-ignore-all lint/complexity/noStaticOnlyClass: PyTorch's way to write one
// biome-ignore-all lint/complexity/noThisInStatic: the subclass is meant
/** Custom functions as classes, the way PyTorch's readers write them. */
import { AutogradError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { applyCustom, type FunctionContext, type InputGradients } from './custom.ts';

/**
 * A differentiable function with a backward of its own. Subclass it and call `apply`, as in PyTorch: `static forward(ctx, …)`, `static backward(ctx, …)`.
 * @example
 * ```ts
 * import { Function, type FunctionContext } from '@nn/autograd';
 * import { tensor, type Tensor } from '@nn/tensor';
 * class Square extends Function {
 *   static override forward(ctx: FunctionContext, x: Tensor): Tensor {
 *     ctx.saveForBackward(x);
 *     return x.mul(x);
 *   }
 *   static override backward(ctx: FunctionContext, g: Tensor): Tensor {
 *     return g.mul(ctx.savedTensors[0]!).mul(2);
 *   }
 * }
 * const x = tensor([3], { requiresGrad: true });
 * Square.apply(x).backward();
 * console.log(await x.grad!.toArray()); // prints: [ 6 ]
 * ```
 */
export abstract class Function {
  /** Set to true if `backward` keeps neither the gradients that it is given nor those that it returns: their memory is then given back at once, not when they are collected. */
  static readonly keepsNothing: boolean = false;

  static forward(_ctx: FunctionContext, ..._args: any[]): Tensor | readonly Tensor[] {
    throw new AutogradError('Function', 'forward is missing: write static override forward(ctx, …)');
  }

  static backward(_ctx: FunctionContext, ..._gradients: Tensor[]): InputGradients {
    throw new AutogradError('Function', 'backward is missing: write static override backward(ctx, …)');
  }

  /** Runs `forward` and records `backward`. */
  static apply<
    C extends {
      forward(ctx: FunctionContext, ...args: any[]): any;
      backward(ctx: FunctionContext, ...gradients: Tensor[]): InputGradients;
      name: string;
      keepsNothing: boolean;
    },
  >(
    this: C,
    ...args: Parameters<C['forward']> extends [FunctionContext, ...infer Rest] ? Rest : never
  ): ReturnType<C['forward']> {
    return applyCustom(
      {
        forward: (ctx, ...rest) => this.forward(ctx, ...(rest as readonly unknown[])),
        backward: (ctx, ...g) => this.backward(ctx, ...g),
        name: this.name,
        keepsNothing: this.keepsNothing,
      },
      args as readonly unknown[],
    ) as ReturnType<C['forward']>;
  }
}
