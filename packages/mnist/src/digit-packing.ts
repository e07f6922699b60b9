/**
 * How the built-in digits are packed, and back: labels, then where the ink is (run lengths), then the grey values of the ink,
 * sorted into groups by their neighbours so that each group has few likely values; all of it in gzip. A sixth smaller than
 * gzip of the plain pixels. The images here are in no file format of the outside world.
 */
import { openGzip } from './gzip.ts';

const side = 28;
const pixels = side * side;

// Neighbours count as paper or as one of a few bands of grey. The thresholds were chosen by trying.
const fine: Uint8Array = bands(1, 70, 160, 250);
const coarse: Uint8Array = bands(1, 128);
const groups = 5 * 5 * 3;

function bands(...from: number[]): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => from.filter((first) => value >= first).length);
}

/** The group of the grey value at `at`: by the pixels to the west, north and north-east, which are known before it. */
function groupAt(images: Uint8Array, at: number): number {
  const column = at % side;
  const top = at % pixels < side;
  const west = column === 0 ? 0 : images[at - 1]!;
  const north = top ? 0 : images[at - side]!;
  const northEast = top || column === side - 1 ? 0 : images[at - side + 1]!;
  return (fine[west]! * 5 + fine[north]!) * 3 + coarse[northEast]!;
}

/**
 * Packs images of 28 × 28 bytes, each with a label. `gzip` compresses, as well as it can.
 *
 * Layout before gzip, with numbers of 32 bits little-endian: number of images, number of runs, length of each group;
 * then labels, runs (paper and ink in turn, at most 255 long, over all images without a break), groups.
 */
export function packDigits(
  images: Uint8Array,
  labels: Uint8Array,
  gzip: (bytes: Uint8Array) => Uint8Array,
): Uint8Array {
  const greys: number[][] = Array.from({ length: groups }, () => []);
  const runs: number[] = [0];
  let ink = false;
  images.forEach((value, at) => {
    if ((value !== 0) !== ink) {
      ink = !ink;
      runs.push(0);
    } else if (runs.at(-1) === 255) runs.push(0, 0);
    runs[runs.length - 1]!++;
    if (ink) greys[groupAt(images, at)]!.push(value);
  });
  const numbers = Uint32Array.of(labels.length, runs.length, ...greys.map((group) => group.length));
  const head = new Uint8Array(numbers.length * 4);
  const view = new DataView(head.buffer);
  numbers.forEach((number, index) => {
    view.setUint32(4 * index, number, true);
  });
  return gzip(Uint8Array.from([head, labels, runs, ...greys].flatMap((part) => Array.from(part))));
}

/**
 * Unpacks what {@link packDigits} made.
 *
 * @throws FormatError when the bytes are damaged
 */
export async function unpackDigits(packed: Uint8Array): Promise<{ images: Uint8Array; labels: Uint8Array }> {
  const bytes = await unzip(packed);
  const view = new DataView(bytes.buffer);
  const count = view.getUint32(0, true);
  const runs = 4 * (2 + groups) + count;
  const next = new Uint32Array(groups);
  let at = runs + view.getUint32(4, true);
  for (let group = 0; group < groups; group++) {
    next[group] = at;
    at += view.getUint32(8 + 4 * group, true);
  }
  const images = new Uint8Array(count * pixels);
  let pixel = 0;
  for (let run = runs; pixel < images.length; run++) {
    const end = pixel + bytes[run]!;
    if ((run - runs) % 2 === 0) pixel = end;
    else for (; pixel < end; pixel++) images[pixel] = bytes[next[groupAt(images, pixel)]!++]!;
  }
  return { images, labels: bytes.slice(runs - count, runs) };
}

async function unzip(packed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const gzip = openGzip('mnist', 'the built-in digits', packed);
  const bytes = new Uint8Array(gzip.length);
  let at = 0;
  for await (const piece of gzip.pieces()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
