/** Gradients and parameters of a whole model: the public page of this folder. PyTorch: `torch.nn.utils`. */
export { clipGradNorm_, clipGradValue_, getTotalNorm, type NormOptions } from './norm.ts';
export { parametersToVector, vectorToParameters } from './vector.ts';
