/** The command line as a process, with its players: tiny cases on the reference backend, nothing said about time. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readResults } from '../src/compare/read.ts';
import type { Results } from '../src/results.ts';
import { program } from './build.ts';

const folder = mkdtempSync(join(tmpdir(), 'nn-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(line: string, onError: (text: string, kill: () => void) => void = () => {}): Promise<Ended> {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...env } = process.env;
  const child = spawn(process.execPath, [program, ...line.split(' ')], { cwd: folder, env, stdio: 'pipe' });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
    onError(err, () => child.kill('SIGINT'));
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

const tiny = '--quick --backend reference --peers none --rounds 2';

test('measures, checks, and writes what it found', async () => {
  const line = `${tiny} --filter eager-add --filter matmul-5x784x10 --filter 784-50-10-sgd-37 --json a.json --html a.html`;
  const { code, out, err } = await start(line);
  expect({ code, err: err.includes('mistake') }).toEqual({ code: 0, err: false });
  expect(out).toContain('add of 4 elements');
  const results = readResults(join(folder, 'a.json'));
  expect(results.cases.map(({ id, outcomes }) => [id, outcomes['reference']?.status])).toEqual([
    ['eager-add', 'measured'],
    ['matmul-5x784x10', 'measured'],
    ['mlp-784-50-10-sgd-37', 'measured'],
  ]);
  for (const { outcomes, limit, limits } of results.cases) {
    const outcome = outcomes['reference']!;
    const samples = outcome.status === 'measured' ? outcome.samples : [];
    expect(samples).toHaveLength(2);
    expect(samples.every((ms) => ms > 0)).toBe(true);
    // Arithmetic's limit is timed between the player's own calls.
    const between = outcome.status === 'measured' ? outcome.limit : undefined;
    expect(between?.length).toBe(limit === 'fma' || limit === 'mul-add' ? 2 : undefined);
    expect(limits['mul-add']!.length).toBeGreaterThan(0);
  }
  const step = results.overhead.find(({ id }) => id === 'mlp-784-50-10-sgd-37')!;
  expect(step.counts.launches['matmul']).toBe(5);
  expect(step.counts.programs).toBe(0);
  expect(readFileSync(join(folder, 'a.html'), 'utf8')).toContain('<svg');
});

test('compares with a file from before, and fails when slower', async () => {
  const line = `${tiny} --filter eager-add`;
  expect((await start(`${line} --json b.json`)).code).toBe(0);
  const before = readResults(join(folder, 'b.json'));
  const faster: Results = {
    ...before,
    cases: before.cases.map((one) => ({
      ...one,
      outcomes: { reference: { status: 'measured', samples: [1e-9, 1e-9] } },
    })),
  };
  writeFileSync(join(folder, 'c.json'), JSON.stringify(faster));
  const { code, out } = await start(`${line} --compare c.json`);
  expect(code).toBe(1);
  expect(out).toMatch(/eager-add .*slower/);
  // Nothing that both have is no comparison that went well; where the cases tell, nothing is measured first.
  const other = await start(`${tiny} --filter matmul-5x784x10 --compare b.json`);
  expect(other).toEqual({
    code: 2,
    out: '',
    err: 'nn-bench: b.json has none of the cases that are asked for; compare runs of the same cases\n',
  });
  const width = before.machine.vectors === 256 ? 128 : 256;
  writeFileSync(join(folder, 'e.json'), JSON.stringify({ ...before, machine: { ...before.machine, vectors: width } }));
  expect(await start(`${line} --compare e.json`)).toEqual({
    code: 2,
    out: '',
    err: `nn-bench: e.json was measured with vectors of ${width} bits, not ${before.machine.vectors}; add --vectors ${width}, or measure again\n`,
  });
  const onOther = before.players.map((player) => ({ ...player, name: 'wasm' }));
  writeFileSync(join(folder, 'd.json'), JSON.stringify({ ...before, players: onOther }));
  const others = await start(`${line} --compare d.json`);
  expect(others.code).toBe(2);
  expect(others.err).toContain('nn-bench: nothing of ours was measured both in d.json and now');
});

test('stopped by Ctrl-C, it shows what was measured', async () => {
  let isSent = false;
  const { code, out } = await start(`${tiny} --filter eager-add --filter matmul`, (text, kill) => {
    // The second case has begun, so the first one is measured.
    if (isSent || !text.includes('5×784 @ 784×10')) return;
    isSent = true;
    kill();
  });
  expect(code).toBe(130);
  expect(out).toContain('Stopped before the end');
  expect(out).toContain('add of 4 elements');
  expect(out).not.toContain('1024³');
});

test.each([
  ['--rounds x', /--rounds: "x"/],
  ['--compare none.json', /can't read none\.json/],
  ['--filter nothing-has-this-name', /no case/],
  ['--filter eager-add --json none/a.json', /can't write none\/a\.json: no such file or folder/],
  ['--filter eager-add --html none/a.html', /can't write none\/a\.html: no such file or folder/],
])('%s is refused in one line', async (line, message) => {
  const { code, out, err } = await start(`--quick --backend reference --peers none ${line}`);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.trim().split('\n').at(-1)).toMatch(message);
});

test('a backend or peer that is absent is said to be, in a table or as the reason', async () => {
  const { PATH: _, ...env } = process.env;
  const child = spawn(process.execPath, [program, ...`${tiny} --peers torch --filter eager-add`.split(' ')], {
    cwd: folder,
    // A Python that isn't there; the system's own may or may not have PyTorch.
    env: { ...env, NN_BENCH_PYTHON: join(folder, 'no-python') },
  });
  let out = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(out).toMatch(/torch is absent: |torch: PyTorch/);
});

test('what only GPUs are asked is left out without one, and said to be', async () => {
  const { code, out } = await start(`${tiny} --filter matmul-4096`);
  expect(code).toBe(0);
  expect(out).toContain('reference skipped: so large that only GPUs are asked (matmul-4096)');
});

test('goes on when nobody reads what it prints', async () => {
  const line = `${tiny} --filter eager-add --json unread.json --html unread.html`;
  const child = spawn(process.execPath, [program, ...line.split(' ')], { cwd: folder });
  child.stdout.destroy();
  child.stderr.destroy();
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
  expect(readResults(join(folder, 'unread.json')).cases).toHaveLength(1);
  expect(readFileSync(join(folder, 'unread.html'), 'utf8')).toContain('</html>');
});

test('names its cases', async () => {
  const { code, out } = await start('--list --filter ladder');
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(5);
  expect((await start('--list --filter bytes')).out).toMatch(/^bytes +bundle +of the program that trains 784-50-10\n$/);
  expect(await start('--list --filter such')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('no case'),
  });
});
