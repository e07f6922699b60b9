/**
 * One published file over HTTP, piece by piece, with errors that name the address. Knows nothing of where it is kept.
 */
import { FormatError, NnError } from '@nn/backend';
import type { PublishedFile } from './catalogue.ts';

/** A file that could not be had: no connection, an answer other than success, or a connection that broke. */
export class DownloadError extends NnError {
  override readonly name: string = 'DownloadError';
  /** The address asked for. */
  readonly url: string;
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined;

  constructor(op: string, url: string, message: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(op, `${url}: ${message}`, cause === undefined ? undefined : { cause });
    this.url = url;
    this.status = status;
  }
}

/** How far a download is. */
export interface DownloadProgress {
  /** Name of the file. */
  readonly file: string;
  /** Bytes of it that are here, those of an earlier attempt included. */
  readonly received: number;
  /** All its bytes. */
  readonly total: number;
}

/** A file to be fetched. */
export interface Transfer {
  /** What the user called, for errors. */
  readonly op: string;
  readonly url: string;
  readonly file: PublishedFile;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: DownloadProgress) => void) | undefined;
}

/** An answer that may be read: the whole file (`start` 0) or the rest of it. */
export interface Answer {
  readonly start: number;
  /** What names this version of the file in a later `If-Range`. */
  readonly validator: string | undefined;
  /** The bytes from `start` on. Throws when they are too many, too few, or the connection breaks. */
  pieces(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>;
}

/**
 * Asks for a file from byte `from` on.
 *
 * @param validator - the version that the bytes before `from` are of, if known; of another one the server sends the whole
 * @returns the answer, or `'restart'` when the server can't go on from there
 * @throws DownloadError without a connection or for any other status; the signal's reason when aborted
 */
export async function request(transfer: Transfer, from: number, validator?: string): Promise<Answer | 'restart'> {
  const { op, url, signal } = transfer;
  const headers = new Headers({ 'Accept-Encoding': 'identity' });
  if (from > 0) headers.set('Range', `bytes=${from}-`);
  if (from > 0 && validator) headers.set('If-Range', validator);
  const response = await fetch(url, { headers, ...(signal && { signal }) }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new DownloadError(op, url, `no connection (${reason(cause)}); try again, or another mirror`, { cause });
  });
  if (from > 0 && (response.status === 416 || (response.status === 206 && rangeStart(response) !== from))) {
    await response.body?.cancel();
    return 'restart';
  }
  if (response.status !== 200 && !(from > 0 && response.status === 206)) {
    await response.body?.cancel();
    const { status, statusText } = response;
    throw new DownloadError(op, url, `expected status 200, found ${status} ${statusText}; try another mirror`, {
      status,
    });
  }
  const start = response.status === 206 ? from : 0;
  return { start, validator: validatorOf(response), pieces: () => readBody(transfer, response, start) };
}

async function* readBody(
  { op, url, file, signal, onProgress }: Transfer,
  response: Response,
  start: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let received = start;
  const broken = (cause?: unknown): DownloadError => {
    const why = cause === undefined ? 'the answer ended' : `the connection broke (${reason(cause)})`;
    return new DownloadError(op, url, `${why} at byte ${received} of ${file.bytes}; try again to go on from there`, {
      cause,
    });
  };
  const reader = response.body?.getReader();
  try {
    while (reader) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw broken(cause);
      });
      if (done) break;
      if (received + value.length > file.bytes) {
        const encoding = response.headers.get('Content-Encoding');
        throw new FormatError(
          op,
          `${url}: expected ${file.bytes} bytes, found more; this is not ${file.name} as published` +
            (encoding ? ` (the server sent it as Content-Encoding: ${encoding}, so it arrived unpacked)` : ''),
        );
      }
      received += value.length;
      yield value;
      onProgress?.({ file: file.name, received, total: file.bytes });
    }
  } finally {
    await reader?.cancel().catch(() => {
      // A connection that has broken can't be cancelled; its error has been thrown above.
    });
  }
  if (received < file.bytes) throw broken();
}

/** Whether these are the bytes that were published. Throws where there is no SHA-256, as on pages without https. */
export async function isIntact({ op, file }: Transfer, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return bytes.length === file.bytes && (await sha256(op, bytes)) === file.sha256;
}

/** The error for bytes that aren't those that were published. */
export async function notIntact({ op, url, file }: Transfer, bytes: Uint8Array<ArrayBuffer>): Promise<FormatError> {
  return new FormatError(
    op,
    `${url}: expected SHA-256 ${file.sha256}, found ${await sha256(op, bytes)}; this is not ${file.name} as published, try another mirror`,
  );
}

interface Digester {
  digest(algorithm: 'SHA-256', bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

async function sha256(op: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Pages that aren't served over https lack it, whatever its type says.
  const { subtle } = globalThis.crypto as { subtle?: Digester };
  if (subtle === undefined) {
    throw new NnError(op, 'downloads are checked by SHA-256, which browsers offer only over https and on localhost');
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Where the sent range starts: `Content-Range: bytes 100-199/200`. */
function rangeStart(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get('Content-Range') ?? '')?.[1] ?? Number.NaN);
}

/** If-Range takes a strong ETag or a date. */
function validatorOf({ headers }: Response): string | undefined {
  const tag = headers.get('ETag');
  return tag?.startsWith('"') ? tag : (headers.get('Last-Modified') ?? undefined);
}

/** Node's fetch hides the telling message in the cause of its error. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
}
