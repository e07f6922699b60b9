/** A confusion matrix in the terminal: rows are true classes, columns predictions, both by number. */
import pc from 'picocolors';
import { fit } from './format.ts';

/** The lines of the matrix, within a width if the counts allow it. */
export function confusionLines(
  matrix: readonly (readonly number[])[],
  classes: readonly string[],
  width: number,
): string[] {
  const cell = Math.max(3, ...matrix.flat().map((n) => String(n).length)) + 1;
  const numbers = classes.map((name, i) => (name === String(i) ? name : `${i} ${name}`));
  const longest = Math.max(...numbers.map((name) => name.length));
  const label = Math.max(1, Math.min(longest, width - 1 - cell * classes.length));
  const heads = classes.map((_, i) => String(i).padStart(cell)).join('');
  const rows = matrix.map((row, i) => {
    const cells = row.map((n, j) => shade(String(n || '·').padStart(cell), n, i === j));
    return `${fit(numbers[i]!, label)} ${cells.join('')}`;
  });
  return [pc.dim(`${' '.repeat(label)} ${heads}`), ...rows];
}

function shade(text: string, n: number, right: boolean): string {
  if (n === 0) return pc.dim(text);
  return right ? pc.green(text) : pc.red(text);
}
