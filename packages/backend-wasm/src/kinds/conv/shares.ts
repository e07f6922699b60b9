/** How a batch is shared out where its images' sums are added: from sizes alone, so that results repeat. */

/** At most so many shares, with sums in about so many bytes. */
const mostShares = 8;
const ampleBytes = 2 ** 20;

/** Images of a share, and how many shares there are; `bytes` are those of a share's sums. */
export function sharesOf(batch: number, bytes: number): { readonly images: number; readonly shares: number } {
  const images = Math.ceil(batch / Math.max(1, Math.min(mostShares, Math.floor(ampleBytes / bytes)))) || 1;
  return { images, shares: Math.ceil(batch / images) || 1 };
}
