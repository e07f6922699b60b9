/** The machine that a run is measured on. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Machine } from './results.ts';

export const machine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memory: totalmem(),
  node: process.version,
  v8: process.versions.v8,
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
