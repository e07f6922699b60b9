/** A backend whose device works beside the program, as a GPU does: what it is, and what a call asks of it. */
import type { Backend } from '@nn/backend';
import type { WebGPUBackend } from '@nn/backend-webgpu';
import type { Prepared } from '../players/performer.ts';
import type { DeviceCounts, DeviceKind } from '../players/protocol.ts';

/** Calls until everything is compiled and memory is reused; then so many are counted. */
const before = 2;
const counted = 5;

const isWebGPU = (backend: Backend): backend is WebGPUBackend => backend.name === 'webgpu';

export interface Device {
  readonly kind: DeviceKind;
  /** As its driver calls it. */
  readonly about: string;
  /** Mean counts of a call, nothing being read in between. */
  count(prepared: Prepared): Promise<DeviceCounts>;
}

/** null where the processor itself computes. */
export function deviceOf(backend: Backend): Device | null {
  if (!isWebGPU(backend)) return null;
  const { adapter } = backend.info();
  const { vendor, architecture, device, description, isFallback } = adapter;
  const names = [vendor, architecture, device, description].filter((name) => name !== '');
  return {
    kind: isFallback ? 'software' : 'gpu',
    about: `${names.join(' ') || 'an adapter without a name'}${isFallback ? ', played by the processor' : ''}`,
    count: (prepared) => countOf(backend, prepared),
  };
}

async function countOf(backend: WebGPUBackend, prepared: Prepared): Promise<DeviceCounts> {
  for (let i = 0; i < before; i++) {
    await prepared.repeat(1);
    await prepared.settle();
  }
  const first = backend.counts();
  await prepared.repeat(counted);
  await prepared.settle();
  const last = backend.counts();
  const mean = (name: keyof DeviceCounts): number => (last[name] - first[name]) / counted;
  return {
    launches: mean('launches'),
    submits: mean('submits'),
    pipelines: mean('pipelines'),
    buffers: mean('buffers'),
  };
}
