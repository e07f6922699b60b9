import { deflateSync } from 'node:zlib';
import { FormatError } from '@nn/backend';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { type GreyImage, isPng, readPng } from './grey-image.ts';
import { toModelSize } from './to-model-size.ts';

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
const crc = (bytes: Uint8Array): number =>
  ~bytes.reduce((c, byte) => crcTable[(c ^ byte) & 255]! ^ (c >>> 8), -1) >>> 0;

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, check]);
}

interface Png {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly color: number;
  readonly interlaced?: number;
  /** Bytes of the rows, without the filter's byte. */
  readonly rows: readonly (readonly number[])[];
  readonly before?: readonly Buffer[];
}

/** A PNG from its parts, for what the encoder doesn't write: palettes, few bits, transparent colours. */
function png({ width, height, depth, color, interlaced = 0, rows, before = [] }: Png): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, color, 0, 0, interlaced], 8);
  const data = deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...before,
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

const rounded = ({ pixels }: GreyImage): number[] => Array.from(pixels, (value) => Math.round(value * 1000) / 1000);

describe('PNG to grey', () => {
  const encoded = (channels: number, depth: 8 | 16, data: readonly number[]): Uint8Array =>
    encode({
      width: 2,
      height: 1,
      channels,
      depth,
      data: depth === 8 ? Uint8Array.from(data) : Uint16Array.from(data),
    });

  test.each<[string, Uint8Array, number[]]>([
    ['grey of 8 bits', encoded(1, 8, [0, 51]), [0, 0.2]],
    ['grey of 16 bits', encoded(1, 16, [65535, 13107]), [1, 0.2]],
    ['colours', encoded(3, 8, [255, 0, 0, 0, 0, 255]), [0.299, 0.114]],
    ['colours of 16 bits', encoded(3, 16, [0, 65535, 0, 65535, 65535, 65535]), [0.587, 1]],
    ['dark on nothing is dark on white', encoded(2, 8, [0, 255, 0, 0]), [0, 1]],
    ['light on nothing is light on black', encoded(2, 8, [255, 255, 255, 0]), [1, 0]],
    ['half transparent', encoded(4, 8, [0, 0, 0, 255, 0, 0, 0, 51]), [0, 0.8]],
    ['nothing at all', encoded(4, 8, [0, 0, 0, 0, 9, 9, 9, 0]), [1, 1]],
    [
      '1 bit',
      png({
        width: 10,
        height: 2,
        depth: 1,
        color: 0,
        rows: [
          [0b10100000, 0b01000000],
          [0, 0b10000000],
        ],
      }),
      [1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
    ],
    ['2 bits', png({ width: 3, height: 1, depth: 2, color: 0, rows: [[0b00011100]] }), [0, 0.333, 1]],
    ['4 bits', png({ width: 3, height: 1, depth: 4, color: 0, rows: [[0x0f, 0x30]] }), [0, 1, 0.2]],
    [
      'palette',
      png({
        width: 3,
        height: 1,
        depth: 2,
        color: 3,
        rows: [[0b00011000]],
        before: [chunk('PLTE', Uint8Array.of(0, 0, 0, 255, 0, 0, 255, 255, 255))],
      }),
      [0, 0.299, 1],
    ],
    [
      'palette with alpha',
      png({
        width: 2,
        height: 1,
        depth: 8,
        color: 3,
        rows: [[0, 1]],
        before: [chunk('PLTE', Uint8Array.of(0, 0, 0, 9, 9, 9)), chunk('tRNS', Uint8Array.of(255, 0))],
      }),
      [0, 1],
    ],
    [
      'a transparent grey',
      png({ width: 2, height: 1, depth: 8, color: 0, rows: [[0, 7]], before: [chunk('tRNS', Uint8Array.of(0, 7))] }),
      [0, 1],
    ],
    [
      'a transparent colour',
      png({
        width: 3,
        height: 1,
        depth: 8,
        color: 2,
        rows: [[0, 0, 0, 1, 2, 3, 0, 0, 0]],
        before: [chunk('tRNS', Uint8Array.of(0, 1, 0, 2, 0, 3))],
      }),
      [0, 1, 0],
    ],
    [
      'interlaced',
      encode({ width: 2, height: 1, channels: 1, depth: 8, data: Uint8Array.of(0, 51) }, { interlace: 'Adam7' }),
      [0, 0.2],
    ],
  ])('%s', (_, bytes, pixels) => {
    expect(isPng(bytes)).toBe(true);
    expect(rounded(readPng('x', bytes))).toEqual(pixels);
  });

  const whole = Buffer.from(encoded(1, 8, [0, 51]));

  test('cut off anywhere, or with a byte changed, it is refused', () => {
    for (let length = 8; length < whole.length; length++) {
      expect(() => readPng('x', whole.subarray(0, length))).toThrow(FormatError);
    }
    for (let at = 16; at < whole.length - 12; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x55;
      expect(() => readPng('x', damaged)).toThrow(FormatError);
    }
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['no pixels', png({ width: 0, height: 1, depth: 8, color: 0, rows: [] }), /x: the image has 0 × 1 pixels/],
    [
      'too many pixels',
      png({ width: 1e5, height: 1e5, depth: 8, color: 0, rows: [] }),
      /x: 100000 × 100000 pixels are more than the 67108864/,
    ],
    [
      'interlaced bits',
      png({ width: 1, height: 1, depth: 1, color: 0, interlaced: 1, rows: [[0]] }),
      /interlaced with 1 bits a sample, which can't be read here/,
    ],
  ])('%s: refused before memory is taken', (_, bytes, message) => {
    expect(() => readPng('x', bytes)).toThrow(message);
  });
});

describe('a drawing becomes 28 × 28', () => {
  /** Paper with a rectangle of ink on it. */
  const drawing = (
    width: number,
    height: number,
    box: readonly [number, number, number, number],
    paper = 0,
    ink = 1,
  ): GreyImage => ({
    width,
    height,
    pixels: Float64Array.from({ length: width * height }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      const [left, top, right, bottom] = box;
      return column >= left && column < right && row >= top && row < bottom ? ink : paper;
    }),
  });
  const extent = (pixels: Float32Array): number[] => {
    const used = Array.from(pixels.keys()).filter((i) => pixels[i]! > 0.5);
    const [columns, rows] = [used.map((i) => i % 28), used.map((i) => Math.floor(i / 28))];
    return [Math.min(...columns), Math.min(...rows), Math.max(...columns) + 1, Math.max(...rows) + 1];
  };

  test.each([
    ['a tall box of a large drawing', drawing(300, 200, [50, 20, 110, 140]), [9, 4, 19, 24]],
    ['a wide box at a corner', drawing(100, 100, [60, 90, 99, 99]), [4, 12, 24, 17]],
    ['one dot', drawing(40, 50, [7, 9, 8, 10]), [4, 4, 24, 24]],
    ['dark on light', drawing(100, 100, [20, 10, 40, 50], 0.9, 0.2), [9, 4, 19, 24]],
    ['faint ink', drawing(100, 100, [20, 10, 40, 50], 0.3, 0.5), [9, 4, 19, 24]],
  ])('%s: fitted into 20 × 20, in the middle', (_, image, expected) => {
    const pixels = toModelSize('x', image, 'digit');
    expect(pixels).toHaveLength(784);
    expect(extent(pixels)).toEqual(expected);
    expect(Math.min(...pixels)).toBe(0);
    expect(Math.max(...pixels)).toBeCloseTo(1, 5);
  });

  test('the centre of mass stands in the middle', () => {
    const image = drawing(100, 100, [20, 20, 70, 25]);
    for (let row = 25; row < 80; row++) image.pixels.fill(1, row * 100 + 20, row * 100 + 30); // an angle: heavy at the upper left
    const pixels = toModelSize('x', image, 'digit');
    let [mass, x, y] = [0, 0, 0];
    pixels.forEach((value, i) => {
      mass += value;
      x += value * ((i % 28) + 0.5);
      y += value * (Math.floor(i / 28) + 0.5);
    });
    expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.5);
  });

  test('clothes fill the whole', () => {
    expect(extent(toModelSize('x', drawing(300, 200, [50, 20, 110, 140]), 'clothes'))).toEqual([7, 0, 21, 28]);
  });

  test('28 × 28 stays as it is, but for light paper', () => {
    const image = drawing(28, 28, [1, 1, 5, 9], 0, 0.25);
    expect(Array.from(toModelSize('x', image, 'digit'))).toEqual(Array.from(image.pixels));
    const light: GreyImage = { ...image, pixels: image.pixels.map((value) => 1 - value) };
    expect(Array.from(toModelSize('x', light, 'digit'))).toEqual(Array.from(image.pixels));
  });

  test.each([
    ['black', 0],
    ['white', 1],
    ['grey', 0.4],
  ])('nothing drawn on %s is an error', (_, paper) => {
    expect(() => toModelSize('x', drawing(40, 40, [0, 0, 0, 0], paper), 'digit')).toThrow(Failure);
    expect(() => toModelSize('x', drawing(40, 40, [0, 0, 0, 0], paper), 'digit')).toThrow(/x: nothing is drawn on it/);
  });
});
