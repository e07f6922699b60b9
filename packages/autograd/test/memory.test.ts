/** The memory model, on a backend whose memory the collector can't see: plain loops, synchronous loops, forced leaks, scopes. */
import { type NullBackend, nullBackend, OutOfMemoryError } from '@nn/backend';
import {
  keep,
  matmul,
  memory,
  mul,
  scope,
  setBackend,
  setMemoryLimit,
  sub,
  sum,
  type Tensor,
  tagged,
  tensor,
} from '@nn/tensor';
import { beforeEach, describe, expect, test } from 'vitest';
import { noGrad } from '../src/index.ts';

const megabyte = 1 << 20;
let backend: NullBackend;

beforeEach(() => {
  backend = nullBackend();
  setBackend(backend);
});

const matrix = (rows: number, columns: number, requiresGrad = false): Tensor =>
  tensor(new Float32Array(rows * columns), { shape: [rows, columns], requiresGrad });

describe('memory', () => {
  test('a plain awaited loop of 20,000 training steps stays under 300 MB', async () => {
    const w1 = matrix(50, 64, true);
    const w2 = matrix(64, 10, true);
    const x = matrix(64, 50);
    let worst = 0;
    for (let step = 0; step < 20_000; step++) {
      const hidden = mul(matmul(x, w1), 2);
      const loss = sum(matmul(hidden, w2));
      loss.backward();
      noGrad(() => {
        for (const w of [w1, w2]) {
          const kept = w.grad!;
          sub(w, mul(kept, 0.1));
          w.grad = null;
        }
      });
      if (step % 10 === 0) await loss.item();
      worst = Math.max(worst, memory().live);
    }
    expect(worst).toBeLessThan(300 * megabyte);
    // The loop made far more than that, so the collector must have given memory back.
    expect(backend.counts.total).toBeGreaterThan(150_000);
  });

  test('50 tensors of 12.8 KB a step, nothing tracked, nothing disposed', async () => {
    const x = matrix(50, 64);
    let worst = 0;
    for (let step = 0; step < 6_000; step++) {
      let y = x;
      for (let i = 0; i < 50; i++) y = mul(y, 2);
      await sum(y).item();
      worst = Math.max(worst, memory().live);
    }
    expect(worst).toBeLessThan(300 * megabyte);
  });

  test('a loop that never awaits ends in an error that names scope', () => {
    setMemoryLimit(64 * megabyte);
    const x = matrix(256, 256);
    const run = (): void => {
      for (let i = 0; i < 2000; i++) mul(x, 2);
    };
    expect(run).toThrow(OutOfMemoryError);
    expect(run).toThrow(/\[mul\].*64\.0 MB.*scope\(\(\) =>/s);
  });

  test('the same loop inside a scope runs in the memory of one step', () => {
    setMemoryLimit(64 * megabyte);
    const x = matrix(256, 256);
    for (let i = 0; i < 2000; i++) scope(() => void mul(mul(x, 2), 3));
    expect(memory().live).toBeLessThan(4 * megabyte);
  });

  test('a scope lets out its result and what keep names, and nothing else', () => {
    const x = matrix(2, 2);
    let kept: Tensor | null = null;
    let lost: Tensor | null = null;
    const result = scope(() => {
      lost = mul(x, 1);
      kept = keep(mul(x, 2));
      return { inside: [mul(x, 3)] };
    });
    expect(sum(result.inside[0]!).shape).toEqual([]);
    expect(sum(kept!).shape).toEqual([]);
    expect(() => sum(lost!)).toThrow(/disposed/);
  });

  test('a forced leak is named', () => {
    const held: Tensor[] = [];
    const x = matrix(256, 256);
    tagged('my history', () => {
      for (let i = 0; i < 20; i++) held.push(mul(x, 2));
    });
    expect(memory().byTag[0]).toEqual({ tag: 'my history', bytes: 20 * 256 * 256 * 4 });
    setMemoryLimit(8 * megabyte);
    expect(() => {
      for (let i = 0; i < 20; i++) held.push(mul(x, 2));
    }).toThrow(/largest holders: my history 5\.0 MB/);
  });

  test('backward gives saved values and unseen gradients back by name', () => {
    const w = matrix(256, 256, true);
    const x = matrix(256, 256);
    sum(mul(matmul(x, w), 2)).backward();
    w.zeroGrad();
    const { live } = memory();
    for (let i = 0; i < 5; i++)
      scope(() => {
        sum(mul(matmul(x, w), 2)).backward();
        w.zeroGrad();
      });
    expect(memory().live).toBeLessThanOrEqual(live + 2 * megabyte);
  });
});
