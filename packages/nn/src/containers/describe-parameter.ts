/** One line for a parameter in a printed list or dictionary. */
import type { Parameter } from '../module/parameter.ts';

export const describeHeld = (name: string, parameter: Parameter, type: string): string =>
  `  (${name}): Parameter containing: [${type} of size ${parameter.shape.join('x')}]`;
