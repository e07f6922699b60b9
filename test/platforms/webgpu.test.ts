/*
 * The WebGPU backend as it is published: a program that trains with it, built by each bundler and by none, runs in a browser, in its page and in a worker, and on plain Node
 * with the npm package `webgpu` beside it, to the losses of the reference. Where there is no WebGPU it is told what to try.
 * Needs `npm run build`; NN_NODE and NN_REQUIRE_BROWSER as in platforms.test.ts, NN_REQUIRE_WEBGPU as in test/webgpu.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WebGPUCounts, WebGPUInfo } from '@nn/backend-webgpu';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { preferredDriver } from '../webgpu/drivers.ts';
import { openPage, type Report } from './browser.ts';
import { findBrowser, type Visit } from './browsers.ts';
import { bundlers } from './bundlers.ts';
import { install, linkWebGPU } from './installed.ts';
import { valuesOf } from './values.ts';

const run = promisify(execFile);
const node = process.env['NN_NODE'] ?? process.execPath;
const browser = findBrowser();
const driver = await preferredDriver();
const required = (process.env['NN_REQUIRE_WEBGPU'] ?? '').split(',').filter((name) => name !== '' && name !== '0');
const isRequired = (adapter: string): boolean => required.includes('1') || required.includes(adapter);
// Outside of the repository, so that nothing is found but what lies there.
const folder = mkdtempSync(join(tmpdir(), 'nn-webgpu-'));
const folderOf = (name: string): string => join(folder, name.replace(' ', '-'));

beforeAll(async () => {
  for (const [name, build] of Object.entries(bundlers)) {
    mkdirSync(folderOf(name));
    await build('webgpu', folderOf(name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** What training must have printed. Sums run in another order than the reference's and exp and division are the device's, within units of the last place: that is the bound. */
function expectTraining(values: Map<string, string>): WebGPUInfo {
  expect(values.get('refused')).toBeUndefined();
  const parsed = <T>(name: string): T => JSON.parse(values.get(name)!) as T;
  const [here, there] = ['webgpu', 'reference'].map((name) => values.get(name)!.split(',').map(Number));
  expect(there!.length).toBe(15);
  expect(there![11]!).toBeLessThan(0.8 * there![0]!);
  for (const [step, loss] of here!.entries()) expect(Math.abs(loss - there![step]!), `step ${step}`).toBeLessThan(1e-5);
  expect(here!.length).toBe(there!.length);
  const [first, last] = [parsed<WebGPUCounts>('first step'), parsed<WebGPUCounts>('counts')];
  // A step is one submit, and neither the later ones nor a smaller batch compile anything.
  expect(last.submits - first.submits).toBe(14);
  expect(last.launches).toBeGreaterThan(first.launches);
  expect(last.pipelines).toBe(first.pipelines);
  expect(values.get('ok')).toBe('ok');
  return parsed('info');
}

const said = new Set<string>();

/** Leaves a test out and says why, once; fails it where it must run. */
function leaveOut({ skip }: TestContext, reason: string, must: boolean): never {
  if (must) throw new Error(reason);
  if (!said.has(reason)) console.log(`WebGPU tests skipped: ${reason}`);
  said.add(reason);
  return skip(reason);
}

describe('bundlers', () => {
  it.each(['esbuild', 'vite', 'webpack'])('%s follows no import of the native package', (name) => {
    const files = readdirSync(folderOf(name), { recursive: true }).map(String);
    const program = name === 'esbuild' ? 'webgpu.mjs' : 'train.mjs';
    expect(files.sort()).toEqual(['page.html', program, 'worker.mjs'].sort());
    const text = readFileSync(join(folderOf(name), program), 'utf8');
    expect(text).toContain('npm install webgpu');
    expect(text).not.toContain('dawn.node');
  });
});

