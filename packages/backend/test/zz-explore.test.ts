import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { it } from 'vitest';
import '../src/index.ts';
import { applied, evaluate } from './evaluate.ts';

const domains: Record<string, [number, number][]> = {
  exp2: [[-20, 20]],
  expm1: [
    [-30, 30],
    [-1, 1],
    [-1e-3, 1e-3],
  ],
  log1p: [
    [-0.999, 2],
    [-1e-3, 1e-3],
    [0, 1e6],
  ],
  log2: [
    [1e-3, 10],
    [0.9, 1.1],
  ],
  log10: [[1e-3, 10]],
  tan: [
    [-1.5, 1.5],
    [-20, 20],
  ],
  asin: [[-1, 1]],
  acos: [[-1, 1]],
  atan: [
    [-10, 10],
    [-1, 1],
  ],
  sinh: [
    [-10, 10],
    [-1.5, 1.5],
    [-85, 85],
  ],
  cosh: [
    [-10, 10],
    [-85, 85],
  ],
  tanh: [
    [-10, 10],
    [-1, 1],
  ],
  asinh: [
    [-10, 10],
    [-0.1, 0.1],
  ],
  acosh: [
    [1, 10],
    [1, 1.01],
  ],
  atanh: [[-1, 1]],
  sigmoid: [
    [-20, 20],
    [-80, 80],
  ],
  logit: [
    [0, 1],
    [0.45, 0.55],
  ],
  erf: [
    [-6, 6],
    [-1, 1],
  ],
  erfc: [
    [-6, 9],
    [8, 26],
  ],
  erfinv: [
    [-1, 1],
    [0.99, 1],
  ],
  ndtr: [[-10, 10]],
  gelu: [[-10, 10]],
  lgamma: [
    [0, 10],
    [0.9, 2.1],
    [3, 30],
    [1e-3, 0.6],
    [-5, 0],
  ],
  digamma: [
    [0.1, 20],
    [1.3, 1.6],
    [-5, 0],
  ],
  polygamma1: [
    [0.1, 20],
    [-5, 0],
  ],
  sinc: [
    [-5, 5],
    [-0.5, 0.5],
  ],
  mish: [[-20, 30]],
  silu: [[-20, 20]],
  tanhshrink: [
    [-10, 10],
    [-0.7, 0.7],
  ],
  logSigmoid: [[-20, 20]],
  geluTanh: [[-10, 10]],
  reciprocal: [[-10, 10]],
  rsqrt: [[0.01, 10]],
};
it('x', () => {
  const out: any = {};
  for (const type of ['f32', 'f64'] as const)
    for (const [name, list] of Object.entries(domains))
      for (const [a, b] of list) {
        const xs = Array.from({ length: 2000 }, (_, i) => a + (b - a) * ((i * 0.6180339887498949) % 1));
        const x = type === 'f32' ? xs.map(Math.fround) : xs;
        out[`${name} ${type} ${a} ${b}`] = { x, y: evaluate(applied(name, type), [x]).map((v) => String(v)) };
      }
  writeFileSync('/tmp/acc.json', JSON.stringify(out));
});
