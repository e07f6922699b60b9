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
    const [memory, limit] = sharedMemory(memoryLimit);
    const heap = new Heap(memory, heapStart, limit);
    return { memory, heap, pool: await Pool.start(memory, heap, threads) };
  } catch (error) {
    return `threads could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** Least that is asked for where all is refused. */
const modest = 2 ** 30;

/** Shared memory takes its addresses at once, and phones and containers have few: rather threads and a part of the memory than the other way round. */
function sharedMemory(limit: number): [LinearMemory, number] {
  try {
    return [new LinearMemory(true, limit), limit];
  } catch (error) {
    if (limit <= modest) throw error;
    return sharedMemory(Math.max(modest, limit / 2));
  }
}

/** Threads: as many as the options ask for. Without it a backend computes on the caller's thread. */
export const workers: WorkersPart = { name: 'workers', content: startWorkers };
