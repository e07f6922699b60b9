/** What a backend says of its device. */
import type { Facts } from './kinds/kind.ts';
import type { Buffers } from './runtime/buffers.ts';

export interface DeviceFacts {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
}

/** What the backend works with. */
export interface WebGPUInfo {
  /** As the browser or driver names it; parts may be empty. `isFallback`: a CPU does the work. */
  readonly adapter: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallback: boolean;
  };
  /** Optional features in use. */
  readonly features: readonly string[];
  /** Storage buffers of one shader; bytes of one of their bindings and of one buffer. */
  readonly limits: { readonly storageBuffers: number; readonly bindingBytes: number; readonly bufferBytes: number };
  /** Bytes of device memory: of tensors and temporaries, and kept for reuse. */
  readonly memory: { readonly used: number; readonly kept: number };
}

export function infoOf({ adapter, device }: DeviceFacts, facts: Facts, buffers: Buffers): WebGPUInfo {
  const { vendor, architecture, device: name, description, isFallbackAdapter } = adapter.info;
  const { limits } = device;
  return {
    adapter: { vendor, architecture, device: name, description, isFallback: isFallbackAdapter },
    features: [...device.features].sort(),
    limits: {
      storageBuffers: facts.storageBuffers,
      bindingBytes: limits.maxStorageBufferBindingSize,
      bufferBytes: limits.maxBufferSize,
    },
    memory: { used: buffers.live, kept: buffers.kept },
  };
}
