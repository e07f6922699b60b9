/**
 * Sums over windows, over a number, and the transpose of that: every element of the input gets what its windows have. Each is the other's gradient, so they can be
 * differentiated as often as one likes. Neither saves a value.
 */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { div, dtypes, input, scalar } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { assign, dispatch, dispatchInto, expand, filled, fresh, type Layout, layoutOf, Op, type Plan, reshape, slice, state, stridedOp, stridedView, viewAs, viewPlan } from '@nn/tensor/internal'; // biome-ignore format: a list
import { smallSums } from './small-windows.ts';
import { type Origin, originOf, standIn, zerosLike } from './stand-in.ts';
import { paddedSize, spanOf, type WindowGeometry } from './window.ts';
import { asWindows, byWindow, type Windows, wholeOf, windowsIn } from './window-views.ts';
import { byDims, padded } from './windows.ts';

const sumOp = byDims(
  (dims) =>
    new Op('reduce', 'avgPool', {
      dims,
      keepdim: false,
      build: ([windows]) => {
        const x = input(0, dtypes[windows!.dtype].scalar);
        return { dtype: windows!.dtype, combine: 'sum', body: x, epilogue: div(x, scalar(0, x.type)), scalars: 1 };
      },
    }),
);

/** Input 1 over a number, written over input 0. */
const shareOp = new Op('map', 'avgPoolBackward', {
  inPlace: true,
  build: ([target]) => {
    const x = input(1, dtypes[target!.dtype].scalar);
    return { outputs: [{ dtype: target!.dtype, expression: div(x, scalar(0, x.type)) }], scalars: 1 };
  },
});

/** Σ over windows over `divisor`. */
function sumsOf(windows: Windows, divisor: number): Tensor {
  const small = smallSums(windows, divisor);
  if (small !== null) return small;
  const whole = wholeOf(windows);
  const sums = dispatch(sumOp(whole.layout.shape.length, windows.views.spatial), whole, null, null, [divisor]);
  whole.dispose();
  return sums;
}

/** Σ over each window of the last dimensions of x, zeros around it, over `divisor`. */
function sum(x: Tensor, window: WindowGeometry, divisor: number): Tensor {
  const source = padded(x, window, 0);
  const out = sumsOf(windowsIn(source, window), divisor);
  if (source !== x) source.dispose();
  return out;
}

/** Whether no element lies under two windows, and each window's elements are neighbours. */
const isDisjoint = ({ kernel, stride, dilation }: WindowGeometry): boolean =>
  kernel.every((k, d) => stride[d]! >= k && (dilation[d] === 1 || k === 1));

/** The transpose of `sum`. */
function spread(g: Tensor, window: WindowGeometry, divisor: number): Tensor {
  return isDisjoint(window) ? spreadApart(g, window, divisor) : spreadOver(g, window, divisor);
}

/** The spatial dimensions of a padded gradient without the padding. */
function cropped(whole: Tensor, { size, padding }: WindowGeometry): Tensor {
  const lead = whole.layout.shape.length - size.length;
  let out = whole;
  size.forEach((n, d) => {
    if (n === out.layout.shape[lead + d]) return;
    const part = slice(out, lead + d, padding[d]!, n);
    out.dispose();
    out = part;
  });
  return out;
}

/** Of gradients of a layout: the result's layout and, in it, every window's own elements. The positions in the last dimension come last, so that a backend's vectors run along them. */
interface Apart {
  readonly source: Layout;
  readonly layout: Layout;
  /** Whether every element is under a window. */
  readonly isCovered: boolean;
  readonly target: Plan;
  /** The gradients' shape with one element for each window's. */
  readonly single: readonly number[];
}

const apartOf = byWindow((source, window): Apart => {
  const { kernel, stride, count } = window;
  const spatial = kernel.length;
  const sizes = paddedSize(window);
  const lead = source.shape.slice(0, -spatial);
  const layout = layoutOf(source.device, source.dtype, [...lead, ...sizes]);
  const steps = layout.strides.slice(-spatial);
  /** (…, position, element, …, element, position). */
  const alternating = (ofPosition: readonly number[], ofElement: readonly number[]): number[] =>
    kernel.flatMap((_, d) => (d === spatial - 1 ? [ofElement[d]!, ofPosition[d]!] : [ofPosition[d]!, ofElement[d]!]));
  const far = steps.map((s, d) => s * stride[d]!);
  const shape = [...lead, ...alternating(count, kernel)];
  const strides = [...layout.strides.slice(0, -spatial), ...alternating(far, steps)];
  return {
    source,
    layout,
    isCovered: sizes.every((n, d) => n === count[d]! * kernel[d]! && stride[d] === kernel[d]),
    target: viewPlan(stridedOp(0), layout, shape, strides),
    single: [
      ...lead,
      ...alternating(
        count,
        kernel.map(() => 1),
      ),
    ],
  };
});

