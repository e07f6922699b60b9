/** Images that were held out, with what the model made of them, as bands of pictures with captions. */
import pc from 'picocolors';
import { fit } from './format.ts';
import { cropTogether, type Picture, perBand, pictureLines, sideBySide } from './pictures.ts';

export interface JudgedImage {
  readonly picture: Picture;
  readonly label: string;
  readonly prediction: string;
  readonly confidence: number;
}

/** Two bands of pictures with a caption below each: what it was taken for, and what it is if that is wrong. */
export function judgedImageLines(examples: readonly JudgedImage[], width: number): string[] {
  const bands = 2;
  const pictures = cropTogether(examples.map(({ picture }) => picture));
  const blockWidth = Math.max(24, pictures[0]!.width);
  const blocks = examples.map(({ label, prediction, confidence }, i) => {
    const right = label === prediction;
    const color = right ? pc.green : pc.red;
    const caption = [
      `${prediction} (${Math.round(100 * confidence)} %)${right ? ' ✓' : ''}`,
      right ? '' : `is ${label}`,
    ];
    return [
      ...pictureLines(pictures[i]!).map((line) => line + ' '.repeat(blockWidth - pictures[i]!.width)),
      ...caption.map((line) => color(fit(line, blockWidth))),
      ' '.repeat(blockWidth),
    ];
  });
  return sideBySide(blocks.slice(0, bands * perBand(blockWidth, width)), blockWidth, width);
}
