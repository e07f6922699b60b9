/*
 * A real browser: finds Chromium, serves it a folder on this machine and waits for what the page sends back. Knows nothing of what
 * the page does.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, extname, join, normalize } from 'node:path';
import { json } from 'node:stream/consumers';
import { patience } from '../../vitest.patience.ts';

/** What page.html reports. */
export interface Report {
  /** The lines that the program printed. */
  readonly output: string;
  /** Why it failed; absent when it didn't. */
  readonly error?: string;
  readonly agent: string;
  /** The paths that the browser asked the server for. */
  readonly requests: readonly string[];
}

/** How a page is opened; nothing of it by default. */
export interface Visit {
  /** Cross-origin isolated: such a page may share memory between threads. */
  readonly isolated?: boolean;
  /** The program runs in a worker of the page. */
  readonly worker?: boolean;
  /** With WebGPU's software adapter, or with none. */
  readonly adapter?: boolean;
  /** From an address that isn't the machine's own, so the browser withholds what only safe pages have. */
  readonly insecure?: boolean;
}

const names = ['chromium', 'chromium-browser', 'google-chrome'];
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
};
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

// Headless, and without anything that a browser does on its own account.
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
// WebGPU on the software adapter that Chromium brings; without them it gives none.
const adapterFlags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
const elsewhere = 'nn.test';

/** The browser's program on PATH; undefined where there is none. */
export function findBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

/** Milliseconds in which a page reports: less than a test may take, so that what the browser said is told. */
const deadline = patience.testTimeout / 2;

/** Opens `page.html` of a folder and resolves with its report; rejects when the browser ends or the time is over before. */
export async function openPage(
  browser: string,
  folder: string,
  { isolated = false, worker = false, adapter = false, insecure = false }: Visit = {},
): Promise<Report> {
  const { server, report } = serve(folder, isolated ? isolation : {});
  const profile = mkdtempSync(join(tmpdir(), 'nn-browser-'));
  let close = async (): Promise<void> => {};
  try {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const page = `http://${insecure ? elsewhere : '127.0.0.1'}:${port}/page.html${worker ? '?worker' : ''}`;
    const options = [
      ...flags,
      ...(adapter ? adapterFlags : []),
      ...(insecure ? [`--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`] : []),
      `--user-data-dir=${profile}`,
    ];
    const child = spawn(browser, [...options, page], { detached: true, stdio: 'pipe' });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the browser ended with ${code} before the page reported:\n${said}`)),
      );
    });
    close = async () => {
      // The whole group: a browser is many processes.
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGKILL');
      await ended;
    };
    return await Promise.race([report, failed, timeout(() => said)]);
  } finally {
    await close();
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Serves the files of a folder, and takes one report. */
function serve(
  folder: string,
  headers: Readonly<Record<string, string>>,
): { readonly server: Server; readonly report: Promise<Report> } {
  let deliver: (report: Report) => void;
  const report = new Promise<Report>((resolve) => {
    deliver = resolve;
  });
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      deliver({ ...((await json(request)) as Omit<Report, 'requests'>), requests });
      response.end();
      return;
    }
    const { pathname } = new URL(request.url ?? '', 'http://page');
    requests.push(pathname);
    const file = join(folder, normalize(pathname));
    const type = types[extname(file)];
    if (type === undefined || !existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { ...headers, 'content-type': type }).end(readFileSync(file));
  });
  return { server, report };
}

function timeout(said: () => string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no report from the page in ${deadline} ms:\n${said()}`)), deadline).unref();
  });
}
