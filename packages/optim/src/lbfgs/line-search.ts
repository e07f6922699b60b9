/**
 * A line search for the strong Wolfe conditions, by bracketing and zooming with cubic interpolation (Nocedal & Wright 2006, algorithms 3.5 and 3.6; constants and safeguards
 * as in PyTorch, and before it Schmidt's minFunc). A loss that is NaN takes the branches that it takes there.
 */
import { dot, type Tensor } from '@nn/tensor';
import { type Asking, evaluate, numbers } from './asking.ts';
import { flatGradient, placeAt } from './flat.ts';

/** A place on the line: how far, the loss, the gradient and the slope along the line there. */
interface Point {
  readonly t: number;
  readonly loss: number;
  readonly gradient: Tensor;
  readonly slope: number;
}

interface Line {
  readonly params: readonly Tensor[];
  /** Where the line starts, and where it goes; its largest element by magnitude. */
  readonly origin: Tensor;
  readonly direction: Tensor;
  readonly largest: number;
}

/** Where the search ended, and how often the closure was called. */
interface Found {
  readonly point: Point;
  readonly evaluations: number;
}

const sufficientDecrease = 1e-4;
const curvature = 0.9;
/** Iterations at most, and the change of a parameter below which a bracket isn't worth shrinking. */
const most = 25;
const narrowest = 1e-9;

/** Where the cubic through two points and their slopes is least, within bounds; their middle if it has no minimum. */
function interpolated(a: Point, b: Point, low: number, high: number): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const [x, y] = a.t <= b.t ? [a, b] : [b, a];
  const least = y.t - (y.t - x.t) * ((y.slope + d2 - d1) / (y.slope - x.slope + 2 * d2));
  return Math.min(Math.max(least, low), high);
}

function* tried({ params, origin, direction }: Line, t: number): Asking<Point> {
  placeAt(params, origin, direction, t);
  const loss = yield* evaluate();
  const gradient = flatGradient(params);
  const [value, slope] = yield* numbers(loss, dot(gradient, direction));
  return { t, loss: value!, gradient, slope: slope! };
}

/** Whether a point is too high for how far away it is, and whether the slope there is small enough: Wolfe's two conditions. */
const isTooHigh = (start: Point, { loss, t }: Point): boolean =>
  loss > start.loss + sufficientDecrease * t * start.slope;
const isFlat = (start: Point, { slope }: Point): boolean => Math.abs(slope) <= -curvature * start.slope;

function drop(start: Point, { gradient }: Point): void {
  if (gradient !== start.gradient) gradient.dispose();
}

/** A guess inside of the bracket, not too close to its ends a second time. */
function guess([a, b]: readonly [Point, Point], wasClose: boolean): { t: number; isClose: boolean } {
  const [left, right] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
  const t = interpolated(a, b, left, right);
  const margin = 0.1 * (right - left);
  if (!(Math.min(right - t, t - left) < margin)) return { t, isClose: false };
  if (!wasClose && t < right && t > left) return { t, isClose: true };
  return { t: Math.abs(t - right) < Math.abs(t - left) ? right - margin : left + margin, isClose: false };
}

/** Shrinks a bracket that holds a minimum, until both conditions hold. */
function* zoom(line: Line, start: Point, bracket: [Point, Point], tries: number): Asking<Found> {
  const lower = (): 0 | 1 => (bracket[0].loss <= bracket[1].loss ? 0 : 1);
  let [low, iterations, isDone, isClose] = [lower(), tries, false, false];
  while (!isDone && iterations < most) {
    if (Math.abs(bracket[1].t - bracket[0].t) * line.largest < narrowest) break;
    const next = guess(bracket, isClose);
    isClose = next.isClose;
    const point = yield* tried(line, next.t);
    iterations++;
    const [kept, other] = [bracket[low], bracket[1 - low]!];
    if (isTooHigh(start, point) || point.loss >= kept.loss) {
      drop(start, other);
      bracket[1 - low] = point;
      low = lower();
    } else {
      isDone = isFlat(start, point);
      if (!isDone && point.slope * (other.t - kept.t) >= 0) {
        drop(start, other);
        bracket[1 - low] = kept;
      } else drop(start, kept);
      bracket[low] = point;
    }
  }
  drop(start, bracket[1 - low]!);
  return { point: bracket[low], evaluations: iterations + 1 };
}

/**
 * From `start` (at 0) with a first guess of `t`. The parameters are left at the last point that was tried. Gradients of points that weren't chosen are given back, except the start's.
 */
export function* strongWolfe(line: Line, start: Point, t: number): Asking<Found> {
  let iterations = 0;
  let previous = start;
  let current = yield* tried(line, t);
  // Steps grow until a minimum lies between two of them.
  while (iterations < most) {
    if (isTooHigh(start, current) || (iterations > 1 && current.loss >= previous.loss)) break;
    if (isFlat(start, current)) {
      drop(start, previous);
      return { point: current, evaluations: iterations + 1 };
    }
    if (current.slope >= 0) break;
    const further = current.t + 0.01 * (current.t - previous.t);
    const at = interpolated(previous, current, further, current.t * 10);
    drop(start, previous);
    previous = current;
    current = yield* tried(line, at);
    iterations++;
  }
  if (iterations === most) {
    drop(start, previous);
    previous = start;
  }
  return yield* zoom(line, start, [previous, current], iterations);
}
