/**
 * Downloads kept in the browser's Cache API, where there is one; elsewhere they are fetched each time. The cache holds a
 * file by its address; what it gives back is checked like a download.
 */
import type { Answer, Transfer } from './transfer.ts';
import { DownloadError, isIntact, notIntact, request } from './transfer.ts';

/** What is used of the browser's `CacheStorage`. */
export interface CacheHost {
  open(name: string): Promise<{
    match(url: string): Promise<Response | undefined>;
    put(url: string, response: Response): Promise<void>;
    delete(url: string): Promise<boolean>;
  }>;
}

/** The bytes of a file: from the cache if it is there and intact, else downloaded and put there. */
export async function fetchThroughCache(host: CacheHost | undefined, transfer: Transfer): Promise<Uint8Array> {
  const { url } = transfer;
  // Private windows may have the interface and refuse its use.
  const cache = await host?.open('nn').catch(() => undefined);
  const hit = await cache?.match(url);
  if (hit !== undefined) {
    const kept = new Uint8Array(await hit.arrayBuffer());
    if (await isIntact(transfer, kept)) return kept;
    await cache?.delete(url);
  }
  const answer = await request(transfer, 0);
  if (answer === 'restart') throw new DownloadError(transfer.op, url, 'the server does not send the file');
  const bytes = await collect(answer, transfer.file.bytes);
  if (!(await isIntact(transfer, bytes))) throw await notIntact(transfer, bytes);
  await cache?.put(url, new Response(bytes)).catch(() => {
    // Over quota: it works without, only slower the next time.
  });
  return bytes;
}

async function collect(answer: Answer, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const piece of answer.pieces()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
