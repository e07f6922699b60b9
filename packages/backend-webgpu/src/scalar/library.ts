/** All functions that shaders share, by name. */
import type { Helper } from '../shader.ts';
import { exponentials } from './library/exponential.ts';
import { floats } from './library/floats.ts';
import { convertedHalves, halves, halvesNeed } from './library/halves.ts';
import { integers } from './library/integers.ts';
import { logarithms } from './library/logarithm.ts';
import { powers } from './library/power.ts';
import { remainders } from './library/remainder.ts';
import { sigmoidals } from './library/sigmoidal.ts';
import { circulars } from './library/trigonometric.ts';

export type Library = Readonly<Record<string, Helper>>;

export const library: Library = {
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

/** The same for a device whose compiler lacks what some of them need. */
export async function libraryFor(device: GPUDevice): Promise<Library> {
  if (!device.features.has('shader-f16')) return library;
  device.pushErrorScope('validation');
  device.createShaderModule({ code: halvesNeed });
  return (await device.popErrorScope()) === null ? library : { ...library, ...convertedHalves };
}
