/**
 * How a reduction is spread out. Its elements fall to workers, element r to worker r mod `workers`; each combines its own, then neighbours combine pairwise in a binary
 * tree. How many workers there are follows from sizes alone, and with them the order of a sum. Which thread does whose work follows from how operands lie
 * (neighbouring threads read neighbouring elements) and never shows in a result.
 */

/** The most workers of one output. */
const mostWorkers = 2 ** 16;
/** Reduced elements below which an output has one thread. */
const short = 32;
/** Reduced elements from which an output may have several workgroups. */
const far = 2 ** 14;
/** Threads that fill a large device. */
const plenty = 2 ** 17;
/** Workers whose neighbouring elements fill the lines that memory is read by. */
const line = 32;

export const powerBelow = (n: number): number => 2 ** Math.floor(Math.log2(Math.max(1, n)));
export const powerAbove = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));

/** Workers of each output, a power of two. */
export function workersOf(outputs: number, reduced: number): number {
  if (reduced < short) return 1;
  const most = Math.max(line, powerBelow(plenty / Math.max(1, outputs)));
  return reduced < far
    ? Math.min(powerBelow(reduced / 8), most, 256)
    : Math.min(powerBelow(reduced / 16), most, mostWorkers);
}

/** Powers of two: a workgroup has `outputs` × `threads` threads, each does `each` workers' work, and `sections` workgroups share an output. */
export interface Arrangement {
  readonly outputs: number;
  readonly threads: number;
  readonly each: number;
  readonly sections: number;
  /** Whether neighbouring threads have neighbouring outputs, not workers. */
  readonly across: boolean;
}

/** Threads next to each other along the reduced elements. */
export function alongReduced(workers: number, threads: number): Arrangement {
  const own = Math.min(workers, threads);
  return { outputs: threads / own, threads: own, each: 1, sections: workers / own, across: false };
}

/** Threads next to each other along the outputs: sums of columns. */
export function alongOutputs(count: number, reduced: number, workers: number, threads: number): Arrangement {
  // With outputs enough for all threads nobody has to wait for others.
  const wide = count >= plenty / 2 ? threads : Math.min(line, powerAbove(count));
  const own = Math.min(workers, threads / wide);
  const outputs = threads / own;
  const rest = workers / own;
  const tiles = Math.ceil(count / outputs);
  const sections = Math.min(rest, powerAbove(512 / tiles), powerBelow((outputs * reduced) / 8192));
  return { outputs, threads: own, each: rest / sections, sections, across: true };
}

/** What combines so many neighbouring parts of each output. */
export function overParts(parts: number, threads: number): Arrangement {
  const own = Math.min(parts, threads);
  return { outputs: threads / own, threads: own, each: parts / own, sections: 1, across: false };
}

/** Whether threads had better lie along outputs: there the inputs' elements are closer to each other. */
export function liesAcross(
  kept: readonly number[],
  reduced: readonly number[],
  strides: readonly (readonly number[])[],
): boolean {
  const inner = reduced.findLastIndex((n) => n > 1);
  const outer = kept.findLastIndex((n) => n > 1);
  if (inner < 0 || outer < 0) return false;
  const distance = (d: number): number => strides.reduce((sum, own) => sum + Math.min(8, Math.abs(own[d]!)), 0);
  return distance(outer) < distance(kept.length + inner);
}
