/*
 * The packages as they are published, built and bundled: on plain Node and in a browser one program runs and gives the same numbers.
 * Needs `npm run build`. NN_NODE names the Node to use, NN_REQUIRE_BROWSER=1 makes a missing browser a failure.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from './browser.ts';
import { findBrowser } from './browsers.ts';
import { type Bundle, bundle } from './bundle.ts';
import { addPage } from './bundlers.ts';
import { valuesOf } from './values.ts';

const run = promisify(execFile);
const node = process.env['NN_NODE'] ?? process.execPath;
const browser = findBrowser();
const required = process.env['NN_REQUIRE_BROWSER'] === '1';

// Outside of the repository, so that a bundle finds nothing but itself.
const folder = mkdtempSync(join(tmpdir(), 'nn-platforms-'));
const entries = ['train', 'mlp'] as const;
const bundles = {} as Record<(typeof entries)[number], Bundle>;
let onNode = '';

beforeAll(async () => {
  for (const name of entries) bundles[name] = await bundle(name, folder, 'browser');
  const { stdout: version } = await run(node, ['--version']);
  const { stdout } = await run(node, [join(folder, 'train.mjs')]);
  console.log(`Node ${version}${stdout}`);
  onNode = stdout;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a bundle of the built packages', () => {
  it.each(['browser', 'neutral'] as const)('for %s is whole', async (platform) => {
    const { inputs, complaints } = await bundle('train', join(folder, platform), platform);
    const built = /^packages\/(\w+)\/dist\/.+\.js$/;
    expect(complaints).toEqual([]);
    expect(inputs.filter((file) => !built.test(file))).toEqual(['test/platforms/fixture/train.ts']);
    const used = new Set(inputs.flatMap((file) => built.exec(file)?.[1] ?? []));
    expect([...used].sort()).toEqual(['autograd', 'backend', 'data', 'mnist', 'nn', 'optim', 'tensor']);
  });

  it('loads the digits only when they are asked for', () => {
    const rows = entries.map(
      (name) => `${name.padEnd(6)}${kilobytes(bundles[name].atOnce)}${kilobytes(bundles[name].lazy)}`,
    );
    console.log(`minified, gzip: at once      lazy\n${rows.join('\n')}`);
    expect(bundles.mlp.lazy).toBe(0);
    expect(bundles.train.lazy).toBeGreaterThan(1_000_000);
    // Besides the data it has the reference backend, einsum and what else it calls.
    expect(bundles.train.atOnce).toBeLessThan(bundles.mlp.atOnce + 25_000);
  });
});

it('minified classes keep their names, all but those that are only extended', async () => {
  await bundle('names', folder, 'browser');
  const { stdout } = await run(node, [join(folder, 'names.mjs')]);
  const names = [...valuesOf(stdout)];
  expect(names.length).toBeGreaterThan(150);
  expect(names.filter(([exported, own]) => own !== exported).map(([exported]) => exported)).toEqual([
    'Layer',
    'Module',
    'GroupScheduler',
    'LRScheduler',
    'Optimizer',
  ]);
});

describe('the bundle runs', () => {
  it('on plain Node', () => {
    const lines = onNode.trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'print: tensor([[1., 2.],',
      '        [3., 4.]])',
      'einsum: [[7,10],[15,22]]',
      'grad: [[3,12],[27,48]]',
    ]);
    expect(lines.at(-1)).toBe('ok');
    const values = valuesOf(onNode);
    expect(values.get('dropout, seed 7 again')).toBe(values.get('dropout, seed 7'));
    expect(values.get('dropout, seed 8')).not.toBe(values.get('dropout, seed 7'));
    expect(Number(values.get('accuracy'))).toBeGreaterThan(0.6);
  });

  it('in a browser, to the same numbers', async ({ skip }) => {
    if (browser === undefined) {
      const reason = 'there is no Chromium on PATH (Debian: apt-get install chromium)';
      if (required) throw new Error(reason);
      console.log(`browser test skipped: ${reason}`);
      return skip(reason);
    }
    addPage(folder);
    const { output, error, agent } = await openPage(browser, folder);
    console.log(`browser: ${agent}`);
    expect(error).toBeUndefined();
    const [here, there] = [valuesOf(output), valuesOf(onNode)];
    // What training gives passes through exp and log, which are the JavaScript engine's; all else is our own arithmetic.
    for (const [name, within] of [
      ['final loss', 1e-6],
      ['accuracy', 0.002],
    ] as const) {
      expect(Math.abs(Number(here.get(name)) - Number(there.get(name))), name).toBeLessThan(within);
      for (const values of [here, there]) values.delete(name);
    }
    expect([...here]).toEqual([...there]);
  });
});

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1).padStart(9)} kB`;
}
