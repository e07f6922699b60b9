/** Ten classes of small images that a network learns in a moment, as a folder of IDX files. The same each time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeIdx } from '@nn/mnist';

const side = 28;

/** Class k is a bar at a place of its own; which images are noisy, and how, follows from their numbers. */
export function tinyImages(count: number, shift = 0): { images: Uint8Array; labels: Uint8Array } {
  const labels = Uint8Array.from({ length: count }, (_, i) => (i * 7 + shift) % 10);
  const images = Uint8Array.from({ length: count * side * side }, (_, at) => {
    const [image, row, column] = [Math.floor(at / (side * side)), Math.floor(at / side) % side, at % side];
    const noise = (at * 2654435761 + image * 40503 + shift) % 97;
    const onBar = row >= 4 && row < 24 && Math.abs(column - 3 - 2.3 * labels[image]!) < 2;
    return onBar ? 255 - noise : noise < 9 ? noise * 10 : 0;
  });
  return { images, labels };
}

/** Writes a set of 130 images to train with and 40 held out. Returns the folder. */
export function writeTinyData(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const [part, count, shift] of [
    ['train', 130, 0],
    ['t10k', 40, 3],
  ] as const) {
    const { images, labels } = tinyImages(count, shift);
    writeFileSync(join(folder, `${part}-images-idx3-ubyte`), writeIdx({ shape: [count, side, side], data: images }));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), writeIdx({ shape: [count], data: labels }));
  }
  return folder;
}
