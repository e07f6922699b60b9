/**
 * The four files of a published set: each from the cache of this machine, or else over the network. Chooses between disk
 * and browser; how they do it is theirs.
 */
import { ValueError } from '@nn/backend';
import { type CacheHost, fetchThroughCache } from './browser-cache.ts';
import type { FourFiles, Publication, PublishedFile } from './catalogue.ts';
import { defaultCacheFolder, fetchToDisk } from './disk-cache.ts';
import type { NamedBytes } from './labelled-images.ts';
import { nodeHost } from './node.ts';
import type { DownloadProgress } from './transfer.ts';

/** Options of a download. */
export interface DownloadOptions {
  /** Address of the folder that holds the four published files. Default: a well-known place for each set. */
  mirror?: string;
  /** Folder for the files (Node only). Default: `nn` in the user's cache folder (`XDG_CACHE_HOME`, else `~/.cache`). */
  cacheDir?: string;
  /** Called for each piece that arrives; not called for files that are in the cache. */
  onProgress?: (progress: DownloadProgress) => void;
  /** Breaks off the download. What has arrived stays, and the next call goes on from there (Node). */
  signal?: AbortSignal;
}

/** Fetches the four files of `publication`, one after the other. */
export async function downloadFiles(
  op: string,
  publication: Publication,
  { mirror = publication.mirror, cacheDir, onProgress, signal }: DownloadOptions,
): Promise<FourFiles<NamedBytes>> {
  const base = mirror.endsWith('/') ? mirror : `${mirror}/`;
  if (!/^https?:/.test(base) || !URL.canParse(base)) {
    throw new ValueError(op, `mirror must be an http or https address, got ${JSON.stringify(mirror)}`);
  }
  const node = nodeHost();
  if (node === undefined && cacheDir !== undefined) {
    throw new ValueError(op, 'cacheDir needs a file system, as in Node; a browser keeps downloads in its own cache');
  }
  const fetchOne = async (file: PublishedFile): Promise<NamedBytes> => {
    signal?.throwIfAborted();
    const transfer = { op, url: new URL(file.name, base).href, file, signal, onProgress };
    const bytes = node
      ? await fetchToDisk(node, node.path.join(cacheDir ?? defaultCacheFolder(node), publication.name), transfer)
      : await fetchThroughCache((globalThis as { caches?: CacheHost }).caches, transfer);
    return { name: file.name, bytes };
  };
  const { trainImages, trainLabels, validImages, validLabels } = publication.files;
  // Labels first: they are small, so a wrong mirror is found out early.
  const labels = { trainLabels: await fetchOne(trainLabels), validLabels: await fetchOne(validLabels) };
  return { ...labels, validImages: await fetchOne(validImages), trainImages: await fetchOne(trainImages) };
}
