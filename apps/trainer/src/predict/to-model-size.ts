/**
 * A drawing of any size to the 28 × 28 that networks here are trained with, the way the images of its set were made. Light ink on dark paper comes out, whatever
 * went in.
 */
import { Failure } from '../failure.ts';
import type { GreyImage } from './grey-image.ts';

const side = 28;

/**
 * MNIST's digits fill 20 × 20 and stand by their centre of mass in the middle (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/); Fashion-MNIST's clothes fill
 * 28 × 28 (Xiao et al. 2017, §2).
 */
export type Fitting = 'digit' | 'clothes';

/** 784 pixels, 0 paper to 1 ink. An image that has 28 × 28 already is only inverted if it is light around its edge. */
export function toModelSize(name: string, image: GreyImage, fitting: Fitting): Float32Array {
  const paper = edgeMean(image);
  const ink = paper > 0.5 ? inverted(image) : image;
  if (image.width === side && image.height === side) return Float32Array.from(ink.pixels);
  const clean = stretched(name, ink, Math.min(paper, 1 - paper));
  const box = boundingBox(clean);
  const largest = fitting === 'digit' ? 20 : side;
  const scale = largest / Math.max(box.width, box.height);
  const small = resized(box, Math.max(1, Math.round(box.width * scale)), Math.max(1, Math.round(box.height * scale)));
  const center = fitting === 'digit' ? centerOfMass(small) : { x: small.width / 2, y: small.height / 2 };
  return placed(small, Math.round(side / 2 - center.x), Math.round(side / 2 - center.y));
}

const inverted = ({ width, height, pixels }: GreyImage): GreyImage => ({
  width,
  height,
  pixels: pixels.map((value) => 1 - value),
});

function edgeMean({ width, height, pixels }: GreyImage): number {
  const edge = pixels.filter((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return row === 0 || row === height - 1 || column === 0 || column === width - 1;
  });
  return edge.reduce((sum, value) => sum + value, 0) / edge.length;
}

/** Paper to 0 and the strongest ink to 1. */
function stretched(name: string, { width, height, pixels }: GreyImage, paper: number): GreyImage {
  const strongest = pixels.reduce((most, value) => Math.max(most, value), 0);
  if (strongest - paper < 0.05) throw new Failure(`${name}: nothing is drawn on it; all of it is about equally bright`);
  return { width, height, pixels: pixels.map((value) => Math.max(0, value - paper) / (strongest - paper)) };
}

/** The part that has ink in it. Faint traces, as of a scanner, don't count. */
function boundingBox({ width, height, pixels }: GreyImage): GreyImage {
  const faint = 0.2;
  let [top, bottom, left, right] = [height, 0, width, 0];
  pixels.forEach((value, i) => {
    if (value < faint) return;
    const [row, column] = [Math.floor(i / width), i % width];
    [top, bottom, left, right] = [
      Math.min(top, row),
      Math.max(bottom, row),
      Math.min(left, column),
      Math.max(right, column),
    ];
  });
  const box = { width: right - left + 1, height: bottom - top + 1 };
  const inside = Float64Array.from({ length: box.width * box.height }, (_, i) => {
    const [row, column] = [Math.floor(i / box.width), i % box.width];
    return pixels[(top + row) * width + left + column]!;
  });
  return { ...box, pixels: inside };
}

/** Each new pixel is the mean of the area that it covers. */
function resized(image: GreyImage, width: number, height: number): GreyImage {
  const narrow = resizedRows(image, width);
  return transposed(resizedRows(transposed(narrow), height));
}

function resizedRows({ width, height, pixels }: GreyImage, newWidth: number): GreyImage {
  const step = width / newWidth;
  const result = new Float64Array(newWidth * height);
  for (let column = 0; column < newWidth; column++) {
    const [from, to] = [column * step, Math.min(width, (column + 1) * step)];
    for (let source = Math.floor(from); source < to; source++) {
      const share = (Math.min(to, source + 1) - Math.max(from, source)) / step;
      for (let row = 0; row < height; row++) result[row * newWidth + column]! += share * pixels[row * width + source]!;
    }
  }
  return { width: newWidth, height, pixels: result };
}

const transposed = ({ width, height, pixels }: GreyImage): GreyImage => ({
  width: height,
  height: width,
  pixels: Float64Array.from(pixels, (_, i) => pixels[(i % height) * width + Math.floor(i / height)]!),
});

function centerOfMass({ width, pixels }: GreyImage): { x: number; y: number } {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    x += value * ((i % width) + 0.5);
    y += value * (Math.floor(i / width) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}

/** The image with its corner at a place of an empty one, moved if it would stand out. */
function placed({ width, height, pixels }: GreyImage, left: number, top: number): Float32Array {
  const within = (at: number, size: number): number => Math.min(side - size, Math.max(0, at));
  const [x, y] = [within(left, width), within(top, height)];
  const result = new Float32Array(side * side);
  pixels.forEach((value, i) => {
    result[(y + Math.floor(i / width)) * side + x + (i % width)] = Math.min(1, value);
  });
  return result;
}
