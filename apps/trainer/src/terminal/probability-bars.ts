/** A picture with the probabilities of the classes beside it. */
import pc from 'picocolors';
import { fit, percent } from './format.ts';
import { type Picture, pictureLines } from './pictures.ts';

const barLength = 20;

/** Lines for a width: side by side if there is room, else one below the other. */
export function probabilityLines(
  picture: Picture,
  probabilities: readonly number[],
  classes: readonly string[],
  width: number,
): string[] {
  const best = probabilities.indexOf(Math.max(...probabilities));
  const label = Math.max(...classes.map((name) => name.length));
  const bars = classes.map((name, i) => {
    const share = probabilities[i]!;
    const full = Math.round(share * barLength);
    const line = `${fit(name, label)} ${'█'.repeat(full)}${pc.dim('░'.repeat(barLength - full))} ${percent(share).padStart(7)}`;
    return i === best ? pc.bold(pc.green(line)) : line;
  });
  const drawn = pictureLines(picture);
  const fits = picture.width + 3 + label + barLength + 9 <= width && bars.length <= drawn.length;
  if (!fits) return [...drawn, '', ...bars];
  const top = Math.floor((drawn.length - bars.length) / 2);
  return drawn.map((line, i) => `${line}   ${bars[i - top] ?? ''}`.trimEnd());
}
