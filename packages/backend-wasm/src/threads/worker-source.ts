/**
 * What a worker runs, as text: it has to arrive without a file of its own, in Node and in browsers alike. It takes chunks until it is told to end, and never goes back to its
 * event loop; code that it hasn't met is compiled from the bytes in shared memory.
 */
import { control } from './control.ts';

const { entry, bytes, byteCount, units, chunkUnits, block, scratch, scratchBytes, failed } = control;

// Short, as nothing makes a text shorter in a bundle. `memory.grow(0)` renews the buffer here: another thread may have made the memory grow.
const workerSource = `
const { sin, cos } = Math;
const pow = (x, y) => x === 1 || (x === -1 && Math.abs(y) === 1 / 0) ? 1 : x ** y;
const begin = (send, { memory, code, index, spins }) => {
  const e = { m: memory, sin, cos, pow };
  const instance = (source) => new WebAssembly.Instance(new WebAssembly.Module(source), { e }).exports;
  const { take, report } = instance(code);
  const words = new Int32Array(memory.buffer, 0, 64);
  let runs = new Map();
  send('ready');
  for (let chunk; (chunk = take(spins)) >= 0; report()) {
    try {
      const id = words[${entry}];
      let run = runs.get(id);
      if (run === undefined) {
        if (runs.size >= 1024) runs = new Map();
        memory.grow(0);
        run = instance(new Uint8Array(memory.buffer, words[${bytes}] >>> 0, words[${byteCount}]).slice()).run;
        runs.set(id, run);
      }
      const size = words[${chunkUnits}];
      run(words[${block}], chunk * size, Math.min(words[${units}], (chunk + 1) * size), words[${scratch}] + index * words[${scratchBytes}]);
    } catch (error) {
      Atomics.store(words, ${failed}, 1);
    }
  }
};
`;

/** The text of a worker of Node's worker_threads. */
export const nodeWorkerSource: string = `${workerSource}
const { parentPort, workerData } = require('node:worker_threads');
setImmediate(() => { begin((message) => parentPort.postMessage(message), workerData); process.exit(); });
`;

/** The text of a browser's worker. */
export const browserWorkerSource: string = `${workerSource}
onmessage = ({ data }) => { begin((message) => postMessage(message), data); close(); };
`;
