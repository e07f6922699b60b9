/** Averages of models: the public page of this folder. PyTorch: `torch.optim.swa_utils`. */
export { AveragedModel, type AveragedModelOptions } from './averaged-model.ts';
export { type AvgFn, getEmaMultiAvgFn, getSwaMultiAvgFn, type MultiAvgFn } from './averages.ts';
export { type UpdateBnOptions, updateBn } from './update-bn.ts';
