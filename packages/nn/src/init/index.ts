/** Initial values; the namespace `init` of @nn/nn. PyTorch: `torch.nn.init`. */
export { calculateFanInAndFanOut, calculateGain, type Nonlinearity } from './fans.ts';
export { constant_, dirac_, eye_, ones_, zeros_ } from './fixed.ts';
export { orthogonal_ } from './orthogonal.ts';
export {
  type KaimingOptions, kaimingNormal_, kaimingUniform_, type NormalOptions, normal_, type RandomInitOptions, type SparseOptions, sparse_,
  type TruncatedNormalOptions, truncNormal_, type UniformOptions, uniform_, type XavierOptions, xavierNormal_, xavierUniform_,
} from './random.ts'; // biome-ignore format: a list
