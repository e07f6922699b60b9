/** Finds WebGPU, an adapter and a device: that of the browser or of Deno, or Dawn's in Node through the package `webgpu`, which a program installs if it wants it. */
import { BackendError } from '@nn/backend';
import { defaultFeatures, type WebGPUOptions } from '../options.ts';

interface Dawn {
  create(flags: readonly string[]): GPU;
}

/** Where Dawn's instance is kept. It must live as long as any of its devices: the process crashes if the collector takes it, even with the module that made it. */
const dawn: unique symbol = Symbol.for('@nn/backend-webgpu: Dawn');
const shared = globalThis as { [dawn]?: GPU };

/** The limits that are asked for beyond the defaults, as far as the adapter has them. Kernels need none of them. */
const wantedLimits = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage'] as const;

export interface Opened {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
}

/** Opens a device. Throws a `BackendError` that says what to try where there is none. */
export async function openDevice({ powerPreference, features = defaultFeatures }: WebGPUOptions): Promise<Opened> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu ?? (await dawnInNode());
  const adapter = await gpu.requestAdapter(powerPreference === undefined ? {} : { powerPreference });
  if (adapter === null) throw noAdapter();
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, adapter.limits[name]])),
    });
    return { adapter, device };
  } catch (cause) {
    throw new BackendError(
      'webgpu',
      `the adapter ${describe(adapter)} gives no device: ${messageOf(cause)}; use wasm()`,
      {
        cause,
      },
    );
  }
}

const isNode = (): boolean =>
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;

async function dawnInNode(): Promise<GPU> {
  if (shared[dawn] !== undefined) return shared[dawn];
  if (!isNode())
    throw new BackendError(
      'webgpu',
      'this browser has no WebGPU (navigator.gpu is missing; pages need https or localhost); use wasm()',
    );
  // A name that bundlers don't follow: the package is a native one, for Node alone.
  const name = 'webgpu';
  let create: Dawn['create'];
  try {
    ({ create } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Dawn);
  } catch (cause) {
    const missing = (cause as { code?: string }).code === 'ERR_MODULE_NOT_FOUND';
    throw new BackendError(
      'webgpu',
      missing
        ? 'there is no WebGPU here of its own; install the package that brings it (npm install webgpu), or use wasm()'
        : `the package webgpu doesn't load on this machine: ${messageOf(cause).split('\n')[0]}; it has builds for Linux (glibc), macOS and Windows; use wasm()`,
      { cause },
    );
  }
  shared[dawn] = create([]);
  return shared[dawn];
}

const noAdapter = (): BackendError =>
  new BackendError(
    'webgpu',
    isNode()
      ? 'no adapter: the machine has no Vulkan, Metal or D3D12 driver that serves; install one (on Linux libvulkan1 and a driver, and name its file in VK_DRIVER_FILES), or use wasm()'
      : 'no adapter: the browser has WebGPU but no GPU for it; look at chrome://gpu, switch hardware acceleration on, or use wasm()',
  );

/** An adapter by what it says of itself. */
export function describe({ info }: GPUAdapter): string {
  return (
    [info.vendor, info.architecture, info.device, info.description].filter((part) => part !== '').join(' ') ||
    'without a name'
  );
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
