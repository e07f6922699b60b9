/** A line that tells how far a download is, on the side channel of a terminal; nothing where nobody looks. */
import type { DownloadProgress } from '@nn/mnist';

/** What to call at each step. The line goes away at the end of each file. */
export function downloadLine(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
): (progress: DownloadProgress) => void {
  return ({ file, received, total }) => {
    if (!stream.isTTY) return;
    const text =
      received < total
        ? `fetching ${file}: ${Math.floor((100 * received) / total)} % of ${Math.ceil(total / 1e6)} MB`
        : '';
    // Back to the start of the line, and what stood there deleted.
    stream.write(`\r\x1b[K${text}`);
  };
}
