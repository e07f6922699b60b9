/** What PyTorch's `copy.deepcopy` does to a layer whose class can make another one. */
import { Generator, setDefaultGenerator } from '@nn/tensor';
import type { Module } from '../../module/module.ts';

/**
 * The values, modes and `requiresGrad` of a layer, in one that `make` made. The default generator isn't drawn from, as copying draws nothing in PyTorch: what a program draws after it is the same.
 */
export function copyOf<M extends Module>(layer: M, make: () => M): M {
  const own = setDefaultGenerator(new Generator(0));
  let copy: M;
  try {
    copy = make();
  } finally {
    setDefaultGenerator(own);
  }
  copy.loadStateDict(layer.stateDict());
  const [modules, parameters] = [copy.modules(), copy.parameters()];
  for (const [i, { training }] of layer.modules().entries()) modules[i]!.train(training);
  for (const [i, { requiresGrad }] of layer.parameters().entries()) parameters[i]!.requiresGrad_(requiresGrad);
  return copy;
}
