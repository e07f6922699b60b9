/** Programs about autograd. */

import { classPrograms } from './autograd/classes.ts';
import { gradientPrograms } from './autograd/gradients.ts';
import { hookPrograms } from './autograd/hooks.ts';
import { collectPrograms, type Programs, type Translation } from './program.ts';

export const autogradPrograms: Programs<Translation> = collectPrograms(
  ...gradientPrograms,
  ...hookPrograms,
  ...classPrograms,
);
