/** Fills the seam of @nn/tensor: the one file of this package with a side effect, listed in `sideEffects`. */
import { autograd } from '@nn/tensor/internal';
import { backward } from './backward.ts';
import { needs } from './rules/index.ts';

autograd.seam = { needs, backward, trace: autograd.seam.trace };