/** Every window writes its own elements. */
function spreadApart(g: Tensor, window: WindowGeometry, divisor: number): Tensor {
  const { layout, isCovered, target, single } = apartOf(g.layout, window);
  const whole = isCovered ? fresh(layout, 'avgPoolBackward') : filled(layout.device, layout.dtype, layout.shape, 0);
  const own = viewAs(target, whole);
  const column = reshape(g, single);
  const wide = expand(column, target.out.shape);
  dispatchInto(shareOp, [own, wide], [divisor]);
  for (const t of [own, column, wide]) t.dispose();
  return cropped(whole, window);
}

/**
 * Windows that overlap: the gradients are laid out with the windows' stride and zeros between and around, and then an element gets the sum over all
 * positions from which a window reaches it, which is a window sum of stride 1.
 */
function spreadOver(g: Tensor, window: WindowGeometry, divisor: number): Tensor {
  const { size, kernel, stride, dilation, padding, count } = window;
  const spatial = kernel.length;
  const lead = g.layout.shape.slice(0, -spatial);
  const reach = kernel.map((k, d) => spanOf(k, dilation[d]!) - 1);
  const extent = size.map(
    (n, d) => Math.max((count[d]! - 1) * stride[d]! + 1 + reach[d]!, padding[d]! + n) + reach[d]!,
  );
  const laid = filled(g.layout.device, g.dtype, [...lead, ...extent], 0);
  const { strides } = laid.layout;
  const steps = strides.slice(-spatial);
  const start = reach.reduce((p, r, d) => p + r * steps[d]!, 0);
  const places = stridedView(
    laid,
    [...lead, ...count],
    [...strides.slice(0, -spatial), ...steps.map((s, d) => s * stride[d]!)],
    start,
  );
  assign(places, g, { fresh: true });
  const offset = padding.reduce((p, n, d) => p + n * steps[d]!, 0);
  const windows = stridedView(
    laid,
    [...lead, ...size, ...kernel],
    [...strides, ...steps.map((s, d) => s * dilation[d]!)],
    offset,
  );
  const out = sumsOf(asWindows(windows, spatial), divisor);
  for (const t of [places, windows, laid]) t.dispose();
  return out;
}

class AvgPool extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(ctx: FunctionContext, x: Tensor, window: WindowGeometry, divisor: number): Tensor {
    Object.assign(ctx.values, { window, divisor, origin: originOf(x) });
    return sum(x, window, divisor);
  }

  static override backward(ctx: FunctionContext, gradient: Tensor): Tensor {
    const { window, divisor, origin } = ctx.values as unknown as Settings & { readonly origin: Origin };
    if (!state.tracking) return spread(gradient, window, divisor);
    return AvgPoolTransposed.apply(gradient, standIn(origin), window, divisor);
  }
}

interface Settings {
  readonly window: WindowGeometry;
  readonly divisor: number;
}

class AvgPoolTransposed extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(
    ctx: FunctionContext,
    g: Tensor,
    input: Tensor,
    window: WindowGeometry,
    divisor: number,
  ): Tensor {
    Object.assign(ctx.values, { window, divisor, layout: input.layout });
    return spread(g, window, divisor);
  }

  static override backward(ctx: FunctionContext, gradient: Tensor): readonly Tensor[] {
    const { window, divisor, layout } = ctx.values as unknown as Settings & { readonly layout: Layout };
    return [windowSum(gradient, window, divisor), zerosLike(layout)];
  }
}

/** Σ over each window of the last dimensions of x, with zeros around it, over `divisor`; differentiable. */
export const windowSum = (x: Tensor, window: WindowGeometry, divisor: number): Tensor =>
  AvgPool.apply(x, window, divisor);
