/*
 * The other engines: what the published packages promise in Node and in Chromium holds in Firefox (SpiderMonkey), in WebKit (JavaScriptCore), in Bun and in Deno. Needs
 * `npm run build`. An engine that isn't there is left out, with the reason; NN_REQUIRE_ENGINES=firefox,webkit,bun,deno makes that a failure.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { root } from '../workspace.ts';
import { openPage } from './browser.ts';
import { type Engine, findBrowser, missing, onPath, type Visit } from './browsers.ts';
import { bundle } from './bundle.ts';
import { addPage } from './bundlers.ts';

const run = promisify(execFile);
const required = (process.env['NN_REQUIRE_ENGINES'] ?? '').split(',');
const folder = mkdtempSync(join(tmpdir(), 'nn-engines-'));
const folderOf = (name: string): string => join(folder, name);

beforeAll(async () => {
  for (const name of ['wasm', 'engines']) {
    // Names of classes that the reference cases define themselves are compared, so nothing may rename them.
    await bundle(name, folderOf(name), 'browser', { minify: name !== 'engines' });
    addPage(folderOf(name), { program: `${name}.mjs` });
  }
  const [from, to] = [join(root, 'apps/goldens/data'), join(folderOf('engines'), 'data')];
  cpSync(from, to, { recursive: true });
  writeFileSync(join(to, 'list.json'), JSON.stringify(readdirSync(from)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const valuesOf = (output: string): ReadonlyMap<string, string> =>
  new Map(output.split('\n').map((line) => [line.replace(/:.*/, ''), line.replace(/^[^:]*: ?/, '')]));

const leaveOut = ({ skip }: TestContext, name: string, reason: string): never => {
  if (required.includes(name)) throw new Error(reason);
  return skip(reason);
};

type Open = (context: TestContext, program: string, visit?: Visit) => Promise<ReadonlyMap<string, string>>;

const inBrowser =
  (engine: Engine): Open =>
  async (context, program, visit = { isolated: true }) => {
    const browser = findBrowser(engine) ?? leaveOut(context, engine, missing(engine));
    const { output, error } = await openPage(browser, folderOf(program), visit);
    expect(error).toBeUndefined();
    return valuesOf(output);
  };

const onRuntime =
  (name: string, ...options: string[]): Open =>
  async (context, program) => {
    const found = onPath([name]) ?? leaveOut(context, name, `there is no ${name} on PATH (npm install -g ${name})`);
    const { stdout } = await run(found, ['run', ...options, join(folderOf(program), `${program}.mjs`)]);
    return valuesOf(stdout);
  };

const engines: Readonly<Record<string, Open>> = {
  firefox: inBrowser('firefox'),
  webkit: inBrowser('webkit'),
  bun: onRuntime('bun'),
  deno: onRuntime('deno', '--allow-read', '--allow-env', '--allow-sys'),
};

describe.each(Object.entries(engines))('%s', (_, open) => {
  it('trains, with threads', async (context) => {
    const values = await open(context, 'wasm');
    expect(Object.fromEntries(values)).toMatchObject({ threads: '2', reason: 'null', ok: 'ok' });
    expect(values.get('model')).toMatch(/^Sequential\( \(0\): Linear\(/);
    for (const name of ['mlp', 'cnn']) {
      const losses = values.get(name)!.split(',').map(Number);
      expect(losses[0]).toBeGreaterThan(1.5);
      expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
    }
  });

  it('passes the conformance suite and the reference cases, and keeps its memory', async (context) => {
    const values = await open(context, 'engines');
    for (const threads of [1, 2]) {
      expect(values.get(`conformance on ${threads}`)).toMatch(/^[12]\d{3} judged, not passed: \[\]$/);
      expect(values.get(`goldens on ${threads}`)).toMatch(/^2\d{3} judged, not passed: \[\]$/);
    }
    expect(values.get('threads on 2')).toBe('2 null');
    expect(Number.parseInt(values.get('after 2000 steps without a read')!, 10)).toBeLessThan(50);
    expect(Number.parseInt(values.get('at most, where every step is read')!, 10)).toBeLessThan(300);
    expect(values.get('ok')).toBe('ok');
  });
});

describe.each(['firefox', 'webkit'] as const)('%s', (engine) => {
  const open = inBrowser(engine);

  it('trains in a worker, which has threads of its own', async (context) => {
    const values = await open(context, 'wasm', { isolated: true, worker: true });
    expect(Object.fromEntries(values)).toMatchObject({ threads: '2', reason: 'null', ok: 'ok' });
  });

  it('trains on one thread where the page is not isolated, and says why', async (context) => {
    const values = await open(context, 'wasm', {});
    expect(values.get('threads')).toBe('1');
    expect(values.get('reason')).toContain('the page is not cross-origin isolated');
    expect(values.get('ok')).toBe('ok');
  });
});
