/** The line that moves while an epoch is trained. What doesn't fit into the terminal's width is left out, the least important first. */
import pc from 'picocolors';
import type { Score } from '../training/score.ts';
import type { Progress } from './display.ts';
import { count, duration, lossText } from './format.ts';

const shortestBar = 8;
const longestBar = 40;

/** The line for a width in columns. */
export function progressLine(progress: Progress, score: Score, width: number): string {
  const { epoch, epochs, batch, batches, loss, samplesPerSecond, secondsLeft } = progress;
  const share = batches === 0 ? 1 : batch / batches;
  const before = `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs} `;
  const seen = batch > 0;
  // In the order of importance.
  const after = [
    `${String(Math.floor(100 * share)).padStart(4)} %`,
    ...(seen ? [`loss ${lossText(loss)}`, `${score.short} ${score.text(progress)}`] : []),
    ...(secondsLeft === null ? [] : [`ETA ${duration(secondsLeft)}`, `${count(Math.round(samplesPerSecond))}/s`]),
  ];
  const lengthOf = (parts: readonly string[]): number => before.length + parts.join('  ').length;
  while (after.length > 1 && lengthOf(after) + shortestBar > width) after.pop();
  const length = Math.min(longestBar, width - lengthOf(after));
  if (length < 1) return `${before}${after[0]!.trim()}`.slice(0, width);
  const full = Math.floor(share * length);
  return `${before}${pc.green('█'.repeat(full))}${pc.dim('░'.repeat(length - full))}${after.join('  ')}`;
}
