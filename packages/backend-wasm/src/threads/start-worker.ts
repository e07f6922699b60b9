/** Workers on either platform: Node's worker_threads, or the browser's from a blob. */
import { BackendError } from '@nn/backend';
import { browserWorkerSource, nodeWorkerSource } from './worker-source.ts';

/** What a worker is told. */
export interface Errand {
  readonly memory: WebAssembly.Memory;
  readonly code: Uint8Array;
  readonly index: number;
  readonly spins: number;
}

export interface WorkerHandle {
  /** Called when the worker dies by itself. */
  onDeath(heard: (reason: string) => void): void;
  end(): void;
}

/** The parts of Node that are needed, without its types. */
interface NodeWorker {
  once(event: string, heard: (argument: unknown) => void): unknown;
  unref(): void;
  terminate(): Promise<number>;
}
interface NodeThreads {
  readonly Worker: new (source: string, options: { eval: true; execArgv: []; workerData: Errand }) => NodeWorker;
}
interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
}

const { process } = globalThis as { process?: NodeProcess };

/** Cores of the machine. */
export function cores(): number {
  const known = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency;
  if (known !== undefined) return known;
  const os = process?.getBuiltinModule?.('node:os') as { availableParallelism(): number } | undefined;
  return os?.availableParallelism() ?? 1;
}

/** Why there can't be threads here; null where there can. */
export function whyNoThreads(): string | null {
  if (process?.getBuiltinModule?.('node:worker_threads') !== undefined) return null;
  if (typeof Worker === 'undefined') return 'there are no workers here';
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== true)
    return 'the page is not cross-origin isolated; serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
  if (typeof SharedArrayBuffer === 'undefined') return 'this browser shares no memory between threads';
  return null;
}

/** Milliseconds that a worker has to start. */
const startingTime = 20_000;

export function startWorker(errand: Errand): Promise<WorkerHandle> {
  const threads = process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined;
  return threads === undefined ? startBrowserWorker(errand) : startNodeWorker(threads, errand);
}

function startNodeWorker({ Worker: NodeWorkerClass }: NodeThreads, errand: Errand): Promise<WorkerHandle> {
  return new Promise((resolve, reject) => {
    // Without the options of this process, which might make a module of the worker's text.
    const worker = new NodeWorkerClass(nodeWorkerSource, { eval: true, execArgv: [], workerData: errand });
    let heard: (reason: string) => void = () => {};
    let ending = false;
    const died = (reason: unknown): void => {
      const why = `a worker ended: ${reason instanceof Error ? reason.message : String(reason)}`;
      reject(new BackendError('wasm', why));
      if (!ending) heard(why);
    };
    worker.once('error', died);
    worker.once('exit', (code) => died(`exit code ${String(code)}`));
    worker.once('message', () => {
      worker.unref();
      resolve({
        onDeath: (listener) => {
          heard = listener;
        },
        end: () => {
          ending = true;
          void worker.terminate();
        },
      });
    });
  });
}

function startBrowserWorker(errand: Errand): Promise<WorkerHandle> {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(new Blob([browserWorkerSource], { type: 'text/javascript' }));
    const worker = new Worker(url);
    let heard: (reason: string) => void = () => {};
    const fail = (why: string): void => {
      clearTimeout(late);
      worker.terminate();
      URL.revokeObjectURL(url);
      reject(new BackendError('wasm', why));
      heard(why);
    };
    const late = setTimeout(() => fail('a worker did not start in time'), startingTime);
    worker.onerror = (event) => fail(`a worker ended: ${event.message ?? 'its script was refused'}`);
    worker.onmessage = () => {
      clearTimeout(late);
      URL.revokeObjectURL(url);
      resolve({
        onDeath: (listener) => {
          heard = listener;
        },
        end: () => worker.terminate(),
      });
    };
    worker.postMessage(errand);
  });
}
