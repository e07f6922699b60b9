/** Whether players computed the same: the few numbers of each result that they report. */

/** float32 in any order of summation stays well within it, another computation doesn't. */
const relative = 1e-3;
const absolute = 1e-6;

/** A sentence if the numbers are not ours; null if they are. */
export function disagreement(theirs: readonly number[], ours: readonly number[]): string | null {
  const differs =
    theirs.length !== ours.length ||
    theirs.some((value, i) => {
      const [distance, size] = [Math.abs(value - ours[i]!), Math.max(Math.abs(value), Math.abs(ours[i]!))];
      // What isn't finite agrees with nobody.
      return !(Number.isFinite(distance) && distance <= relative * size + absolute);
    });
  return differs ? `computes (${theirs.join(', ')}), others (${ours.join(', ')})` : null;
}
