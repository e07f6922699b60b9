/*
 * A real browser: serves it a folder on this machine and waits for what the page sends back. Knows nothing of what the page does.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { json } from 'node:stream/consumers';
import { patience } from '../../vitest.patience.ts';
import { type Browser, elsewhere, startOf, type Visit } from './browsers.ts';

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

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.safetensors': 'application/octet-stream',
};
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Milliseconds in which a page reports: less than a test may take, so that what the browser said is told. */
const deadline = patience.testTimeout / 2;

/** Milliseconds that a browser has to end by itself. */
const grace = 2000;

/** Opens `page.html` of a folder and resolves with its report; rejects when the browser ends or the time is over before. */
export async function openPage(browser: Browser, folder: string, visit: Visit = {}): Promise<Report> {
  const { isolated = false, worker = false, insecure = false } = visit;
  const { server, report } = serve(folder, isolated ? isolation : {});
  const profile = mkdtempSync(join(tmpdir(), 'nn-browser-'));
  let close = async (): Promise<void> => {};
  try {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const page = `http://${insecure ? elsewhere : '127.0.0.1'}:${port}/page.html${worker ? '?worker' : ''}`;
    const { command, options, environment } = startOf(browser, page, profile, visit);
    const env = { ...process.env, ...environment };
    const child = spawn(command, options, { detached: true, stdio: 'pipe', env });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    let isOver = false;
    const ended = new Promise<void>((resolve) =>
      child.once('close', () => {
        isOver = true;
        resolve();
      }),
    );
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`the browser ended with ${code} before the page reported:\n${said}`)),
      );
    });
    close = async () => {
      // The whole group, as a browser is many processes; gently first, since a display takes its lock away when it is asked to end.
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (child.pid === undefined || isOver) break;
        endGroup(child.pid, signal);
        await Promise.race([ended, later(grace)]);
      }
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

function endGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // Nobody is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });

function timeout(said: () => string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no report from the page in ${deadline} ms:\n${said()}`)), deadline).unref();
  });
}
