/** Exponentials, logarithms, sines and cosines of float64 against the engine's, which are within one unit in the last place themselves. */
import { cos, exp, log, sin } from '@nn/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../test/evaluate.ts';
import { type WasmBackend, wasm } from '../../index.ts';

/** Distance of neighbouring doubles. */
const ulp = (y: number): number => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(y), 2 ** -1022))) - 52);

const samples = 200_000;
const between = (low: number, high: number): Float64Array =>
  Float64Array.from({ length: samples }, (_, i) => low + ((high - low) * i) / samples);

const rows = [
  ['exp, from nothing to infinity', exp, Math.exp, between(-750, 720)],
  ['exp near 0', exp, Math.exp, between(-1, 1)],
  ['log of every size, denormal numbers too', log, Math.log, between(-740, 709).map(Math.exp)],
  ['log near 1', log, Math.log, between(0.6, 1.6)],
  ['sin', sin, Math.sin, between(-20, 20)],
  ['sin, many turns', sin, Math.sin, between(-(2 ** 20), 1.1 * 2 ** 20)],
  [
    'sin, around multiples of π',
    sin,
    Math.sin,
    between(-1, 1).map((x, i) => (i % 1000) * Math.PI + x * 2 ** -(i % 53)),
  ],
  ['cos', cos, Math.cos, between(-20, 20)],
  ['cos, many turns', cos, Math.cos, between(-(2 ** 20), 1.1 * 2 ** 20)],
  [
    'cos, around its zeros',
    cos,
    Math.cos,
    between(-1, 1).map((x, i) => ((i % 1000) + 0.5) * Math.PI + x * 2 ** -(i % 53)),
  ],
] as const;

/** FNV-1a of the bits. */
const hashOf = (values: Float32Array | Float64Array): number => {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
};

describe.each([true, false])('relaxed: %s', (relaxed) => {
  let backend: WasmBackend;
  beforeAll(async () => {
    backend = await wasm({ threads: 1, relaxed });
  });
  afterAll(() => backend.dispose());

  it.each(rows)('%s: a unit in the last place from the engine’s at most', (_, row, own, x) => {
    const y = evaluate(backend, row, 'float64', x);
    const far = x.filter((value, i) => !(Math.abs(own(value) - y[i]!) <= ulp(own(value)) || own(value) === y[i]));
    expect(far).toEqual(new Float64Array(0));
  });

  it('the edges', () => {
    const { MIN_VALUE, MAX_VALUE, POSITIVE_INFINITY, NEGATIVE_INFINITY } = Number;
    const atExp = [0, -0, POSITIVE_INFINITY, NEGATIVE_INFINITY, Number.NaN, 709.782712893384, 709.7827128933841, 1e300, -1e300, -745.1332191019411, -745.1332191019412, MIN_VALUE]; // biome-ignore format: one line
    expect([...evaluate(backend, exp, 'float64', Float64Array.from(atExp))]).toEqual(atExp.map(Math.exp));
    const atLog = [0, -0, 1, -1, POSITIVE_INFINITY, NEGATIVE_INFINITY, Number.NaN, MIN_VALUE, 2 ** -1022, 2 ** -1023, MAX_VALUE, 2, 0.5, 1 + 2 ** -52, 1 - 2 ** -53]; // biome-ignore format: one line
    expect([...evaluate(backend, log, 'float64', Float64Array.from(atLog))]).toEqual(atLog.map(Math.log));
    const turns = [0, -0, POSITIVE_INFINITY, NEGATIVE_INFINITY, Number.NaN, MIN_VALUE, -MIN_VALUE, MAX_VALUE, 1e300, Math.PI, Math.PI / 2]; // biome-ignore format: one line
    expect([...evaluate(backend, sin, 'float64', Float64Array.from(turns))]).toEqual(turns.map(Math.sin));
    expect([...evaluate(backend, cos, 'float64', Float64Array.from(turns))]).toEqual(turns.map(Math.cos));
  });
});

it('without relaxed instructions: the same bits in every engine', async () => {
  const backend = await wasm({ threads: 1, relaxed: false });
  const x = Float64Array.from({ length: 4096 }, (_, i) => (i - 2048) / 16);
  expect(hashOf(evaluate(backend, exp, 'float64', x))).toBe(1808356856);
  expect(hashOf(evaluate(backend, log, 'float64', x.map(Math.abs)))).toBe(2833480717);
  backend.dispose();
});
