/** In a worker: judges the WebGPU backend in memory and maps, and posts the verdicts, or why there are none. */
import { webgpu } from '@nn/backend-webgpu';
import { judge } from '@nn/conformance';

judge({ create: () => webgpu(), only: [/^memory: /, /^map: /] }).then(
  (verdicts) => postMessage(verdicts),
  (error: unknown) => postMessage(String(error)),
);
