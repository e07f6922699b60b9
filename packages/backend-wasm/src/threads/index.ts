/** Threads, as a part: workers beside the caller's own thread, and memory that they share. */
import { Heap } from '../memory/heap.ts';
import { heapStart } from '../memory/layout.ts';
import { LinearMemory } from '../memory/linear-memory.ts';
import type { WorkersPart } from '../part.ts';
import { Pool } from './pool.ts';
import { cores, whyNoThreads } from './start-worker.ts';

/** What the threads of a backend work in. */
export interface Team {
  readonly memory: LinearMemory;
  readonly heap: Heap;
  readonly pool: Pool;
}

/** So many threads, or as many as the machine has cores, at most 8; or why there is but one. */
export type StartWorkers = (threads: number | undefined, memoryLimit: number) => Promise<Team | string>;

const startWorkers: StartWorkers = async (threads = Math.min(8, cores()), memoryLimit) => {
  if (threads === 1) return 'the machine has one core';
  const reason = whyNoThreads();
  if (reason !== null) return reason;
  try {
    const memory = new LinearMemory(true, memoryLimit);
    const heap = new Heap(memory, heapStart, memoryLimit);
    return { memory, heap, pool: await Pool.start(memory, heap, threads) };
  } catch (error) {
    return `threads could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** Threads: as many as the options ask for. Without it a backend computes on the caller's thread. */
export const workers: WorkersPart = { name: 'workers', content: startWorkers };
