/**
 * gzip (RFC 1952) read piece by piece: the header is checked before anything is inflated, the checksum by the
 * platform's DecompressionStream, which inflates. How much is too much is the caller's business: it may stop at any piece.
 * Knows nothing of IDX.
 */
import { FormatError } from '@nn/backend';

// Fixed header, then at least an empty deflate block, then CRC-32 and length.
const headerBytes = 10;
const trailerBytes = 8;
const smallest = headerBytes + 2 + trailerBytes;

// Deflate never gains more than 258 bytes for 2 bits.
const largestRatio = 1032;

/** Whether these bytes start as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What a gzip file says about itself, and its contents piece by piece. */
export interface Gzip {
  /**
   * Length of the contents modulo 2³², as the last four bytes say. For the reader to hold against the pieces: there are
   * platforms that overlook zeros after the end.
   */
  readonly length: number;
  /** No contents longer than this fit into the file. */
  readonly mostBytes: number;
  /** The contents. Breaking off cancels the inflating. */
  pieces(): AsyncGenerator<Uint8Array, void, void>;
}

/**
 * Opens a gzip file of one member.
 *
 * @throws FormatError at once when header or trailer can't be right; while reading when the contents are damaged.
 */
export function openGzip(op: string, name: string, bytes: Uint8Array): Gzip {
  const fail = (what: string, options?: ErrorOptions): FormatError =>
    new FormatError(op, `${name}: ${what}; the file is damaged, fetch it again`, options);
  if (bytes.length < smallest) {
    throw fail(`a gzip file has at least ${smallest} bytes, this one ends at byte ${bytes.length}`);
  }
  if (bytes[2] !== 8) throw fail(`byte 2: expected compression method 8 (deflate), found ${bytes[2]}`);
  if (bytes[3]! > 0x1f) {
    throw fail(`byte 3: expected gzip flags of 0x1f at most, found 0x${bytes[3]!.toString(16)}`);
  }
  const stated = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);

  async function* pieces(): AsyncGenerator<Uint8Array, void, void> {
    let length = 0;
    const broken = (cause: unknown): FormatError =>
      fail(`the compressed data or their checksum are broken after ${length} unpacked bytes (${reason(cause)})`, {
        cause,
      });
    for await (const piece of inflate(bytes, broken)) {
      length += piece.length;
      yield piece;
    }
  }
  return { length: stated, mostBytes: bytes.length * largestRatio, pieces };
}

/** The platform's inflater over a byte array, its errors turned into ours. */
async function* inflate(
  bytes: Uint8Array,
  fail: (cause: unknown) => FormatError,
): AsyncGenerator<Uint8Array, void, void> {
  const step = 1 << 16;
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        // A copy: streams take no views of shared memory, and some keep what they are given.
        controller.enqueue(new Uint8Array(bytes.subarray(at, at + step)));
        at += step;
      },
    },
    { highWaterMark: 0 },
  );
  const reader = source.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw fail(cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {
      // A stream that has failed can't be cancelled; its error has been thrown above.
    });
  }
}

function reason(cause: unknown): string {
  const { code, message } = cause as { code?: string; message?: string };
  return message || code || 'unknown cause';
}
