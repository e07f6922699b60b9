/** Our player on a WebGPU device, for projects that have one: every kind of case, small, is right there, and a call compiles nothing anew. */
import { describe, expect, test } from 'vitest';
import type { Spec } from '../src/cases/spec.ts';
import { openOurs } from '../src/ours/company.ts';
import { type Prepared, prepare } from '../src/players/performer.ts';
import type { Company } from '../src/players/serve.ts';

const [m, k, n] = [5, 37, 10];

const specs: readonly Spec[] = [
  { kind: 'matmul', m, k, n },
  { kind: 'matmul', m, k, n, transposeA: true },
  { kind: 'matmul', m, k, n, transposeB: true },
  ...(['loops', 'rows', 'broadcast', 'einsum', 'matmul'] as const).map(
    (rung) => ({ kind: 'ladder', rung, m: 2, k: 3, n: 2 }) as const,
  ),
  { kind: 'exp', size: 1000 },
  { kind: 'sum', size: 1000 },
  { kind: 'softmax', rows: 3, columns: 17 },
  { kind: 'broadcastAdd', rows: 3, columns: 4 },
  { kind: 'transposeCopy', rows: 3, columns: 4 },
  { kind: 'tinyAdd', size: 4 },
  { kind: 'chain', op: 'add', length: 10, size: 4 },
  { kind: 'chain', op: 'mul', length: 10, size: 4 },
  { kind: 'mlp', sizes: [12, 7, 3], batch: 5, optimizer: 'sgd' },
  { kind: 'mlp', sizes: [12, 7, 6, 3], batch: 5, optimizer: 'adam' },
  { kind: 'fullBatch', rows: 9, inputs: 6, hidden: 4 },
  { kind: 'cnn', batch: 1 },
  { kind: 'gpt', vocabulary: 5, block: 4, batch: 2, layers: 1, heads: 2, width: 8 },
];

/** Registers the tests. */
export async function testPlayerOnWebGPU(): Promise<void> {
  const company = (await openOurs('webgpu', 1)) as Company;

  describe('nn-bench on WebGPU', () => {
    test('says what it plays on', () => {
      expect(company.ready).toMatch(/^@nn on webgpu, ./);
      expect(['gpu', 'software']).toContain(company.device?.kind);
    });

    test.each(specs)('%j', async (spec) => {
      expect(await company.check!(spec)).toBeNull();
      const prepared: Prepared = await prepare(company.repertoire, spec);
      const counts = await company.device!.count(prepared);
      expect(counts.launches).toBeGreaterThanOrEqual(1);
      expect(counts.submits).toBeGreaterThan(0);
      expect(counts.pipelines).toBe(0);
      prepared.release();
    });
  });
}
