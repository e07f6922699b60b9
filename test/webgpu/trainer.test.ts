/** nn-train on the WebGPU backend, in Node. */
import { testTrainerOnWebGPU } from '../../apps/trainer/test/on-webgpu.ts';

testTrainerOnWebGPU();
