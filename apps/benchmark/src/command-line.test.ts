import { expect, test, vi } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { Failure } from './failure.ts';

const read = (line: string) => readCommandLine(line.split(' ').filter((word) => word !== ''));

test('without arguments everything is measured on wasm, against all peers', () => {
  expect(read('')).toMatchObject({
    quick: false,
    filter: [],
    backends: ['wasm'],
    peers: ['torch', 'tfjs', 'jax'],
    rounds: 15,
    json: null,
    html: null,
    compare: null,
    list: false,
  });
});

test('quick is less of everything', () => {
  expect(read('--quick')).toMatchObject({ quick: true, rounds: 5, threads: [1] });
  expect(read('--quick --rounds 9 --threads 1,2')).toMatchObject({ rounds: 9, threads: [1, 2] });
});

test('what may be repeated adds up, once each', () => {
  expect(read('--filter a --filter b --backend wasm --backend reference --backend wasm')).toMatchObject({
    filter: ['a', 'b'],
    backends: ['wasm', 'reference'],
  });
});

test.each([
  ['none', []],
  ['all', ['torch', 'tfjs', 'jax']],
  ['jax', ['jax']],
  ['tfjs,torch,tfjs', ['tfjs', 'torch']],
])('--peers %s', (text, peers) => {
  expect(read(`--peers ${text}`)?.peers).toEqual(peers);
});

test('files are named', () => {
  expect(read('--json a.json --html b.html --compare c.json')).toMatchObject({
    json: 'a.json',
    html: 'b.html',
    compare: 'c.json',
  });
});

test.each([
  ['--rounds 0', /--rounds: "0" is not a whole number from 1/],
  ['--rounds 1.5', /whole number/],
  ['--threads 1,x', /--threads: "x" is not a whole number from 1 to 64/],
  ['--threads 65', /from 1 to 64/],
  ['--threads ,', /--threads: ""/],
  ['--filter=', /^--filter: "" names nothing/],
  ['--json=', /^--json: "" names nothing/],
  ['--compare=', /^--compare: "" names nothing/],
  ['--json a --html ./a', /^--json and --html both name a; give two files$/],
  ['--threads 2 --backend reference --peers tfjs', /^--threads belongs to wasm and to torch, not to reference; leave/],
  ['--peers numpy', /--peers: "numpy" is not one of torch, tfjs, jax/],
  ['--backend webgl', /--backend: "webgl" is not one of wasm, webgpu, reference/],
  ['--backend null', /not one of/],
  ['--fast', /unknown option '--fast'/],
  ['matmul', /too many arguments/],
  ['--json', /argument missing/],
])('%s is refused in one line', (line, message) => {
  expect(() => read(line)).toThrow(Failure);
  expect(() => read(line)).toThrow(message);
});

test('help and version are answers', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    expect(read('--help')).toBeNull();
    const help = String(write.mock.calls[0]![0]);
    expect(help).toContain('--compare <file>');
    const lines = write.mock.calls.flatMap(([text]) => String(text).split('\n'));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(read('--version')).toBeNull();
    expect(String(write.mock.lastCall![0])).toMatch(/^\d+\.\d+\.\d+/);
  } finally {
    write.mockRestore();
  }
});
