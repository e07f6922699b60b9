/**
 * What a convolution does, as numbers alone. Forward and the input gradient are one thing, a correlation: every output sums taps of a padded image. Stride, padding and dilation exist
 * only in the places of outputs and taps. The input gradient of stride s is s correlations an axis (phases), each for every s-th output with its own share of the
 * taps: no zeros between elements, no product in vain.
 */
import { type ConvAxis, type ConvKernel, convShape, denseStrides, type Geometry, product } from '@nn/backend';

/** One phase along one axis, in elements. */
interface PhaseAxis {
  /** Outputs, how far apart they lie in the image, and where the first one's first tap is. */
  readonly count: number;
  readonly step: number;
  readonly start: number;
  /** Where outputs lie in the target. */
  readonly targetStart: number;
  readonly targetStep: number;
  /** Taps, how far apart they lie in the image; their members of the weight. */
  readonly taps: number;
  readonly tapStep: number;
  readonly member: number;
  readonly memberStep: number;
  /** So many phases are alike but for the target and the weight, both one further each. */
  repeat: number;
}

export type Phase = readonly PhaseAxis[];

export interface Correlation {
  readonly batch: number;
  readonly groups: number;
  /** Channels that are summed and channels that come out, a group. */
  readonly planes: number;
  readonly lanes: number;
  /** Sizes of the image, with zeros around, and how many there are before. */
  readonly source: readonly number[];
  readonly padded: readonly number[];
  readonly before: readonly number[];
  readonly target: readonly number[];
  readonly phases: readonly Phase[];
  /** Strides of the weight. */
  readonly weight: {
    readonly group: number;
    readonly plane: number;
    readonly lane: number;
    readonly axes: readonly number[];
  };
}

/** All members of a product, the last factor running fastest. */
const combinations = <T>(factors: readonly (readonly T[])[]): T[][] =>
  factors.reduce<T[][]>((lists, factor) => lists.flatMap((list) => factor.map((one) => [...list, one])), [[]]);

/** The numbers of a launch; those of forward are the weight gradient's too. There are two axes at least: rows and columns. */
export function correlationOf(kernel: ConvKernel, geometry: Geometry): Correlation {
  const shape = convShape(kernel, geometry);
  const { batch, groups, inputs, outputs } = shape;
  const one = { x: 1, w: 1, y: 1, stride: 1, before: 0, after: 0, dilation: 1 };
  const axes = [one, one, ...shape.axes].slice(-Math.max(2, shape.axes.length));
  const gradient = kernel.role === 'inputGradient';
  const found = axes.map(gradient ? gradientAxis : forwardAxis);
  const sizes = (name: 'x' | 'w' | 'y'): number[] => axes.map((axis) => axis[name]);
  const [planes, lanes] = gradient ? [outputs, inputs] : [inputs, outputs];
  const taps = product(sizes('w'));
  return {
    batch,
    groups,
    planes,
    lanes,
    source: sizes(gradient ? 'y' : 'x'),
    padded: found.map(({ padded }) => padded),
    before: found.map(({ before }) => before),
    target: sizes(gradient ? 'x' : 'y'),
    phases: combinations(found.map(({ phases }) => phases)),
    weight: {
      group: outputs * inputs * taps,
      plane: gradient ? inputs * taps : taps,
      lane: gradient ? taps : inputs * taps,
      axes: denseStrides(sizes('w')),
    },
  };
}

/** What an axis of the image is, and all phases along it. */
interface Along {
  readonly phases: PhaseAxis[];
  readonly before: number;
  readonly padded: number;
}

const forwardAxis = ({ x, w, y, stride, before, after, dilation }: ConvAxis): Along => ({
  phases: [
    {
      count: y,
      step: stride,
      start: 0,
      targetStart: 0,
      targetStep: 1,
      taps: w,
      tapStep: dilation,
      member: 0,
      memberStep: 1,
      repeat: 1,
    },
  ],
  before,
  padded: x + before + after,
});

/** The distance of neighbours in a progression. */
const stepOf = (values: readonly number[]): number => (values.length > 1 ? values[1]! - values[0]! : 0);

/** dx[r + s · q] = Σ_a w[a] · dy[q + (r + before - a · dilation) / s], over the a for which that is whole: ascending in dy, so descending in w. */
function gradientAxis({ x, w, y, stride, before, dilation }: ConvAxis): Along {
  const all = Array.from({ length: Math.min(stride, x) }, (_, r) => {
    const place = (a: number): number => (r + before - a * dilation) / stride;
    const members = Array.from({ length: w }, (_, a) => w - 1 - a).filter((a) => Number.isInteger(place(a)));
    const places = members.map(place);
    return { r, members, places, count: Math.ceil((x - r) / stride) };
  });
  const low = Math.min(0, ...all.flatMap(({ places }) => places));
  const high = Math.max(y, ...all.flatMap(({ places, count }) => places.map((place) => place + count)));
  const phases: PhaseAxis[] = [];
  for (const { r, members, places, count } of all) {
    const start = (places[0] ?? low) - low;
    const last = phases.at(-1);
    if (last?.count === count && last.start === start && last.taps === places.length) last.repeat++;
    else
      phases.push({
        count,
        step: 1,
        start,
        targetStart: r,
        targetStep: stride,
        taps: places.length,
        tapStep: stepOf(places),
        member: members[0] ?? 0,
        memberStep: stepOf(members),
        repeat: 1,
      });
  }
  return { phases, before: -low, padded: high - low };
}
