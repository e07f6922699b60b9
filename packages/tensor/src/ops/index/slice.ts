/** Slices: Python's `start:stop:step` as a value or as text. Knows nothing of tensors. */
import { IndexError, ValueError } from '@nn/backend';

/** Positions from `start` to before `stop`, every `step`-th; absent bounds mean the ends, negative ones count from the end. */
export class Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number;
  constructor(start: number | null, stop: number | null, step: number) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/**
 * A slice from numbers, for `x.at(slice(1, n))` where text like `'1:3'` would have to be put together; PyTorch and Python: `slice(start, stop, step)`.
 * @param start first position; null: from the start
 * @param stop position after the last; null: to the end
 * @param step distance of positions, ≥ 1
 * @throws ValueError for a step below 1 (use `flip`) or bounds that are not whole
 * @example
 * ```ts
 * import { tensor, slice } from '@nn/tensor';
 * const x = tensor([0, 1, 2, 3, 4]);
 * console.log(await x.at(slice(1, -1)).toArray()); // prints: [ 1, 2, 3 ]
 * console.log(await x.at(slice(null, null, 2)).toArray()); // prints: [ 0, 2, 4 ]
 * ```
 */
export function slice(start: number | null = null, stop: number | null = null, step: number | null = null): Slice {
  for (const bound of [start, stop, step])
    if (bound !== null && !Number.isInteger(bound))
      throw new ValueError('slice', `bounds and step are whole numbers, got ${bound}`);
  if (step !== null && step < 1)
    throw new ValueError('slice', `the step must be greater than 0, got ${step}; use flip to reverse`);
  return new Slice(start, stop, step ?? 1);
}

const text = /^\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?$/;
const whole = new Slice(null, null, 1);

/** The slice that a text such as `'1:3'` or `'::2'` says. */
export function parseSlice(op: string, written: string): Slice {
  if (written === ':') return whole;
  const match = text.exec(written);
  if (match === null) {
    const hint = /^\s*-?\d+\s*$/.test(written)
      ? `write ${written.trim()} without quotes for one position`
      : "write slices as '1:3', '::2', ':' or '...'";
    throw new IndexError(op, `'${written}' is not a slice; ${hint}`);
  }
  const [start, stop, step] = [1, 2, 3].map((k) => (match[k] === undefined ? null : Number(match[k])));
  if (step !== null && step! < 1)
    throw new ValueError(op, `the step of '${written}' must be greater than 0; use flip to reverse`);
  return new Slice(start!, stop!, step ?? 1);
}

/** First position and number of positions in a dimension of size n: bounds beyond the ends are cut off. */
export function resolveSlice({ start, stop, step }: Slice, n: number): { start: number; length: number } {
  const bound = (b: number | null, otherwise: number): number =>
    b === null ? otherwise : Math.min(Math.max(b < 0 ? b + n : b, 0), n);
  const [from, to] = [bound(start, 0), bound(stop, n)];
  return { start: from, length: Math.max(Math.ceil((to - from) / step), 0) };
}
