/**
 * Grey images in the terminal. With colours each character is two pixels, one above the other, as the two halves of a block; without, a shade for their mean.
 */
import pc from 'picocolors';

/** A grey image, 0 paper to 1 ink, row after row. */
export interface Picture {
  readonly pixels: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

const shades = [' ', '░', '▒', '▓', '█'];
/** Greys among the 256 colours of terminals: black, a ramp of 24, white. */
const greys = [16, ...Array.from({ length: 24 }, (_, i) => 232 + i), 231];

const pick = <T>(scale: readonly T[], value: number): T =>
  scale[Math.round(Math.min(1, Math.max(0, value)) * (scale.length - 1))]!;

/** The lines of a picture, each as many characters wide as the picture has columns. */
export function pictureLines({ pixels, width, height }: Picture, inColor: boolean = pc.isColorSupported): string[] {
  const at = (row: number, column: number): number => (row < height ? pixels[row * width + column]! : 0);
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    const cells = Array.from({ length: width }, (_, column) => {
      const [upper, lower] = [at(2 * line, column), at(2 * line + 1, column)];
      return inColor
        ? `\x1b[38;5;${pick(greys, upper)};48;5;${pick(greys, lower)}m▀`
        : pick(shades, (upper + lower) / 2);
    });
    return inColor ? `${cells.join('')}\x1b[0m` : cells.join('');
  });
}

/** The same part of all pictures, without the margins that are empty in each of them. */
export function cropTogether(pictures: readonly Picture[]): Picture[] {
  const [first] = pictures;
  if (first === undefined) return [];
  const { width, height } = first;
  const used = (row: number, column: number): boolean =>
    pictures.some(({ pixels }) => pixels[row * width + column]! > 0.02);
  const rows = range(height).filter((row) => range(width).some((column) => used(row, column)));
  const columns = range(width).filter((column) => range(height).some((row) => used(row, column)));
  if (rows.length === 0) return [...pictures];
  const [top, bottom, left, right] = [rows[0]!, rows.at(-1)! + 1, columns[0]!, columns.at(-1)! + 1];
  return pictures.map(({ pixels }) => ({
    width: right - left,
    height: bottom - top,
    pixels: range(bottom - top).flatMap((row) =>
      range(right - left).map((column) => pixels[(top + row) * width + left + column]!),
    ),
  }));
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const gap = 2;

/** How many blocks of a width stand side by side; one at least. */
export const perBand = (blockWidth: number, width: number): number =>
  Math.max(1, Math.floor((width + gap) / (blockWidth + gap)));

/** Blocks of lines side by side, as many as fit, in as many bands as it takes. All lines of a block must be `blockWidth` wide. */
export function sideBySide(blocks: readonly (readonly string[])[], blockWidth: number, width: number): string[] {
  const size = perBand(blockWidth, width);
  const bands = range(Math.ceil(blocks.length / size)).map((band) => blocks.slice(band * size, (band + 1) * size));
  return bands.flatMap((band) =>
    range(Math.max(...band.map((block) => block.length))).map((line) =>
      band
        .map((block) => block[line] ?? '')
        .join(' '.repeat(gap))
        .trimEnd(),
    ),
  );
}
