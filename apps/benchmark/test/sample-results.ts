/** Results as a run could have found them, for the tests of what is made of results. */
import type { CaseRecord, Outcome, Results } from '../src/results.ts';

export const measured = (...samples: number[]): Outcome => ({ status: 'measured', samples });

export function sampleCase(id: string, outcomes: CaseRecord['outcomes'], more: Partial<CaseRecord> = {}): CaseRecord {
  const rounds = Math.max(
    ...Object.values(outcomes).map((outcome) => (outcome.status === 'measured' ? outcome.samples.length : 0)),
  );
  return {
    id,
    title: `case ${id}`,
    group: 'matmul',
    outcomes,
    limits: { 'mul-add': new Array(rounds).fill(1) },
    goals: [],
    ...more,
  };
}

export const sampleResults = (cases: readonly CaseRecord[], more: Partial<Results> = {}): Results => ({
  format: 'nn-bench 1',
  version: '0.1.0',
  date: '2026-01-02T03:04:05.000Z',
  machine: {
    processor: 'Some <CPU>',
    cores: 2,
    memory: 2 ** 34,
    node: 'v24.0.0',
    v8: '13.6',
    system: 'linux 6 x64',
    load: 0,
  },
  rounds: 3,
  isQuick: false,
  isInterrupted: false,
  players: [
    { name: 'wasm', role: 'ours', threads: 1, about: '@nn on wasm, 1 thread', isAbsent: false },
    { name: 'torch', role: 'peer', threads: 1, about: 'PyTorch 1.13', isAbsent: false },
    { name: 'jax', role: 'peer', threads: 1, about: 'the package @jax-js/jax is not installed', isAbsent: true },
  ],
  limits: [
    { name: 'mul-add', title: 'multiply then add', unit: 'GFLOP/s', work: 3e6, samples: [0.1, 0.1, 0.1] },
    { name: 'fma', title: 'fused multiply-add', unit: 'GFLOP/s', work: 4e6, samples: [0.1, 0.1, 0.1] },
  ],
  cases,
  overhead: [],
  bundles: [],
  ...more,
});
