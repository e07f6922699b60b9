/** Which buffers are kept: on a device that only counts. */
import { OutOfMemoryError } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { type Buffer, Buffers, mostBuffers } from './buffers.ts';

const limits = { maxBufferSize: 1 << 20 };
const device = { limits, createBuffer: ({ size }: GPUBufferDescriptor) => ({ size }) } as unknown as GPUDevice;
const make = (most: number): { buffers: Buffers; destroyed: Buffer[] } => {
  const destroyed: Buffer[] = [];
  return { buffers: new Buffers(device, 0, most, (buffer) => destroyed.push(buffer)), destroyed };
};
const sizes = (buffers: readonly { readonly bytes: number }[]): number[] => buffers.map(({ bytes }) => bytes);

describe('buffers', () => {
  it('given back are given out again, by size', () => {
    const { buffers, destroyed } = make(1 << 16);
    const first = buffers.take(100);
    expect([first.bytes, buffers.live]).toEqual([112, 112]);
    buffers.give(first);
    expect(destroyed).toEqual([]);
    expect([buffers.live, buffers.kept]).toEqual([0, 112]);
    expect(buffers.take(128)).not.toBe(first);
    expect(buffers.take(97)).toBe(first);
    expect([buffers.live, buffers.kept, buffers.made]).toEqual([240, 0, 2]);
  });

  it('of sizes that nobody asks for any more make room for others', () => {
    const { buffers, destroyed } = make(1000);
    const old = [buffers.take(400), buffers.take(400)];
    const [middle, young] = [buffers.take(96), buffers.take(512)];
    for (const buffer of [...old, middle]) buffers.give(buffer);
    expect(destroyed).toEqual([]);
    buffers.give(young);
    expect(sizes(destroyed)).toEqual([400, 400]);
    expect(buffers.kept).toBe(96 + 512);
    expect([buffers.take(96), buffers.take(512)]).toEqual([middle, young]);
  });

  it('larger than all that may be kept are not', () => {
    const { buffers, destroyed } = make(1000);
    const small = buffers.take(16);
    const large = buffers.take(2000);
    buffers.give(small);
    buffers.give(large);
    expect(destroyed).toEqual([large]);
    expect(buffers.kept).toBe(16);
  });

  it('from before the device ran out of memory are not given out again', () => {
    const { buffers, destroyed } = make(1 << 16);
    const [given, used] = [buffers.take(16), buffers.take(16)];
    buffers.give(given);
    buffers.distrust();
    expect(destroyed).toEqual([given]);
    buffers.give(used);
    expect(destroyed).toEqual([given, used]);
    expect([buffers.live, buffers.kept]).toEqual([0, 0]);
    const later = buffers.take(16);
    buffers.give(later);
    expect(destroyed).toHaveLength(2);
    expect(buffers.take(16)).toBe(later);
  });

  it('larger than the device makes them are refused', () => {
    expect(() => make(0).buffers.take(limits.maxBufferSize + 1)).toThrow(OutOfMemoryError);
  });

  it('beyond a number are refused, after those that are only kept were given up', () => {
    const { buffers, destroyed } = make(1 << 16);
    const taken = Array.from({ length: mostBuffers }, () => buffers.take(16));
    for (const buffer of taken.slice(0, 3)) buffers.give(buffer);
    for (let i = 0; i < 3; i++) buffers.take(32);
    expect(destroyed).toHaveLength(3);
    expect(() => buffers.take(32)).toThrow(/50000 buffers are in use/);
    buffers.give(taken.at(-1)!);
    expect(buffers.take(16)).toBe(taken.at(-1));
  });
});
