/** Pipelines by their shader's key, and bind groups by their buffers. Both are kept within bounds. */
import type { Buffer } from './buffers.ts';
import { Cache } from './cache.ts';

/** One resource of a bind group: a buffer, or a window on it. */
export interface Bound {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly bytes: number;
}

/** A shader made ready, or about to be. */
export interface Pipeline {
  /** Null until it is compiled, where that happens in the background. */
  gpu: GPUComputePipeline | null;
  readonly ready: Promise<void> | null;
  readonly layout: GPUBindGroupLayout;
  readonly layoutKey: string;
  readonly text: string;
}

/** Bytes of a launch's numbers that a shader may read. */
export const uniformBytes = 2048;
const kept = 4096;

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #pipelines = new Cache<Pipeline>(kept);
  /** By their text: kernels that differ may need the same shader. */
  readonly #byText = new Cache<Pipeline>(kept);
  readonly #groups = new Cache<GPUBindGroup>(kept);
  readonly #layouts = new Map<string, { bind: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  /** The last binding of every shader: the numbers of its launch, from an offset that comes with it. */
  readonly #numbers: GPUBuffer;
  /** Pipelines and bind groups made so far. */
  made = 0;
  groupsMade = 0;

  constructor(device: GPUDevice, numbers: GPUBuffer) {
    this.#device = device;
    this.#numbers = numbers;
  }

  find(key: string): Pipeline | undefined {
    return this.#pipelines.get(key);
  }

  /** Compiles a shader; `modes` has a letter a binding, `w` where it is written. In the background: without blocking, to be awaited before it is used. */
  make(key: string, label: string, text: string, modes: string, inBackground: boolean): Pipeline {
    const same = this.#byText.get(text);
    if (same !== undefined) {
      this.#pipelines.set(key, same);
      return same;
    }
    this.made++;
    const { bind, pipeline: layout } = this.#layoutOf(modes);
    const module = this.#device.createShaderModule({ code: text, label });
    const descriptor: GPUComputePipelineDescriptor = { label, layout, compute: { module, entryPoint: 'main' } };
    const made: Pipeline = inBackground
      ? {
          gpu: null,
          // What doesn't compile fails again at once, and then as every other refused command does.
          ready: this.#device.createComputePipelineAsync(descriptor).then(
            (gpu) => {
              made.gpu ??= gpu;
            },
            () => {
              this.finish(made);
            },
          ),
          layout: bind,
          layoutKey: modes,
          text,
        }
      : { gpu: this.#device.createComputePipeline(descriptor), ready: null, layout: bind, layoutKey: modes, text };
    this.#pipelines.set(key, made);
    this.#byText.set(text, made);
    return made;
  }

  /** Makes it ready at once, whoever else is at it. */
  finish(pipeline: Pipeline): GPUComputePipeline {
    pipeline.gpu ??= this.#device.createComputePipeline({
      layout: this.#layoutOf(pipeline.layoutKey).pipeline,
      compute: { module: this.#device.createShaderModule({ code: pipeline.text }), entryPoint: 'main' },
    });
    return pipeline.gpu;
  }

  group({ layout, layoutKey }: Pipeline, resources: readonly Bound[]): GPUBindGroup {
    let key = layoutKey;
    for (const { buffer, offset } of resources) key += offset === 0 ? `,${buffer.id}` : `,${buffer.id}+${offset}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      this.groupsMade++;
      const entries = resources.map(({ buffer, offset, bytes }, binding) => ({
        binding,
        resource: { buffer: buffer.gpu, offset, size: bytes },
      }));
      const numbers = { binding: entries.length, resource: { buffer: this.#numbers, offset: 0, size: uniformBytes } };
      group = this.#device.createBindGroup({ layout, entries: [...entries, numbers] });
      this.#groups.set(key, group);
    }
    return group;
  }

  clear(): void {
    this.#pipelines.clear();
    this.#byText.clear();
    this.#groups.clear();
  }

  #layoutOf(modes: string): { bind: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
    let found = this.#layouts.get(modes);
    if (found === undefined) {
      const buffers: GPUBufferBindingLayout[] = [...modes].map((mode) => ({
        type: mode === 'w' ? 'storage' : 'read-only-storage',
      }));
      buffers.push({ type: 'uniform', hasDynamicOffset: true });
      const bind = this.#device.createBindGroupLayout({
        entries: buffers.map((buffer, binding) => ({ binding, visibility: 4, buffer })),
      });
      const pipeline = this.#device.createPipelineLayout({ bindGroupLayouts: [bind] });
      found = { bind, pipeline };
      this.#layouts.set(modes, found);
    }
    return found;
  }
}
