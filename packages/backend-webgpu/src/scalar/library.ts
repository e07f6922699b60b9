/** All functions that shaders share, by name. */
import type { Helper } from '../shader.ts';
import { exponentials } from './library/exponential.ts';
import { floats } from './library/floats.ts';
import { halves } from './library/halves.ts';
import { integers } from './library/integers.ts';
import { logarithms } from './library/logarithm.ts';
import { powers } from './library/power.ts';
import { remainders } from './library/remainder.ts';
import { sigmoidals } from './library/sigmoidal.ts';
import { circulars } from './library/trigonometric.ts';

export const library: Readonly<Record<string, Helper>> = {
  ...floats,
  ...halves,
  ...integers,
  ...exponentials,
  ...logarithms,
  ...circulars,
  ...powers,
  ...remainders,
  ...sigmoidals,
};
