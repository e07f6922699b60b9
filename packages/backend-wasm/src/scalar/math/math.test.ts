/** Accuracy of float32 functions at dense samples, against float64, whose functions `double.test.ts` holds to the engine's, and derived rows made of them. The bounds are what was measured. */
import {
  add, type Builder, constant, cos, div, type Expression, erf, erfc, exp, exp2, expm1, gelu, log, log1p, mul, ndtr, pow, sigmoid, sin, tanh,
} from '@nn/backend'; // biome-ignore format: one list
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../test/evaluate.ts';
import { type WasmBackend, wasm } from '../../index.ts';

const samples = 100_000;
/** Distance of neighbouring floats. */
const ulp = (y: number): number => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(y), 2 ** -126))) - 23);

/** exp(-x²/2). */
const bell = (x: Expression): Expression => exp(mul(constant(-0.5, x.type), mul(x, x)));

type Row = Builder | ((x: Expression) => Expression);

// Name, row, interval, largest error in units of the last place with and without fused multiply-adds, an error allowed near zeros of the function.
const rows: readonly (readonly [string, Row, number, number, number, number, number?])[] = [
  ['exp', exp, -87.3, 88.7, 1.6, 1.9],
  ['log', log, 1e-3, 1e3, 0.9, 0.9],
  ['log, near 1', log, 0.5, 2, 0.9, 0.9],
  ['sin', sin, -100, 100, 1.5, 1.6, 2 ** -24],
  ['cos', cos, -100, 100, 1.5, 1.6, 2 ** -24],
  ['sin, many turns', sin, 0, 8192, 1.5, 1.6, 2 ** -23],
  ['tanh', tanh, -10, 10, 1.5, 1.5],
  ['erf', erf, -5, 5, 1.7, 2],
  ['erfc', erfc, -5, 9, 5.2, 6.5],
  ['ndtr', ndtr, -12, 5, 5.5, 6.2],
  ['gelu', gelu, -12, 5, 5.9, 6.8],
  ['slope of gelu, which shares the exponential', (x) => add(ndtr(x), mul(constant(0.25, x.type), mul(x, bell(x)))), 0, 5, 2.8, 2.8],
  ['ndtr beside the bell', (x) => div(ndtr(x), bell(x)), -12, 0, 6.5, 7],
  ['expm1', expm1, -10, 10, 2.5, 2.5],
  ['expm1, where it is a difference', expm1, 0.5, 0.75, 2.4, 2.9],
  ['log1p', log1p, -0.99, 10, 2.5, 2.5],
  ['sigmoid', sigmoid, -20, 20, 2.8, 3],
  ['exp2', exp2, -126, 127.9, 1.2, 1.6],
  ['exp2, near 0', exp2, -0.1, 0.1, 1.3, 1.6],
  ['pow', (x) => pow(x, constant(1.7, x.type)), 0.01, 100, 0.501, 0.501],
  ['pow of denormal numbers', (x) => pow(x, constant(-0.75, x.type)), 1e-43, 2e-38, 0.501, 0.501],
]; // biome-ignore format: a table

for (const relaxed of [true, false])
  describe(`float32 ${relaxed ? 'with' : 'without'} fused multiply-adds`, () => {
    let backend: WasmBackend;
    beforeAll(async () => {
      backend = await wasm({ threads: 1, relaxed });
    });
    afterAll(() => backend.dispose());

    for (const [name, row, low, high, fused, plain, absolute = 0] of rows)
      it(`${name} from ${low} to ${high}`, () => {
        const x = Float32Array.from({ length: samples }, (_, i) => low + ((high - low) * i) / samples);
        const y = evaluate(backend, row as Builder, 'float32', x);
        const exact = evaluate(backend, (v) => row(v), 'float64', x);
        const constants = name === 'pow' ? Float64Array.from(x, (v) => v ** Math.fround(1.7)) : exact;
        let worst = 0;
        for (let i = 0; i < samples; i++) {
          const error = Math.abs(y[i]! - constants[i]!);
          if (!(error <= absolute)) worst = Math.max(worst, error / ulp(constants[i]!));
        }
        expect(worst).toBeLessThan(relaxed ? fused : plain);
      });

    it('whole powers of two', () => {
      const x = Float32Array.from({ length: 256 }, (_, i) => i - 127);
      const exact = Array.from(x, (v) => (v < -126 ? 0 : Math.fround(2 ** v)));
      expect(Array.from(evaluate(backend, exp2, 'float32', x))).toEqual(exact);
    });

    it('the edges', () => {
      const x = Float32Array.of(
        0,
        -0,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        Number.NaN,
        100,
        -100,
        2 ** -140,
        -(2 ** -140),
      );
      const [inf, nan, tiny] = [Number.POSITIVE_INFINITY, Number.NaN, 2 ** -140];
      const table: readonly (readonly [Row, readonly number[]])[] = [
        [exp, [1, 1, inf, 0, nan, inf, 0, 1, 1]],
        [log, [-inf, -inf, inf, nan, nan, Math.fround(Math.log(100)), nan, Math.fround(Math.log(2 ** -140)), nan]],
        [sin, [0, -0, nan, nan, nan, Math.fround(Math.sin(100)), Math.fround(Math.sin(-100)), tiny, -tiny]],
        [tanh, [0, -0, 1, -1, nan, 1, -1, tiny, -tiny]],
        [erf, [0, -0, 1, -1, nan, 1, -1, Math.fround(tiny * 1.1283791670955126), -Math.fround(tiny * 1.1283791670955126)]],
        [erfc, [1, 1, 0, 2, nan, 0, 2, 1, 1]],
        [ndtr, [0.5, 0.5, 1, 0, nan, 1, 0, 0.5, 0.5]],
        [gelu, [0, -0, inf, nan, nan, 100, -0, tiny / 2, -tiny / 2]],
        [exp2, [1, 1, inf, 0, nan, 2 ** 100, 2 ** -100, 1, 1]],
        [expm1, [0, -0, inf, -1, nan, inf, -1, tiny, -tiny]],
        [log1p, [0, -0, inf, nan, nan, Math.fround(Math.log1p(100)), nan, tiny, -tiny]],
      ]; // biome-ignore format: a table
      for (const [row, expected] of table) {
        const y = evaluate(backend, row as Builder, 'float32', x);
        expected.forEach((value, i) => {
          const close = Math.abs(y[i]! - value) <= ulp(value);
          expect(Object.is(y[i], value) || (value !== 0 && close), `element ${i}: ${y[i]}, not ${value}`).toBe(true);
        });
      }
    });
  });
