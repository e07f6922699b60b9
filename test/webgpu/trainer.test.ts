/** nn-train on the WebGPU backend, in Node. SwiftShader takes minutes to compile all models' shaders twice; what a loss does to a run is the same for each of them. */
import { testTrainerOnWebGPU } from '../../apps/trainer/test/on-webgpu.ts';

const isSlow = process.env['NN_WEBGPU_ADAPTER']?.includes('swiftshader') === true;
testTrainerOnWebGPU(isSlow ? ['mlp'] : undefined);
