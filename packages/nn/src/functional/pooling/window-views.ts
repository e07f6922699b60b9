/**
 * Windows as views: (…, positions, elements), every window in dimensions of its own, and the first, second, … element of all windows. Plans of views are made once for each window
 * and layout; the views themselves when they are asked for.
 */
import type { Tensor } from '@nn/tensor';
import { type Layout, type Plan, stridedOp, viewAs, viewPlan } from '@nn/tensor/internal';
import type { WindowGeometry } from './window.ts';

/** Elements of what counts as a small window, at most. */
const most = 16;

export class WindowViews {
  /** What the windows lie in. */
  readonly source: Layout;
  readonly spatial: number;
  /** All windows: (leading sizes, positions, elements). */
  readonly whole: Plan;
  /** Of small windows, each element of all: (leading sizes, positions). Else none. */
  readonly elements: readonly Plan[];
  /** Steps in memory from a window's first element to each of those. */
  readonly offsets: readonly number[];

  constructor(source: Layout, shape: readonly number[], strides: readonly number[], spatial: number) {
    this.source = source;
    this.spatial = spatial;
    this.whole = viewPlan(stridedOp(0, 'unfold'), source, shape, strides);
    const isSmall = this.whole.out.size > 0 && shape.slice(-spatial).reduce((p, n) => p * n, 1) <= most;
    this.offsets = isSmall ? offsetsOf(shape.slice(-spatial), strides.slice(-spatial)) : [];
    const [sizes, steps] = [shape.slice(0, -spatial), strides.slice(0, -spatial)];
    this.elements = this.offsets.map((offset) => viewPlan(stridedOp(offset), source, sizes, steps, offset));
  }
}

/** Row-major. */
const offsetsOf = (sizes: readonly number[], strides: readonly number[]): number[] =>
  sizes.reduce<number[]>(
    (all, n, d) => all.flatMap((p) => Array.from({ length: n }, (_, i) => p + i * strides[d]!)),
    [0],
  );

/** A window over tensors of more layouts than this starts anew. */
const limit = 4;

/** What is made once for each window and layout. */
export function byWindow<T extends { readonly source: Layout }>(
  make: (source: Layout, window: WindowGeometry) => T,
): (source: Layout, window: WindowGeometry) => T {
  const known = new WeakMap<WindowGeometry, readonly T[]>();
  return (source, window) => {
    const before = known.get(window);
    if (before !== undefined) for (const each of before) if (each.source === source) return each;
    const made = make(source, window);
    known.set(window, before === undefined || before.length >= limit ? [made] : [...before, made]);
    return made;
  };
}

const viewsOf = byWindow((source, { kernel, stride, dilation, count }) => {
  const { shape, strides } = source;
  const lead = shape.length - kernel.length;
  const steps = strides.slice(lead);
  return new WindowViews(
    source,
    [...shape.slice(0, lead), ...count, ...kernel],
    [...strides.slice(0, lead), ...steps.map((s, d) => s * stride[d]!), ...steps.map((s, d) => s * dilation[d]!)],
    kernel.length,
  );
});

/** Windows in a tensor. */
export interface Windows {
  readonly source: Tensor;
  readonly views: WindowViews;
}

/** The windows over a tensor, which is padded already. */
export const windowsIn = (source: Tensor, window: WindowGeometry): Windows => ({
  source,
  views: viewsOf(source.layout, window),
});

/** A tensor that has the windows' elements in its last dimensions. */
export function asWindows(source: Tensor, spatial: number): Windows {
  const { layout } = source;
  return { source, views: new WindowViews(layout, layout.shape, layout.strides, spatial) };
}

/** All windows as one view. */
export const wholeOf = ({ source, views }: Windows): Tensor => viewAs(views.whole, source);

/** Appends the first `count` elements' views to a list. */
export function pushElements(to: Tensor[], { source, views }: Windows, count: number): void {
  for (let j = 0; j < count; j++) to.push(viewAs(views.elements[j]!, source));
}