describe('in a browser', () => {
  const open = (context: TestContext, name: string, visit: Visit): Promise<Report> =>
    browser === undefined
      ? leaveOut(
          context,
          'there is no Chromium on PATH (Debian: apt-get install chromium)',
          process.env['NN_REQUIRE_BROWSER'] === '1',
        )
      : openPage(browser, folderOf(name), visit);

  // A page's import map isn't its workers'.
  const places = Object.keys(bundlers).flatMap((name) =>
    name === 'no bundler' ? [{ name, worker: false }] : [false, true].map((worker) => ({ name, worker })),
  );

  it.for(places)('built by $name, worker: $worker', async ({ name, worker }, context) => {
    const { output, error } = await open(context, name, { adapter: true, worker });
    expect(error).toBeUndefined();
    const values = valuesOf(output);
    // The browser itself, asked without our code.
    if (values.get('adapter') === 'none') leaveOut(context, 'this browser has no adapter', isRequired('swiftshader'));
    expect(expectTraining(values).adapter.architecture).toBe('swiftshader');
  });

  it.for([
    ['without an adapter', {}, ['no adapter: the browser has WebGPU', 'chrome://gpu', 'use wasm()']],
    ['without an adapter, in a worker', { worker: true }, ['no adapter: the browser has WebGPU', 'use wasm()']],
    ['at an unsafe address', { adapter: true, insecure: true }, ['no WebGPU', 'https or localhost', 'use wasm()']],
  ] as const)('%s says what to try, and asks the server for nothing', async ([, visit, parts], context) => {
    const { output, error, requests } = await open(context, 'esbuild', visit);
    expect(error).toBeUndefined();
    const values = valuesOf(output);
    expect([...values.keys()]).toEqual(['refused', 'adapter', 'ok']);
    for (const part of parts) expect(values.get('refused')).toContain(part);
    expect(values.get('adapter')).toBe('none');
    expect(requests).toEqual(['/page.html', ...('worker' in visit ? ['/worker.mjs'] : []), '/webgpu.mjs']);
  });
});

describe('on plain Node', () => {
  const execute = async (program: string, environment: Readonly<Record<string, string>>) =>
    valuesOf((await run(node, [program], { env: { ...process.env, ...environment } })).stdout);
  const project = (name: string, webgpu: boolean): Promise<string> => install('webgpu', folderOf(name), { webgpu });
  const refusal = async (program: string, environment: Readonly<Record<string, string>> = {}): Promise<string> => {
    const values = await execute(program, environment);
    expect([...values.keys()]).toEqual(['refused', 'adapter', 'ok']);
    return values.get('refused')!;
  };

  it.for([
    ['installed packages', () => project('installed', true)],
    [
      'a bundle',
      async () => {
        linkWebGPU(folderOf('esbuild'));
        return join(folderOf('esbuild'), 'webgpu.mjs');
      },
    ],
  ] as const)('trains as %s, with the package webgpu beside', async ([, prepare], context) => {
    if (driver === undefined)
      return leaveOut(context, 'Dawn gives no adapter here (test/webgpu says why)', required.length > 0);
    const { adapter } = expectTraining(await execute(await prepare(), driver.environment));
    expect(`${adapter.architecture} ${adapter.vendor}`.trim()).toBe(driver.adapter);
  });

  it('says that the package webgpu is to be installed', async () => {
    expect(await refusal(await project('alone', false))).toBe(
      '[webgpu] there is no WebGPU here of its own; install the package that brings it (npm install webgpu), or use wasm()',
    );
  });

  it('says so where that package has no build for the machine', async () => {
    const program = await project('foreign', false);
    const own = join(folderOf('foreign'), 'node_modules/webgpu');
    mkdirSync(own);
    writeFileSync(join(own, 'package.json'), '{ "name": "webgpu", "type": "module", "main": "index.js" }');
    const code =
      "import { createRequire } from 'node:module';\ncreateRequire(import.meta.url)('./dist/none/dawn.node');";
    writeFileSync(join(own, 'index.js'), code);
    expect(await refusal(program)).toMatch(
      /^\[webgpu\] the package webgpu doesn't load on this machine: Cannot find module .*dawn\.node.*; use wasm\(\)/,
    );
  });

  // Elsewhere the driver isn't found by a file.
  it.runIf(process.platform === 'linux')('says what to try where there is no driver', async () => {
    const none = join(folder, 'no-driver.json');
    const said = await refusal(await project('driverless', true), { VK_DRIVER_FILES: none, VK_ICD_FILENAMES: none });
    for (const part of ['no adapter', 'VK_DRIVER_FILES', 'use wasm()']) expect(said).toContain(part);
  });
});
