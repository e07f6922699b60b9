/** Classes hold what is asked, blocks don't overlap, memory is used again, growth and its end. */
import { OutOfMemoryError } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { Heap, slack } from './heap.ts';
import { LinearMemory } from './linear-memory.ts';

const make = (limit = 2 ** 32): { heap: Heap; memory: LinearMemory } => {
  const memory = new LinearMemory(false);
  return { memory, heap: new Heap(memory, 4096, limit) };
};

describe('size classes', () => {
  it('hold what is asked for and waste at most a quarter', () => {
    for (let bytes = 1; bytes < 5000; bytes++) {
      const size = Heap.sizeOf(Heap.classOf(bytes));
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size).toBeLessThanOrEqual(Math.max(16, bytes * 1.25 + 16));
      if (Heap.classOf(bytes) > 0) expect(Heap.sizeOf(Heap.classOf(bytes) - 1)).toBeLessThan(bytes);
    }
    for (const bytes of [2 ** 20, 2 ** 20 + 1, 3e8, 2 ** 31, 2 ** 31 + 5, 4e9]) {
      const size = Heap.sizeOf(Heap.classOf(bytes));
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size).toBeLessThanOrEqual(bytes * 1.25);
    }
  });
});

describe('Heap', () => {
  it('gives blocks of their own, with room behind the last', () => {
    const { heap, memory } = make();
    const blocks: [number, number][] = [];
    for (let i = 0; i < 400; i++) {
      const bytes = ((i * 7919) % 9973) + 1;
      const address = heap.allocate(bytes);
      expect(address % 16).toBe(0);
      blocks.push([address, address + bytes]);
    }
    blocks.sort(([p], [q]) => p - q);
    for (let i = 1; i < blocks.length; i++) expect(blocks[i]![0]).toBeGreaterThanOrEqual(blocks[i - 1]![1]);
    expect(memory.size).toBeGreaterThanOrEqual(blocks.at(-1)![1] + slack);
  });

  it('uses freed blocks again and counts bytes', () => {
    const { heap } = make();
    const address = heap.allocate(1000);
    const { used } = heap;
    heap.free(address, 1000);
    expect(heap.used).toBe(0);
    expect(heap.allocate(990)).toBe(address);
    expect(heap.used).toBe(used);
    expect(heap.peak).toBe(used);
  });

  it('keeps what was written when it grows', () => {
    const { heap, memory } = make();
    const address = heap.allocate(64);
    memory.bytes[address] = 42;
    const before = memory.size;
    heap.allocate(2 * before);
    expect(memory.size).toBeGreaterThan(2 * before);
    expect(memory.bytes[address]).toBe(42);
    expect(memory.bytes.buffer).toBe(memory.memory.buffer);
  });

  it('says what is in use when there is no more', () => {
    const { heap } = make(2 ** 22);
    heap.allocate(2 ** 21);
    expect(() => heap.allocate(2 ** 22)).toThrow(OutOfMemoryError);
    expect(() => heap.allocate(2 ** 22)).toThrow('[allocate] the wasm backend has no room for 4.0 MiB: 2.0 MiB in use');
    // Smaller ones still fit.
    expect(heap.allocate(2 ** 20)).toBeGreaterThan(0);
  });

  it('puts free neighbours together when the limit is reached', () => {
    const { heap } = make(2 ** 22);
    const blocks = Array.from({ length: 6 }, () => heap.allocate(600_000));
    const kept = blocks.splice(4, 1)[0]!;
    for (const address of blocks) heap.free(address, 600_000);
    const large = heap.allocate(2_400_000);
    expect(large + 2_400_000).toBeLessThanOrEqual(kept);
    expect(() => heap.allocate(2_400_000)).toThrow(OutOfMemoryError);
    heap.free(large, 2_400_000);
    heap.free(kept, 600_000);
    expect(heap.used).toBe(0);
    expect(heap.allocate(3_600_000)).toBeGreaterThan(0);
  });

  it('does not take more from the machine while most of what it has is free', () => {
    const { heap, memory } = make();
    for (let mebibytes = 100; mebibytes < 140; mebibytes++)
      heap.free(heap.allocate(mebibytes * 2 ** 20), mebibytes * 2 ** 20);
    expect(memory.size).toBeLessThan(500 * 2 ** 20);
  });

  it('never gives the same memory twice, whatever is allocated and freed near the limit', () => {
    const { heap } = make(2 ** 23);
    const live = new Map<number, number>();
    let state = 1;
    const random = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    let refused = 0;
    for (let turn = 0; turn < 20_000; turn++) {
      const bytes = 1 + Math.floor(2 ** (random(2000) / 100));
      try {
        live.set(heap.allocate(bytes), bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(OutOfMemoryError);
        refused++;
      }
      if (random(2) === 0 || live.size > 60) {
        const [address, held] = [...live][random(live.size)]!;
        heap.free(address, held);
        live.delete(address);
      }
      if (turn % 16 > 0) continue;
      const sorted = [...live].sort(([p], [q]) => p - q);
      for (let i = 1; i < sorted.length; i++)
        if (sorted[i]![0] < sorted[i - 1]![0] + sorted[i - 1]![1]) expect.fail(`blocks overlap in turn ${turn}`);
    }
    expect(refused).toBeGreaterThan(100);
    for (const [address, bytes] of live) heap.free(address, bytes);
    expect(heap.used).toBe(0);
    expect(heap.allocate(7_000_000)).toBeGreaterThan(0);
  });

  it('goes on with what it has where the machine refuses to give more', () => {
    const { heap, memory } = make();
    const address = heap.allocate(300_000);
    memory.grow = () => false;
    expect(() => heap.allocate(2 ** 21)).toThrow('taken is all the machine gives');
    heap.free(address, 300_000);
    expect(heap.allocate(400_000)).toBeGreaterThan(0);
  });
});
