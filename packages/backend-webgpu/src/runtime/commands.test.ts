/** What implementations differ in: when they see that a device is done, and what they tell of refused commands. */
import { expect, it } from 'vitest';
import { WebGPUBackend } from '../backend.ts';
import { openDevice } from './adapter.ts';
import { Commands } from './commands.ts';

it('a device that looks only when it gets commands is given some, without anything to do, until it is done', async () => {
  let finish = (): void => {};
  const mapped = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let asked = 0;
  const device = {
    createBuffer: () => ({}),
    limits: { minUniformBufferOffsetAlignment: 256 },
    queue: {
      submit: (commands: readonly unknown[]) => {
        expect(commands).toEqual([]);
        asked++;
        if (asked === 3) finish();
      },
    },
  } as unknown as GPUDevice;
  const commands = new Commands(device);
  await commands.done(mapped);
  expect([asked, commands.submits]).toEqual([3, 0]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toBe(3);
});

it('each refused command is an error of the next read, also where the device tells of none that nobody catches', async () => {
  const opened = await openDevice({});
  opened.device.addEventListener('uncapturederror', (event) => event.stopImmediatePropagation());
  const backend = new WebGPUBackend(opened);
  const block = backend.allocate(16);
  for (let i = 0; i < 2; i++) {
    opened.device.createBuffer({ size: 16, usage: 0x10000 });
    await expect(backend.read(block, 0, 'float32', 1)).rejects.toThrow(/\[read\] the device refused a command/);
    expect(await backend.read(block, 0, 'float32', 1)).toEqual(Float32Array.of(0));
  }
  backend.dispose();
});
