/** The examples of the seed documents: a program, then the expressions whose values the document prints. */

import { collectPrograms, type Programs, type Translation } from './program.ts';
import { withoutProgram as arithmetic, arithmeticSeeds } from './seeds/arithmetic.ts';
import { gradientSeeds } from './seeds/gradients.ts';
import { moduleSeeds, withoutProgram as modules } from './seeds/modules.ts';

export const seedPrograms: Programs<Translation> = collectPrograms<Translation>(
  ['', () => ({ ...arithmetic, ...modules })],
  ...arithmeticSeeds,
  ...gradientSeeds,
  ...moduleSeeds,
);
