/*
 * The wasm backend as it is published: a program that trains with it, built by each bundler and by none, runs in a browser and on plain Node, with threads where the page
 * may have them, to the same losses; and one with some of its parts. Needs `npm run build`; NN_NODE and NN_REQUIRE_BROWSER as in platforms.test.ts.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from './browser.ts';
import { findBrowser } from './browsers.ts';
import { bundle } from './bundle.ts';
import { bundlers } from './bundlers.ts';
import { install } from './installed.ts';
import { valuesOf } from './values.ts';

const run = promisify(execFile);
const node = process.env['NN_NODE'] ?? process.execPath;
const browser = findBrowser();
const required = process.env['NN_REQUIRE_BROWSER'] === '1';
const folder = mkdtempSync(join(tmpdir(), 'nn-wasm-'));
const folderOf = (name: string): string => join(folder, name.replace(' ', '-'));

const losses = (values: Map<string, string>, name: string): number[] => values.get(name)!.split(',').map(Number);

/** Classes have kept their names, whatever a minifier calls them. */
function expectNames(values: Map<string, string>): void {
  expect(values.get('model')).toBe(
    'Sequential( (0): Linear(in_features=784, out_features=50, bias=True) (1): ReLU() (2): Linear(in_features=50, out_features=10, bias=True) )',
  );
  expect(values.get('refused')).toMatch(/^ValueError: \[SGD\] lr /);
}

let onNode: Map<string, string>;

beforeAll(async () => {
  for (const [name, build] of Object.entries(bundlers)) {
    mkdirSync(folderOf(name));
    await build('wasm', folderOf(name));
  }
  const { stdout } = await run(node, [join(folderOf('esbuild'), 'wasm.mjs')]);
  onNode = valuesOf(stdout);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

it('trains on plain Node, with threads', () => {
  expect(Object.fromEntries(onNode)).toMatchObject({ threads: '2', reason: 'null', ok: 'ok' });
  for (const name of ['mlp', 'cnn']) {
    const found = losses(onNode, name);
    expect(found[0]).toBeGreaterThan(1.5);
    expect(found.at(-1)).toBeLessThan(0.7 * found[0]!);
  }
  expectNames(onNode);
});

describe('some of its parts, on plain Node', () => {
  const expectTraining = async (program: string): Promise<void> => {
    const { stdout } = await run(node, [program]);
    const values = valuesOf(stdout);
    expect(Object.fromEntries(values)).toMatchObject({
      threads: '1',
      reason: expect.stringContaining('without the part workers'),
      parts: 'map,reduce,rows,matmul,gather',
      mlp: onNode.get('mlp'),
      refused: expect.stringContaining('BackendError [scan] this backend was made without the part scan'),
      ok: 'ok',
    });
  };

  it('train as a bundle, which has no others', async () => {
    const { complaints } = await bundle('parts', folderOf('parts'), 'browser');
    expect(complaints).toEqual([]);
    const [all, parts] = [join(folderOf('esbuild'), 'wasm.mjs'), join(folderOf('parts'), 'parts.mjs')].map(
      (file) => readFileSync(file).length,
    );
    // Convolutions, sorting, threads and what else the other program has.
    expect(parts!).toBeLessThan(all! - 40_000);
    await expectTraining(join(folderOf('parts'), 'parts.mjs'));
  });

  it('train as installed packages', async () => {
    await expectTraining(await install('parts', folderOf('installed'), { webgpu: false }));
  });
});

describe.skipIf(browser === undefined && !required)('in a browser', () => {
  const open = async (name: string, isolated: boolean): Promise<Map<string, string>> => {
    if (browser === undefined) throw new Error('there is no Chromium on PATH (Debian: apt-get install chromium)');
    const { output, error } = await openPage(browser, folderOf(name), { isolated });
    expect(error).toBeUndefined();
    return valuesOf(output);
  };
  const same = (values: Map<string, string>): void => {
    for (const name of ['mlp', 'cnn']) {
      const [here, there] = [losses(values, name), losses(onNode, name)];
      // The browser's engine fuses multiplications and additions, the oldest Node doesn't.
      for (const [i, loss] of here.entries()) expect(Math.abs(loss - there[i]!)).toBeLessThan(1e-3 * (1 + there[i]!));
    }
    expectNames(values);
    expect(values.get('ok')).toBe('ok');
  };

  it.each(Object.keys(bundlers))('built by %s, with threads', async (name) => {
    const values = await open(name, true);
    expect(Object.fromEntries(values)).toMatchObject({ threads: '2', reason: 'null', relaxed: 'true' });
    same(values);
  });

  it('on one thread where the page is not isolated, and says why', async () => {
    const values = await open('esbuild', false);
    expect(values.get('threads')).toBe('1');
    expect(values.get('reason')).toContain('the page is not cross-origin isolated');
    same(values);
  });
});
