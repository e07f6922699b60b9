/** The machine that a run is measured on. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { vectorsFlag } from '@nn/backend-wasm';
import type { Machine } from './results.ts';

/** V8's flag for vectors of so many bits; none where this Node has none. */
export function flagOfVectors(vectors: 128 | 256): string[] {
  const flag = vectorsFlag();
  return flag === null ? [] : [vectors === 256 ? flag : flag.replace('--', '--no-')];
}

/** Bits of the vectors that this process was started for: the last flag counts. */
export function vectorsHere(): 128 | 256 {
  const [on, off] = [256, 128].map((bits) => flagOfVectors(bits as 128 | 256)[0]);
  const last = process.execArgv.filter((flag) => flag === on || flag === off).at(-1);
  return last !== undefined && last === on ? 256 : 128;
}

export const machine = (vectors: 128 | 256): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memory: totalmem(),
  node: process.version,
  v8: process.versions.v8,
  vectors,
  system: `${platform()} ${release()} ${arch()}`,
  load: loadavg()[0] ?? 0,
});

/** Whether the processor has AVX-512; only Linux says so. */
export function hasWideVectors(): boolean {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8').includes('avx512f');
  } catch {
    return false;
  }
}
