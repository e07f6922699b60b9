/** A grey image of any size, and PNG files as such. Knows nothing of digits. */
import { FormatError } from '@nn/backend';
import { convertIndexedToRgb, type DecodedPng, decode, hasPngSignature } from 'fast-png';

/** Brightness 0 black to 1 white, row after row. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float64Array;
}

/** More is no drawing of a digit, and would only cost memory. */
const mostPixels = 1 << 26;

export const isPng = (bytes: Uint8Array): boolean => hasPngSignature(bytes);

/**
 * Decodes a PNG of any colour type: colours by their luminance (ITU-R BT.601), transparent pixels over black if the drawing is light, else over white.
 *
 * @throws FormatError for files that are damaged, too large, or interlaced with less than 8 bits a sample, which the decoder can't read
 */
export function readPng(name: string, bytes: Uint8Array): GreyImage {
  const fail = (what: string, options?: ErrorOptions): FormatError =>
    new FormatError('png', `${name}: ${what}`, options);
  checkHeader(bytes, fail);
  let png: DecodedPng;
  try {
    png = decode(bytes, { checkCrc: true });
    return toGrey(png);
  } catch (cause) {
    throw fail(`the file is damaged (${(cause as Error).message})`, { cause });
  }
}

/** The header is the first chunk: size, bits a sample, colour type, …, interlacing. */
function checkHeader(bytes: Uint8Array, fail: (what: string) => FormatError): void {
  const end = 29;
  if (bytes.length < end) throw fail(`the file ends at byte ${bytes.length}, inside its header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [width, height, depth, interlaced] = [view.getUint32(16), view.getUint32(20), bytes[24]!, bytes[28] !== 0];
  if (width === 0 || height === 0) throw fail(`the image has ${width} × ${height} pixels`);
  if (width * height > mostPixels)
    throw fail(`${width} × ${height} pixels are more than the ${mostPixels} that are allowed`);
  if (interlaced && depth < 8)
    throw fail(`it is interlaced with ${depth} bits a sample, which can't be read here; save it without interlacing`);
}

function toGrey(png: DecodedPng): GreyImage {
  const { width, height } = png;
  const { samples, channels, largest } = samplesOf(png);
  const luminance = new Float64Array(width * height);
  const alpha = new Float64Array(width * height);
  for (let i = 0; i < luminance.length; i++) {
    const at = i * channels;
    const [r, g, b] =
      channels < 3 ? [samples[at]!, samples[at]!, samples[at]!] : [samples[at]!, samples[at + 1]!, samples[at + 2]!];
    luminance[i] = (0.299 * r + 0.587 * g + 0.114 * b) / largest;
    alpha[i] = channels % 2 === 0 ? samples[at + channels - 1]! / largest : isKey(png, [r, g, b]) ? 0 : 1;
  }
  const visible = alpha.reduce((sum, a) => sum + a, 0);
  const light = luminance.reduce((sum, value, i) => sum + value * alpha[i]!, 0);
  const background = light > visible / 2 ? 0 : 1;
  return { width, height, pixels: luminance.map((value, i) => value * alpha[i]! + background * (1 - alpha[i]!)) };
}

interface Samples {
  readonly samples: ArrayLike<number>;
  readonly channels: number;
  readonly largest: number;
}

/** One number for each sample: palettes looked up, packed bits spread. */
function samplesOf(png: DecodedPng): Samples {
  const { width, height, depth, channels, data, palette } = png;
  if (palette !== undefined && channels === 1) {
    return { samples: convertIndexedToRgb(png), channels: palette[0]!.length, largest: 255 };
  }
  const largest = 2 ** depth - 1;
  if (depth >= 8) return { samples: data, channels, largest };
  // Only grey images have less than 8 bits here. Each row starts at a byte.
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      samples[row * width + column] = (data[row * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & largest;
    }
  }
  return { samples, channels, largest };
}

/** Whether a colour is the one that an image without alpha declares to be transparent. */
function isKey({ transparency, channels }: DecodedPng, color: readonly number[]): boolean {
  if (transparency === undefined) return false;
  return channels === 1 ? color[0] === transparency[0] : color.every((sample, i) => sample === transparency[i]);
}
