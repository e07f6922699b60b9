import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FormatError, ValueError } from '@nn/backend';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultCacheFolder, fetchToDisk } from './disk-cache.ts';
import { nodeHost } from './node.ts';
import { DownloadError, type DownloadProgress, type Transfer } from './transfer.ts';

const content: Buffer = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at) >>> 5));
const half = content.length / 2;
const file = { name: 'x.gz', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a good server does: whole files, ranges, and `If-Range`. */
function serve(bytes: Buffer, version = '"one"'): Handler {
  return ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.setHeader('ETag', version);
    if (from === 0 || (headers['if-range'] !== undefined && headers['if-range'] !== version)) {
      response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    } else if (from >= bytes.length) {
      response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}` }).end();
    } else {
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      response
        .writeHead(206, { 'Content-Range': range, 'Content-Length': bytes.length - from })
        .end(bytes.subarray(from));
    }
  };
}

/** Sends the first bytes of a whole file, then drops the connection. */
const breaking =
  (bytes: number, version = '"one"'): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Length': content.length, ETag: version });
    response.write(content.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };

let folder: string;
let server: Server;
let handlers: Handler[];
let requests: IncomingMessage[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nn-cache-'));
  handlers = [];
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    const handler = handlers.length > 1 ? handlers.shift()! : handlers[0]!;
    handler(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const fetchIt = (more: Partial<Transfer> = {}): Promise<Uint8Array> => {
  const url = more.url ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.gz`;
  return fetchToDisk(nodeHost()!, folder, {
    op: 'mnist',
    file,
    signal: undefined,
    onProgress: undefined,
    ...more,
    url,
  });
};
const ranges = (): (string | undefined)[] => requests.map(({ headers }) => headers.range);
const expectWhole = async (bytes: Uint8Array): Promise<void> => {
  expect(Buffer.compare(bytes, content)).toBe(0);
  expect(await readdir(folder)).toEqual(['x.gz']);
  expect(Buffer.compare(await readFile(join(folder, 'x.gz')), content)).toBe(0);
};

describe('a good server', () => {
  test('the file is fetched once, then read from disk', async () => {
    handlers = [serve(content)];
    await expectWhole(await fetchIt());
    await expectWhole(await fetchIt());
    expect(ranges()).toEqual([undefined]);
    expect(requests[0]!.headers['accept-encoding']).toBe('identity');
  });

  test('progress goes up to the whole', async () => {
    handlers = [serve(content)];
    const seen: DownloadProgress[] = [];
    await fetchIt({ onProgress: (progress) => seen.push(progress) });
    expect(seen.every(({ file: name, total }) => name === 'x.gz' && total === content.length)).toBe(true);
    const received = seen.map((progress) => progress.received);
    expect(received).toEqual(received.toSorted((a, b) => a - b));
    expect(received.at(-1)).toBe(content.length);
  });

  test('a damaged file on disk is fetched anew', async () => {
    handlers = [serve(content)];
    await writeFile(join(folder, 'x.gz'), content.subarray(1));
    await expectWhole(await fetchIt());
  });

  test('redirects are followed, ranges too', async () => {
    await writeFile(join(folder, 'x.gz.part'), content.subarray(0, half));
    const away: Handler = (_request, response) => response.writeHead(302, { Location: '/elsewhere' }).end();
    handlers = [away, serve(content)];
    await expectWhole(await fetchIt());
    expect(requests.map(({ url }) => url)).toEqual(['/x.gz', '/elsewhere']);
    expect(ranges()).toEqual([`bytes=${half}-`, `bytes=${half}-`]);
  });

  test('two at once', async () => {
    handlers = [serve(content)];
    const [first, second] = await Promise.all([fetchIt(), fetchIt()]);
    await expectWhole(first);
    await expectWhole(second);
  });

  test('compression on the way is undone', async () => {
    handlers = [(_request, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(content))];
    await expectWhole(await fetchIt());
  });
});

describe('interrupted', () => {
  test('a broken connection is taken up at once, where it broke', async () => {
    handlers = [breaking(half), serve(content)];
    await expectWhole(await fetchIt());
    expect(ranges()).toEqual([undefined, `bytes=${half}-`]);
    expect(requests[1]!.headers['if-range']).toBe('"one"');
  });

  test('when it breaks on and on, the next call goes on', async () => {
    handlers = [breaking(half), (_request, response) => response.destroy()];
    await expect(fetchIt()).rejects.toThrow(DownloadError);
    expect((await readdir(folder)).sort()).toEqual(['x.gz.part', 'x.gz.part.version']);
    handlers = [serve(content)];
    const seen: number[] = [];
    await expectWhole(await fetchIt({ onProgress: ({ received }) => seen.push(received) }));
    expect(requests.at(-1)!.headers.range).toBe(`bytes=${half}-`);
    expect(seen[0]).toBeGreaterThan(half);
  });

  test('by the user: the reason is thrown, what came stays', async () => {
    const controller = new AbortController();
    handlers = [
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': content.length });
        response.write(content.subarray(0, half));
      },
    ];
    const reason = new Error('enough');
    const attempt = fetchIt({ signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(attempt).rejects.toBe(reason);
    handlers = [serve(content)];
    await expectWhole(await fetchIt());
    expect(requests.at(-1)!.headers.range).toMatch(/^bytes=[1-9]/);
  });

  test('a beginning that is complete needs no network', async () => {
    handlers = [(_request, response) => response.writeHead(500).end()];
    await writeFile(join(folder, 'x.gz.part'), content);
    await expectWhole(await fetchIt());
    expect(requests).toEqual([]);
  });

  test('another version since: the server sends the whole', async () => {
    await writeFile(join(folder, 'x.gz.part'), Buffer.alloc(half + 7));
    await writeFile(join(folder, 'x.gz.part.version'), '"zero"');
    handlers = [serve(content)];
    await expectWhole(await fetchIt());
    expect(requests[0]!.headers['if-range']).toBe('"zero"');
    expect(requests.length).toBe(1);
  });

  test('a server that names no versions', async () => {
    const nameless =
      (handler: Handler): Handler =>
      (request, response) => {
        response.setHeader = () => response;
        handler(request, response);
      };
    handlers = [
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': content.length });
        response.write(content.subarray(0, half), () => setTimeout(() => response.destroy(), 20));
      },
      nameless(serve(content)),
    ];
    await writeFile(join(folder, 'x.gz.part.version'), '"old"');
    await expectWhole(await fetchIt());
    expect(ranges()).toEqual([undefined, `bytes=${half}-`]);
    expect(requests[1]!.headers['if-range']).toBeUndefined();
  });

  test.each([
    { what: 'of unknown version, from another file', part: Buffer.alloc(half), asked: 2 },
    { what: 'complete, from another file', part: Buffer.alloc(content.length), asked: 1 },
    { what: 'longer than the file', part: Buffer.alloc(content.length + 1), asked: 1 },
  ])('a beginning $what is thrown away', async ({ part, asked }) => {
    await writeFile(join(folder, 'x.gz.part'), part);
    handlers = [serve(content)];
    await expectWhole(await fetchIt());
    expect(requests.at(-1)!.headers.range).toBeUndefined();
    expect(requests.length).toBe(asked);
  });

  test.each<{ what: string; handler: Handler }>([
    { what: 'ignores ranges', handler: (_request, response) => response.writeHead(200).end(content) },
    { what: 'refuses ranges', handler: (_request, response) => response.writeHead(416).end() },
    {
      what: 'sends another range',
      handler: (_request, response) =>
        response.writeHead(206, { 'Content-Range': `bytes 5-9/${content.length}` }).end(content.subarray(5, 10)),
    },
    { what: 'sends an unnamed range', handler: (_request, response) => response.writeHead(206).end(content) },
  ])('the server $what', async ({ handler }) => {
    await writeFile(join(folder, 'x.gz.part'), content.subarray(0, half));
    handlers = [handler, serve(content)];
    await expectWhole(await fetchIt());
    expect(requests[0]!.headers.range).toBe(`bytes=${half}-`);
  });
});

describe('what is wrong', () => {
  const failure = async (more?: Partial<Transfer>): Promise<Error> => {
    const error: unknown = await fetchIt(more).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(await readdir(folder)).not.toContain('x.gz');
    return error as Error;
  };

  test('404', async () => {
    handlers = [(_request, response) => response.writeHead(404).end('<html>not here</html>')];
    const error = await failure();
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.message).toMatch(/^\[mnist\] http:.*x\.gz: expected status 200, found 404 Not Found/);
    expect((error as DownloadError).status).toBe(404);
    expect(requests.length).toBe(1);
  });

  test('a partial answer to no range', async () => {
    handlers = [(_request, response) => response.writeHead(206).end(content)];
    expect((await failure()).message).toMatch(/expected status 200, found 206/);
  });

  test('another digest', async () => {
    const other = Buffer.from(content.map((byte, at) => (at === 77 ? byte ^ 1 : byte)));
    handlers = [serve(other)];
    const error = await failure();
    expect(error).toBeInstanceOf(FormatError);
    const digest = createHash('sha256').update(other).digest('hex');
    expect(error.message).toContain(`expected SHA-256 ${file.sha256}, found ${digest}`);
    expect(await readdir(folder)).toEqual([]);
    expect(requests.length).toBe(1);
  });

  test('a longer file is not read to its end, and nothing stays of it', async () => {
    handlers = [serve(Buffer.concat([content, content]))];
    const error = await failure();
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(/expected 200000 bytes, found more/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a file that the server sends unpacked', async () => {
    handlers = [
      (_request, response) =>
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(content.length + 1))),
    ];
    expect((await failure()).message).toMatch(/Content-Encoding: gzip, so it arrived unpacked/);
  });

  test('a shorter file, again and again', async () => {
    handlers = [serve(content.subarray(0, half))];
    const error = await failure();
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.message).toMatch(/the answer ended at byte 100000 of 200000/);
  });

  test('an empty answer', async () => {
    handlers = [(_request, response) => response.writeHead(200).end()];
    expect((await failure()).message).toMatch(/the answer ended at byte 0 of 200000/);
    expect(requests.length).toBe(1);
  });

  test('no server', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.gz`;
    await new Promise((done) => server.close(done));
    const error = await failure({ url });
    expect(error).toBeInstanceOf(DownloadError);
    expect(error.message).toMatch(/no connection \(.*ECONNREFUSED.*\)/);
  });

  test('a folder that can’t be made', async () => {
    await writeFile(join(folder, 'taken'), '');
    const transfer: Transfer = { op: 'mnist', url: 'http://x', file, signal: undefined, onProgress: undefined };
    const attempt = fetchToDisk(nodeHost()!, join(folder, 'taken', 'in'), transfer);
    await expect(attempt).rejects.toThrow(ValueError);
    await expect(attempt).rejects.toThrow(/can't make the cache folder \(ENOTDIR.*\); pass another as cacheDir/);
  });

  test('no SHA-256, as on pages without https', async () => {
    handlers = [serve(content)];
    vi.stubGlobal('crypto', {});
    const error = await failure();
    vi.unstubAllGlobals();
    expect(error.message).toMatch(/checked by SHA-256, which browsers offer only over https/);
  });
});

describe('the default folder', () => {
  const node = nodeHost()!;
  const folderFor = (platform: string, env: Record<string, string>): string =>
    defaultCacheFolder({ ...node, process: { ...node.process, platform, env } });
  const home = homedir();
  test.each([
    ['linux', {}, join(home, '.cache', 'nn')],
    ['linux', { XDG_CACHE_HOME: '/var/mine' }, '/var/mine/nn'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, join(home, '.cache', 'nn')],
    ['darwin', {}, join(home, 'Library', 'Caches', 'nn')],
    ['win32', { LOCALAPPDATA: '/local' }, join('/local', 'nn', 'Cache')],
    ['win32', {}, join(home, 'AppData', 'Local', 'nn', 'Cache')],
  ])('%s with %o', (platform, env, expected) => {
    expect(folderFor(platform, env as Record<string, string>)).toBe(expected);
  });

  test('looks at nothing that it doesn’t need', () => {
    const forbidden = (): never => {
      throw new Error('not allowed');
    };
    const only = (env: Record<string, string>): Record<string, string> =>
      new Proxy(env, { get: (known, name) => known[name as string] ?? forbidden() });
    const folder = (platform: string, env: Record<string, string>): string =>
      defaultCacheFolder({
        ...node,
        os: { ...node.os, homedir: forbidden },
        process: { ...node.process, platform, env: only(env) },
      });
    expect(folder('linux', { XDG_CACHE_HOME: '/var/mine' })).toBe('/var/mine/nn');
    expect(folder('win32', { XDG_CACHE_HOME: '/var/mine', LOCALAPPDATA: '/local' })).toBe('/var/mine/nn');
  });
});
