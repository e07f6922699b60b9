/** The environment itself: the process has the driver that its project is named after, and it computes. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../workspace.ts';

const { create } = createRequire(join(root, 'packages/backend-webgpu/package.json'))('webgpu') as {
  create(flags: readonly string[]): GPU;
};
// Dawn's instance must outlive what comes from it, so a closure of this module holds it.
const gpu = create([]);
const adapterOf = (): Promise<GPUAdapter | null> => gpu.requestAdapter();

it('has the adapter that was found', async () => {
  const { info } = (await adapterOf())!;
  expect(`${info.architecture} ${info.vendor}`.trim()).toBe(process.env['NN_WEBGPU_ADAPTER']);
});

it('runs a shader', async () => {
  const device = await (await adapterOf())!.requestDevice();
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < arrayLength(&data)) { data[id.x] = id.x * id.x; }
      }`,
  });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const [n, copySource, copyTarget, storage, mapRead] = [100, 4, 8, 128, 1];
  const buffer = device.createBuffer({ size: 4 * n, usage: storage | copySource });
  const staging = device.createBuffer({ size: 4 * n, usage: copyTarget | mapRead });
  const commands = device.createCommandEncoder();
  const pass = commands.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }),
  );
  pass.dispatchWorkgroups(Math.ceil(n / 64));
  pass.end();
  commands.copyBufferToBuffer(buffer, 0, staging, 0, 4 * n);
  device.queue.submit([commands.finish()]);
  await staging.mapAsync(1);
  expect([...new Uint32Array(staging.getMappedRange())]).toEqual(Array.from({ length: n }, (_, i) => i * i));
  device.destroy();
});
