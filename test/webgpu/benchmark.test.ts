/** nn-bench's player on the WebGPU backend, in Node. */
import { testPlayerOnWebGPU } from '../../apps/benchmark/test/on-webgpu.ts';

await testPlayerOnWebGPU();
