/**
 * Downloads kept on disk (Node): each file under its own name once it is whole and its SHA-256 is right, never before.
 * Until then it grows as `NAME.part`, from which an interrupted download goes on. Pieces are written at their positions and
 * checked in the end, so two processes that fetch the same file don't spoil each other's.
 */
import { FormatError, ValueError } from '@nn/backend';
import type { NodeHost } from './node.ts';
import { DownloadError, isIntact, notIntact, request, type Transfer } from './transfer.ts';

// Broken connections are taken up again by themselves, as long as each attempt brought something.
const attempts = 5;

/** The folder for cached data of this user: `nn` in XDG_CACHE_HOME, or in what the system uses in its place. */
export function defaultCacheFolder({ os, path, process: { env, platform } }: NodeHost): string {
  // Only what is needed is looked at: Deno asks its user for each variable, and for the home folder.
  const { XDG_CACHE_HOME: xdg } = env;
  // The XDG specification says to ignore a relative path.
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'nn');
  const home = (): string => os.homedir();
  if (platform === 'darwin') return path.join(home(), 'Library', 'Caches', 'nn');
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] || path.join(home(), 'AppData', 'Local'), 'nn', 'Cache');
  return path.join(home(), '.cache', 'nn');
}

/** The bytes of a file: from `folder` if it is there and intact, else downloaded into it. */
export async function fetchToDisk(node: NodeHost, folder: string, transfer: Transfer): Promise<Uint8Array> {
  const { files, path } = node;
  const target = path.join(folder, transfer.file.name);
  const part = `${target}.part`;
  await files.mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    const { message } = cause as Error;
    throw new ValueError(transfer.op, `can't make the cache folder (${message}); pass another as cacheDir`, { cause });
  });
  for (let attempt = 1; ; attempt++) {
    const kept = await readIfAny(node, target);
    if (kept && (await isIntact(transfer, kept))) return kept;

    const had = await sizeIfAny(node, part);
    try {
      await complete(node, part, had, transfer);
    } catch (error) {
      if (error instanceof FormatError) await discard(node, part);
      const moved = (await sizeIfAny(node, part)) !== had;
      if (error instanceof DownloadError && error.status === undefined && moved && attempt < attempts) continue;
      throw error;
    }

    const bytes = await readIfAny(node, part);
    if (bytes === undefined) {
      if (attempt < attempts) continue; // another process has just put it in place
      throw new DownloadError(transfer.op, transfer.url, `what is downloaded to ${part} vanishes from there`);
    }
    if (await isIntact(transfer, bytes)) {
      await install(node, part, target);
      return bytes;
    }
    await discard(node, part);
    // A beginning from an earlier attempt may have been of another version. One that came whole is wrong.
    if (had === 0 || attempt >= attempts) throw await notIntact(transfer, bytes);
  }
}

/** Fetches what `part` lacks, with its first `had` bytes there. */
async function complete(node: NodeHost, part: string, had: number, transfer: Transfer): Promise<void> {
  const { files } = node;
  if (had === transfer.file.bytes) return;
  const usable = had < transfer.file.bytes ? had : 0;
  const validator = usable > 0 ? await readIfAny(node, `${part}.version`) : undefined;
  let answer = await request(transfer, usable, validator && new TextDecoder().decode(validator));
  if (answer === 'restart') answer = await request(transfer, 0);
  if (answer === 'restart') throw new DownloadError(transfer.op, transfer.url, 'the server does not send the file');
  if (answer.start === 0) await files.writeFile(`${part}.version`, answer.validator ?? '');
  const handle = await files.open(part, files.constants.O_RDWR | files.constants.O_CREAT);
  try {
    if (answer.start < had) await handle.truncate(answer.start);
    let position = answer.start;
    for await (const piece of answer.pieces()) {
      for (let from = 0; from < piece.length; ) {
        const { bytesWritten } = await handle.write(piece, from, piece.length - from, position);
        from += bytesWritten;
        position += bytesWritten;
      }
    }
  } finally {
    await handle.close();
  }
}

/** Gives a checked file its name, so that after a crash there is either the whole file or none. */
async function install(node: NodeHost, part: string, target: string): Promise<void> {
  const { files, path } = node;
  // Where the part is missing, another process has done this in the meantime.
  await sync(node, part, 'r+').catch(unlessMissing);
  await files.rename(part, target).catch(unlessMissing);
  await files.rm(`${part}.version`, { force: true });
  await sync(node, path.dirname(target), 'r').catch(() => {
    // Windows syncs no folders; the rename is as safe there as it gets.
  });
}

async function sync({ files }: NodeHost, path: string, flags: string): Promise<void> {
  const handle = await files.open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function discard({ files }: NodeHost, part: string): Promise<void> {
  await files.rm(part, { force: true });
  await files.rm(`${part}.version`, { force: true });
}

async function readIfAny({ files }: NodeHost, path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = await files.readFile(path).catch(unlessMissing);
  return bytes && new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

async function sizeIfAny({ files }: NodeHost, path: string): Promise<number> {
  return (await files.stat(path).catch(unlessMissing))?.size ?? 0;
}

function unlessMissing(error: unknown): undefined {
  if ((error as { code?: string }).code === 'ENOENT') return undefined;
  throw error;
}
